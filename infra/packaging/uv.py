"""uv, which builds the layer and finds interpreters."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence

from infra.packaging.errors import PackagingError


def run_uv(
    arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run uv to its end, and return what it wrote and its exit status."""
    return subprocess.run(  # noqa: S603 - the command is built here, without a shell
        [_find_uv(), "--color", "never", "--no-progress", *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
        errors="replace",
        env=environment,
    )


def _find_uv() -> str:
    # Inside the function, so that a program in an environment without uv still gets as far as saying so.
    try:
        from uv import find_uv_bin  # noqa: PLC0415 - see above

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        raise PackagingError(
            "uv, which builds the functions' dependency layer, is not in the environment of "
            f"{sys.executable}: run `make install`, and run this from the environment that it makes."
        ) from None
