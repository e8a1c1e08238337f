"""What the program itself takes: recording it, and packaging its code for the first time and again."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from infra.naming import function_names
from infra.packaging import Compiler, Interpreter, Target, build_layer, function_archive
from tools.program_graph import ROOT, record_main


@dataclass(frozen=True, kw_only=True)
class ProgramTimes:
    """Seconds."""

    record: float
    package_first: float
    package_again: float


def measure_program() -> ProgramTimes:
    """Record the program once, and package the layer and all functions twice in a new cache."""
    record_main({})
    started = time.perf_counter()
    record_main({})
    recorded = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        _package(Path(directory))
        packaged = time.perf_counter()
        _package(Path(directory))
        again = time.perf_counter()
    return ProgramTimes(
        record=recorded - started, package_first=packaged - recorded, package_again=again - packaged
    )


def _package(cache: Path) -> None:
    target = Target.host()
    compiler = Compiler(Interpreter.of(target), cache)
    requirements = ROOT / "functions" / "requirements.txt"
    build_layer(target, requirements=requirements, cache=cache / "layers", compiler=compiler)
    for name in function_names():
        function_archive(ROOT, f"functions.handlers.{name.replace('-', '_')}", compiler)
