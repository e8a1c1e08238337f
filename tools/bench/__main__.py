"""Measure cold starts, memory sizes, the laptop's chain and the program: `python -m tools.bench`.

Each part is measured side by side in one run, and what counts are the ratios.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.bench.chain import program_chain
from tools.bench.cold_starts import measure_cold_starts
from tools.bench.laptop import Burst, Latency, measure_burst, measure_latency
from tools.bench.memory_sizes import measure_memory_sizes
from tools.bench.minimal_chain import minimal_chain
from tools.bench.program import measure_program
from tools.bench.report import KEPT, print_report
from tools.bench.warm_path import measure_warm_path

_COLD_ROUNDS, _MEMORY_ROUNDS = 5, 2
_SINGLE_ORDERS = 30
_WARM_UP_ORDERS = 20
_BURSTS = (100, 1_000)
_LONGEST_BURST = 5_000


def main() -> None:
    """Measure all parts, or those named, and print them."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--only", choices=list(_PARTS), nargs="+", default=list(_PARTS), help="the parts")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--keep", action="store_true", help=f"write the results to {KEPT.name}, from which docs are made"
    )
    options = parser.parse_args()
    results: dict[str, Any] = {"machine": _machine()}
    for name in options.only:
        started = time.perf_counter()
        results[name] = _PARTS[name]()
        results["machine"].setdefault("seconds", {})[name] = round(time.perf_counter() - started)
        if options.keep:
            # After each part: what has been measured is not lost with a part that breaks off.
            _keep(results)
    if options.json:
        print(json.dumps(results, indent=2))  # noqa: T201 - a command's answer
    else:
        print_report(results)


def _keep(results: Mapping[str, Any]) -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps({**kept, **results}, indent=2) + "\n", encoding="utf-8")


def _machine() -> dict[str, Any]:
    return {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "processors": os.cpu_count(),
        "system": f"{platform.system()} on {platform.machine()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }


def _cold_starts() -> list[Mapping[str, Any]]:
    return [_rounded(each, ratio=each.ratio) for each in measure_cold_starts(_COLD_ROUNDS)]


def _memory_sizes() -> Mapping[str, Any]:
    sizes, enforced = measure_memory_sizes(_MEMORY_ROUNDS)
    return {"enforced": enforced, "sizes": [_rounded(each) for each in sizes]}


def _laptop() -> Mapping[str, Any]:
    with ExitStack() as running, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        directory = Path(folder)
        chains = {
            "program": running.enter_context(program_chain(directory / "program")),
            "minimal": running.enter_context(minimal_chain(directory / "minimal", records=False)),
            "recording": running.enter_context(minimal_chain(directory / "recording", records=True)),
        }
        for chain in chains.values():
            measure_burst(chain, _WARM_UP_ORDERS)
        latency: Mapping[str, Latency] = measure_latency(chains, _SINGLE_ORDERS)
        bursts: dict[str, list[Burst]] = {name: [] for name in chains}
        for orders in _BURSTS:
            for name, chain in chains.items():
                bursts[name].append(measure_burst(chain, orders))
        bursts["program"].append(measure_burst(chains["program"], _LONGEST_BURST))
    return {
        "latency": {name: _rounded(each) for name, each in latency.items()},
        "bursts": {
            name: [_rounded(each, per_second=each.per_second) for each in found]
            for name, found in bursts.items()
        },
    }


def _warm_path() -> list[Mapping[str, Any]]:
    return [_rounded(each) for each in measure_warm_path()]


def _program() -> Mapping[str, Any]:
    return _rounded(measure_program())


def _rounded(measured: Any, **more: float) -> dict[str, Any]:  # noqa: ANN401 - any of the dataclasses above
    found = {**dataclasses.asdict(measured), **more}
    return {name: round(each, 2) if isinstance(each, float) else each for name, each in found.items()}


_PARTS: dict[str, Callable[[], Any]] = {
    "cold_starts": _cold_starts,
    "memory_sizes": _memory_sizes,
    "warm_path": _warm_path,
    "laptop": _laptop,
    "program": _program,
}


if __name__ == "__main__":
    main()
