"""The fault suite at full size: `python -m tests.faults [--orders 1000] [--seed 1] [--type STANDARD]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console

from tests.faults.facts import Facts
from tests.faults.filter_outage import run_filter_outage
from tests.faults.outage import run_outage
from tests.faults.plan import CLIENTS, FaultPlan
from tests.faults.proof import Report, prove
from tests.faults.release import run_release
from tests.faults.run import run
from tests.faults.switches import combinations, run_switches
from tests.faults.table import show, show_claims

TYPES = ("STANDARD", "EXPRESS")
PARTS = ("orders", "switches", "filter", "outage", "release")
# Twice the default rate at twice the speed is what this machine can publish.
_RELEASE_SPEED = 2.0

Outcome = tuple[Facts, Report]


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
    held = [_shown(console, name, play, options.directory) for name, play in _parts(options, console)]
    console.print("every claim holds" if all(held) else "a claim does not hold", style="bold")
    sys.exit(0 if all(held) else 1)


def _parts(options: argparse.Namespace, console: Console) -> Iterator[tuple[str, Callable[[Path], Outcome]]]:
    say = console.print
    chosen = options.part or PARTS
    if "orders" in chosen:
        plan = FaultPlan(seed=options.seed, orders_per_client=-(-options.orders // len(CLIENTS)))
        for kind in options.type or TYPES:
            name = f"{kind}: {len(plan.orders)} orders"

            def orders(directory: Path, kind: str = kind) -> Outcome:
                facts = run(directory, plan, kind, say=say)
                return facts, prove(facts)

            yield name, orders
    if "switches" in chosen:
        for behaviour in combinations():
            yield (
                f"SNS: {behaviour}",
                lambda directory, behaviour=behaviour: run_switches(
                    directory, behaviour, orders=options.switch_orders, say=say
                ),
            )
    if "filter" in chosen:
        yield "an hour without subscription filters", lambda at: run_filter_outage(at, orders=20, say=say)
    if "outage" in chosen:
        yield (
            f"a webhook down for six days among {options.healthy}",
            lambda at: run_outage(at, healthy=options.healthy, orders=24, say=say),
        )
    if "release" in chosen:
        yield (
            f"{options.events} events released",
            lambda at: run_release(at, events=options.events, per_minute=600, speed=_RELEASE_SPEED, say=say),
        )


def _shown(console: Console, name: str, play: Callable[[Path], Outcome], directory: Path | None) -> bool:
    # The start takes long enough to look like a hang.
    console.print(f"{name}: the emulator starts and the program is deployed first")
    with tempfile.TemporaryDirectory(prefix="faults-") as temporary:
        facts, report = play((directory or Path(temporary)) / name.partition(":")[0].replace(" ", "-"))
    if facts.planned_faults:
        show(console, facts, report)
    else:
        show_claims(console, facts, report)
    return report.holds


if __name__ == "__main__":
    main()
