"""A patch replaces one function of a known release of the emulator."""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

# The release of `ministack` that the patches were written for and tested with.
RELEASE = "1.5.33"


class PatchOutdatedError(RuntimeError):
    """The emulator is not the one that the patch was written for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Which function of the emulator is replaced, by what, and why.

    A replacement that still calls the function it replaces stores it under another name when its module is
    imported, before any patch is applied.
    """

    fault: str
    """Why: what the emulator does wrong, and what AWS does."""
    module: str
    """The emulator's module whose name is rebound, e.g. `ministack.services.sns`."""
    attribute: str
    """The function in that module, e.g. `_deliver`, or `Class.method`."""
    source_sha256: str
    """SHA-256 of the source of the function that is replaced, by `source_sha256()`."""
    replacement: Callable[..., Any]

    def check(self) -> None:
        """Raise PatchOutdatedError unless the emulator's function is the one this patch replaces."""
        installed = importlib.metadata.version("ministack")
        if installed != RELEASE:
            raise PatchOutdatedError(f"{self._complaint()}: ministack {installed} is installed")
        try:
            owner, name = self._target()
            found = source_sha256(getattr(owner, name))
        except (ImportError, AttributeError, OSError, TypeError) as error:
            raise PatchOutdatedError(f"{self._complaint()}: it cannot be found ({error!r})") from error
        if found != self.source_sha256:
            raise PatchOutdatedError(f"{self._complaint()}: its source has changed (sha256 is now {found})")

    def apply(self) -> None:
        """Replace the emulator's function."""
        owner, name = self._target()
        setattr(owner, name, self.replacement)

    def _target(self) -> tuple[Any, str]:
        owner: Any = importlib.import_module(self.module)
        *path, name = self.attribute.split(".")
        for step in path:
            owner = getattr(owner, step)
        return owner, name

    def _complaint(self) -> str:
        return (
            f"The patch of {self.module}.{self.attribute} was written for ministack {RELEASE}. "
            f'Check whether the fault still exists ("{self.fault}"), then update or delete the patch'
        )


def source_sha256(function: Callable[..., Any]) -> str:
    """Return the SHA-256 of a function's source text, in hexadecimal."""
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()


def apply_patches(patches: Iterable[Patch]) -> None:
    """Check every patch, then apply them all; one that is outdated leaves the emulator untouched."""
    chosen = tuple(patches)
    for patch in chosen:
        patch.check()
    for patch in chosen:
        patch.apply()
