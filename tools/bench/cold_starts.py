"""Cold starts of every function against their floors, with bytecode and without."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tools.bench.cold_process import ColdStart
from tools.bench.floors import Library, floor
from tools.bench.unpacked import Unpacked, unpack_program

# Their input comes from our own steps: pydantic and the logger are not in their floor.
_PLAIN = frozenset(
    """
    save_order process_payment update_order release_payment inform_client start_execution record_deliveries
    redeliver
    """.split()
)
_PAYING = ("process_payment", "release_payment")
_STRIPE = {"PAYMENT_PROVIDER": "stripe", "PAYMENT_SECRET_ARN": "arn:aws:secretsmanager:secret"}
_PLAIN_TARGET, _CLIENT_TARGET = 1.15, 1.05


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One function's cold start, in milliseconds of processor time."""

    function: str
    floor_name: str
    floor: float
    with_bytecode: float
    without_bytecode: float
    target: float

    @property
    def ratio(self) -> float:
        """How much longer it takes than its floor."""
        return self.with_bytecode / self.floor


@dataclass(frozen=True, kw_only=True)
class _Case:
    name: str
    fast: ColdStart
    slow: ColdStart
    floor_name: str
    floor: ColdStart
    target: float


def measure_cold_starts(rounds: int) -> list[Measured]:
    """Start every floor and every function in turns, so many times, and once without bytecode.

    What else a shared machine does only ever adds to a start, for minutes at times: each round starts all of
    them, and the shortest of each counts.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        cases = _cases(Path(directory))
        programs = {
            **{case.floor_name: case.floor for case in cases},
            **{case.name: case.fast for case in cases},
        }
        found = [{name: each.milliseconds() for name, each in programs.items()} for _ in range(rounds)]
        shortest = {name: min(times[name] for times in found) for name in programs}
        return [
            Measured(
                function=case.name,
                floor_name=case.floor_name,
                floor=shortest[case.floor_name],
                with_bytecode=shortest[case.name],
                without_bytecode=case.slow.milliseconds(),
                target=case.target,
            )
            for case in cases
        ]


def _cases(directory: Path) -> list[_Case]:
    compiled = unpack_program(directory / "compiled", bytecode=True)
    sources = unpack_program(directory / "sources", bytecode=False)
    cases = [_case(name, compiled[name], sources[name]) for name in sorted(compiled)]
    for name in _PAYING:
        with_stripe = [_with(each[name], _STRIPE) for each in (compiled, sources)]
        cases.append(_case(f"{name}, stripe", *with_stripe))
    return cases


def _case(name: str, compiled: Unpacked, sources: Unpacked) -> _Case:
    fast, slow = (
        ColdStart(
            body=f"import {each.handler_module}", search_path=each.search_path, variables=each.variables
        )
        for each in (compiled, sources)
    )
    # A function that makes no client imports boto3 all the same, for the names of its errors.
    services = fast.services() or ["dynamodb"]
    handler = name.partition(",")[0]
    libraries = [] if handler in _PLAIN else [Library.PYDANTIC, Library.LOGGER]
    libraries += [Library.STRIPE] if handler != name else []
    return _Case(
        name=name,
        fast=fast,
        slow=slow,
        floor_name=" + ".join([f"boto3 ({', '.join(services)})", *(each.name.lower() for each in libraries)]),
        floor=replace(fast, body=floor(services, *libraries)),
        target=_PLAIN_TARGET if handler in _PLAIN else _CLIENT_TARGET,
    )


def _with(function: Unpacked, variables: Mapping[str, str]) -> Unpacked:
    return replace(function, variables={**function.variables, **variables})
