"""Run a scanner."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_TIMEOUT_SECONDS = 300


@dataclass(frozen=True)
class Completed:
    """What a command answered."""

    exit_code: int
    output: str
    errors: str

    @property
    def last_words(self) -> str:
        """The end of what it complained about, which says most."""
        lines = [line.strip() for line in self.errors.splitlines() if line.strip()]
        return lines[-1] if lines else f"exit code {self.exit_code}"


Run = Callable[[Sequence[str], Path], Completed]


def run(command: Sequence[str], folder: Path) -> Completed:
    """Run a command in a folder; one that is not there or does not end answers that."""
    program = shutil.which(command[0])
    if program is None:
        return Completed(127, "", f"{command[0]} is not on this machine")
    try:
        done = subprocess.run(  # noqa: S603 - our own command, and no shell
            [program, *command[1:]],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return Completed(124, "", f"no answer within {_TIMEOUT_SECONDS} seconds")
    return Completed(done.returncode, done.stdout, done.stderr)
