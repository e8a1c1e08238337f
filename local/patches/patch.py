"""What a mend is: one function of the emulator, replaced whole, as long as it is the function we know."""

from __future__ import annotations

import hashlib
import importlib
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


class MendOutdatedError(RuntimeError):
    """The function to be replaced is not the one the mend was written for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """Describe one replaced function of the emulator.

    A replacement that still needs the function it replaces keeps it under a name of its own when its
    module is imported, before any mend is applied.
    """

    fault: str
    """What the emulator does wrong, and what AWS does."""
    module: str
    """The emulator's module whose name is rebound, e.g. `ministack.services.sns`."""
    attribute: str
    """The function in that module, e.g. `_deliver`, or `Class.method`."""
    source_sha256: str
    """SHA-256 of the source of the function that is replaced, by `source_sha256()`."""
    replacement: Callable[..., Any]

    def check(self) -> None:
        """Raise MendOutdatedError unless the emulator's function is the one this mend replaces."""
        try:
            owner, name = self._place()
            found = source_sha256(getattr(owner, name))
        except (ImportError, AttributeError, OSError, TypeError) as error:
            raise MendOutdatedError(f"{self._complaint()}: it cannot be found ({error!r})") from error
        if found != self.source_sha256:
            raise MendOutdatedError(f"{self._complaint()}: its source has changed (sha256 is now {found})")

    def apply(self) -> None:
        """Put the replacement in the place of the emulator's function."""
        owner, name = self._place()
        setattr(owner, name, self.replacement)

    def _place(self) -> tuple[Any, str]:
        owner: Any = importlib.import_module(self.module)
        *path, name = self.attribute.split(".")
        for step in path:
            owner = getattr(owner, step)
        return owner, name

    def _complaint(self) -> str:
        return (
            f"{self.module}.{self.attribute} is not the function our mend was written for. "
            f'See whether the fault is still there ("{self.fault}") and renew or delete the mend'
        )


def source_sha256(function: Callable[..., Any]) -> str:
    """Return the SHA-256 of a function's source text, in hexadecimal."""
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()


def apply_mends(mends: Iterable[Mend]) -> None:
    """Check every mend, then apply them all; one that is outdated leaves the emulator untouched."""
    chosen = tuple(mends)
    for mend in chosen:
        mend.check()
    for mend in chosen:
        mend.apply()
