"""Lambda's limits on the size of code, checked before anything is uploaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from infra.packaging.archives import contents, zip_archive
from infra.packaging.errors import PackagingError

Sizes = Mapping[str, int]
"""The bytes of each top-level package."""

_MEGABYTE = 1024 * 1024
_LARGEST_SHOWN = 5
_REMEDY = (
    "Take what the handlers can do without out of functions/requirements.in and run `make lock`; "
    "boto3 comes with the runtime and need not be there."
)


@dataclass(frozen=True, slots=True)
class SizeLimits:
    """Hold what Lambda accepts, in bytes.

    250 MB for a function and its layers unzipped, 50 MB for one zipped upload:
    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """

    unzipped_bytes: int = 250 * _MEGABYTE
    upload_bytes: int = 50 * _MEGABYTE


def check_size(
    name: str,
    archive: pulumi.Archive,
    *,
    layers: Sequence[Sizes] = (),
    limits: SizeLimits | None = None,
) -> Sizes:
    """Return what an archive holds; raise PackagingError if Lambda would refuse it, alone or with its layers.

    `layers` are what this has returned for them: many functions have the same, with thousands of files.
    """
    limits = limits or SizeLimits()
    own = _measure(archive)
    together = sum((Counter(layer) for layer in layers), own)
    if together.total() > limits.unzipped_bytes:
        raise PackagingError(
            f"{name} has {_megabytes(together.total())} unzipped with its layers, and Lambda takes at most "
            f"{_megabytes(limits.unzipped_bytes)}. {_largest(together)} {_REMEDY}"
        )
    # Code shrinks when it is zipped, so most archives need not be zipped to know that they fit.
    if own.total() > limits.upload_bytes and (upload := len(zip_archive(archive))) > limits.upload_bytes:
        raise PackagingError(
            f"{name} has {_megabytes(upload)} zipped, and Lambda takes at most "
            f"{_megabytes(limits.upload_bytes)} in one upload. {_largest(own)} {_REMEDY}"
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
