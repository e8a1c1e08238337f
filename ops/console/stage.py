"""What the pages of one console share: the stack, what may be changed, and pages of others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ops.console.attempts import Attempt, read_attempts
from ops.errors import AWS_ERRORS, OpsError, explain
from ops.target import Target
from ops.trace.sources import Sources

Answer = TypeVar("Answer")

LAPTOP_SECONDS = 0.5
AWS_SECONDS = 5.0


class NotYet(OpsError):  # noqa: N818 - reads as what it is
    """What a page shows is being started: no error."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A page that is not the console's own; `build` makes it, within `frame`."""

    path: str
    title: str
    build: Callable[[Stage], None]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A console's stack and options. `find_target` raises `OpsError` while there is no stack."""

    name: str
    find_target: Callable[[], Target]
    read_only: bool = False
    interval_seconds: float = AWS_SECONDS
    panels: Sequence[Panel] = ()
    introduction: str = ""
    """Shown on the overview until it is dismissed."""
    attempts: Callable[[Sources], Sequence[Attempt]] = read_attempts

    def call(self, call: Callable[[Target], Answer]) -> Answer:
        """Return what `call` returns for the stack; raise `OpsError` with what AWS refuses as a sentence."""
        target = self.find_target()
        try:
            return call(target)
        except AWS_ERRORS as error:
            raise explain(error, target.name) from error
