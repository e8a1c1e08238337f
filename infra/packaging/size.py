"""Lambda's limits on the size of code, checked before anything is uploaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pulumi

from infra.packaging.archives import contents, zip_archive
from infra.packaging.errors import PackagingError

Sizes = Mapping[str, int]
"""The bytes of each top-level package."""

_MEGABYTE = 1024 * 1024
# A function with its layer, and one zipped upload:
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_UNZIPPED_BYTES = 250 * _MEGABYTE
_UPLOAD_BYTES = 50 * _MEGABYTE
_LARGEST_SHOWN = 5
_REMEDY = (
    "Take what the handlers can do without out of functions/requirements.in and run `make lock`; "
    "boto3 comes with the runtime and need not be there."
)


def check_size(name: str, archive: pulumi.Archive, *, layer: Sizes | None = None) -> Sizes:
    """Return what an archive holds; raise PackagingError if Lambda would refuse it, alone or with its layer.

    `layer` is what this has returned for it: all functions have the same, with thousands of files.
    """
    own = _measure(archive)
    together = own + Counter(layer or {})
    if together.total() > _UNZIPPED_BYTES:
        raise PackagingError(
            f"{name} has {_megabytes(together.total())} unzipped with its layer, and Lambda takes at most "
            f"{_megabytes(_UNZIPPED_BYTES)}. {_largest(together)} {_REMEDY}"
        )
    # Code shrinks when it is zipped, so most archives need not be zipped to know that they fit.
    if own.total() > _UPLOAD_BYTES and (upload := len(zip_archive(archive))) > _UPLOAD_BYTES:
        raise PackagingError(
            f"{name} has {_megabytes(upload)} zipped, and Lambda takes at most "
            f"{_megabytes(_UPLOAD_BYTES)} in one upload. {_largest(own)} {_REMEDY}"
        )
    return own


def _measure(archive: pulumi.Archive) -> Counter[str]:
    """Add up the bytes of each top-level package, whether it is in a layer's `python` folder or not."""
    sizes: Counter[str] = Counter()
    for name, content in contents(archive):
        package = name.removeprefix("python/").partition("/")[0]
        sizes[package] += len(content) if isinstance(content, bytes) else content.stat().st_size
    return sizes


def _largest(sizes: Counter[str]) -> str:
    largest = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))[:_LARGEST_SHOWN]
    shown = ", ".join(f"{name} ({_megabytes(size)})" for name, size in largest)
    return f"The largest are {shown}."


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:.1f} MB ({size:,} bytes)"
