"""Compiled bytecode beside the sources: Lambda's code folders are read-only, so Python cannot keep its own.

Without it every cold start compiles every module.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from infra.packaging.errors import PackagingError
from infra.packaging.interpreter import Interpreter

_SCRIPT = Path(__file__).with_name("compile_script.py")
# Where Lambda puts layers and code: the names of the files in a traceback.
_LAYER_PLACE = "/opt"
_CODE_PLACE = "/var/task"


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles with one release of Python, and keeps what it has compiled and downloaded in a cache."""

    interpreter: Interpreter
    cache: Path

    def compile_layer(self, layer: Path) -> None:
        """Add to a layer's directory the bytecode of every source in it that is valid Python."""
        sources = sorted(layer.rglob("*.py"), key=lambda path: path.relative_to(layer).as_posix())
        self._run(
            (path, f"{_LAYER_PLACE}/{name}", layer / self._beside(name))
            for path, name in ((path, path.relative_to(layer).as_posix()) for path in sources)
        )

    def compile_code(self, root: Path, names: Sequence[str]) -> dict[str, Path]:
        """Return the bytecode files of sources under `root`, by the names that they have in an archive.

        Raises PackagingError for a source that is not valid in this release.
        """
        kept = {name: self._kept(name, (root / name).read_bytes()) for name in names}
        faults = self._run(
            (root / name, f"{_CODE_PLACE}/{name}", file) for name, file in kept.items() if not file.exists()
        )
        for name, message in faults:
            raise PackagingError(
                f"{name} cannot be compiled by Python {self.interpreter.release} ({message}): correct it."
            )
        return {self._beside(name): file for name, file in kept.items()}

    def _beside(self, name: str) -> str:
        """Give the name under which Python looks for a source's bytecode."""
        path = PurePosixPath(name)
        return str(path.parent / "__pycache__" / f"{path.stem}.{self.interpreter.tag}.pyc")

    def _kept(self, name: str, source: bytes) -> Path:
        key = hashlib.sha256(_SCRIPT.read_bytes() + f"\0{name}\0".encode() + source).hexdigest()
        return self.cache / "bytecode" / self.interpreter.release / f"{key}.pyc"

    def _run(self, sources: Iterable[tuple[Path, str, Path]]) -> list[tuple[str, str]]:
        jobs = [(str(source), name, str(bytecode)) for source, name, bytecode in sources]
        if not jobs:
            return []
        release = self.interpreter.release
        executable = self.interpreter.executable(self.cache / "python")
        # -I and -S: nothing of this environment. Warnings are for the authors of the sources.
        done = subprocess.run(  # noqa: S603 - the command is built here, without a shell
            [executable, "-I", "-S", "-W", "ignore", str(_SCRIPT), release],
            input=json.dumps(jobs),
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode:
            said = " ".join(done.stderr.split())
            raise PackagingError(f"{executable} cannot compile the functions' code. It said: {said}")
        faults: list[tuple[str, str]] = json.loads(done.stdout)
        return faults
