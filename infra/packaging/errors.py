"""The one error of packaging."""

from __future__ import annotations

import pulumi


class PackagingError(pulumi.RunError):
    """Say in one paragraph why the code cannot be packaged, and what to do.

    As a `RunError` it ends `pulumi up` with its message alone, without a traceback.
    """
