"""The fault suite at full size: `python -m tests.faults [--orders 1000] [--seed 1] [--type STANDARD]`."""

from __future__ import annotations

import argparse
import functools
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from tests.faults.by_setting import prove_by_setting
from tests.faults.filter_outage import run_filter_outage
from tests.faults.outage import run_outage
from tests.faults.plan import CLIENTS, FaultPlan
from tests.faults.proof import Outcome, prove
from tests.faults.release import run_release
from tests.faults.run import run
from tests.faults.switches import run_switches
from tests.faults.table import show_claims, show_faults, show_settings

TYPES = ("STANDARD", "EXPRESS")
PARTS = ("orders", "switches", "filter", "outage", "release")
# Twice the default rate at twice the speed is what this machine can publish.
_RELEASE_SPEED = 2.0


def main() -> None:
    """Run each part, print its figures, and fail where a claim does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=main.__doc__)
    add = parser.add_argument
    add("--part", action="append", choices=PARTS, help="what to run; everything by default")
    add("--orders", type=int, default=1000, help="of the part orders, over all clients")
    add("--seed", type=int, default=int(time.time()) % 100_000, help="of the fault plan")
    add("--type", action="append", choices=TYPES, help="of the workflow; both by default")
    add("--switch-orders", type=int, default=6, help="for each setting of SNS's switches")
    add("--healthy", type=int, default=50, help="webhooks beside the one that is down for six days")
    add("--events", type=int, default=10_000, help="that wait and are released")
    add("--directory", type=Path, help="where logs are left; a temporary one by default")
    options = parser.parse_args()
    console = Console(width=max(110, Console().width))
    console.print(f"seed {options.seed}: `make faults ARGS='--seed {options.seed}'` does the same again")
    held = [_shown(console, part, options.directory) for part in _parts(options, console)]
    console.print("every claim holds" if all(held) else "a claim does not hold", style="bold")
    sys.exit(0 if all(held) else 1)


@dataclass(frozen=True)
class Part:
    """One run: its name, and what it does in a directory."""

    name: str
    play: Callable[[Path], Outcome]


def _parts(options: argparse.Namespace, console: Console) -> Iterator[Part]:
    say = console.print
    chosen = options.part or PARTS
    if "orders" in chosen:
        plan = FaultPlan(seed=options.seed, orders_per_client=-(-options.orders // len(CLIENTS)))
        for kind in options.type or TYPES:
            yield Part(f"{kind} with {len(plan.orders)} orders", _orders(plan, kind, say))
    if "switches" in chosen:
        play = functools.partial(run_switches, orders=options.switch_orders, say=say)
        yield Part("each setting of SNS's switches", play)
    if "filter" in chosen:
        play = functools.partial(run_filter_outage, orders=20, say=say)
        yield Part("an hour without subscription filters", play)
    if "outage" in chosen:
        play = functools.partial(run_outage, healthy=options.healthy, orders=24, say=say)
        yield Part(f"a webhook down for six days among {options.healthy}", play)
    if "release" in chosen:
        play = functools.partial(
            run_release, events=options.events, per_minute=600, speed=_RELEASE_SPEED, say=say
        )
        yield Part(f"{options.events} events released", play)


def _orders(plan: FaultPlan, workflow_type: str, say: Callable[[str], object]) -> Callable[[Path], Outcome]:
    def play(directory: Path) -> Outcome:
        facts = run(directory, plan, workflow_type, say=say)
        return Outcome(facts, prove(facts), prove_by_setting(facts, plan))

    return play


def _shown(console: Console, part: Part, directory: Path | None) -> bool:
    # The start takes long enough to look like a hang.
    console.print(f"{part.name}: the emulator starts and the program is deployed first")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="faults-") as temporary:
        outcome = part.play((directory or Path(temporary)) / re.sub(r"\W+", "-", part.name))
    if outcome.facts.planned_faults:
        show_faults(console, outcome.facts)
    show_claims(console, outcome.facts, outcome.report)
    if outcome.by_setting:
        show_settings(console, outcome.by_setting)
    console.print(f"{part.name}: {time.monotonic() - started:.0f} s")
    return outcome.holds


if __name__ == "__main__":
    main()
