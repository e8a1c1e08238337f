"""The interpreter that compiles an archive's code."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.packaging.errors import PackagingError
from infra.packaging.target import Target
from infra.packaging.uv import run_uv

# One release for each runtime: some files compile to other bytes in another release of the same version, and
# the same commit must give the same archive on every machine. Lambda's own release may differ: bytecode is
# compatible within a version. They are among those that the locked uv can download (`uv python list`).
_RELEASES = {"python3.12": "3.12.16", "python3.13": "3.13.18", "python3.14": "3.14.10"}


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Name one release of Python, whose bytecode files end in `tag`."""

    release: str
    tag: str
    is_host: bool

    @classmethod
    def of(cls, target: Target) -> Interpreter:
        """Name the release that compiles a target's code: on the laptop the one that runs this."""
        if not target.is_lambda:
            return cls(platform.python_version(), str(sys.implementation.cache_tag), is_host=True)
        tag = f"cpython-{target.python_version.replace('.', '')}"
        return cls(_RELEASES[target.runtime], tag, is_host=False)

    def executable(self, downloads: Path) -> str:
        """Return the interpreter's path; download it into a folder where this machine does not have it.

        Raises PackagingError where neither is possible.
        """
        if self.is_host:
            return sys.executable
        ours = {**os.environ, "UV_PYTHON_INSTALL_DIR": str(downloads)}
        found = self._find() or self._find(ours)
        if found is None:
            done = run_uv(["python", "install", "--no-bin", self.release], ours)
            found = self._find(ours)
            if found is None:
                raise PackagingError(self._missing(" ".join(done.stderr.split())))
        return found

    def _find(self, environment: dict[str, str] | None = None) -> str | None:
        # uv starts each candidate, and passes over one that does not start: a version manager's shim.
        command = ["python", "find", "--no-project", "--no-python-downloads", f"cpython@{self.release}"]
        done = run_uv(command, environment)
        return done.stdout.strip() if done.returncode == 0 else None

    def _missing(self, complaint: str) -> str:
        return (
            f"Python {self.release}, which compiles the functions' code, is not on this machine and cannot "
            f"be downloaded: run `.venv/bin/uv python install {self.release}` where there is a network, or "
            "set functions.bytecode: false in the stack's settings, which makes cold starts slower. uv said: "
            f"{complaint.partition('error: ')[2] or complaint}"
        )
