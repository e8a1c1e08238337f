"""The fault suite at full size: `python -m tests.faults [--orders 1000] [--seed 1] [--type STANDARD]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests.faults.plan import CLIENTS, FaultPlan
from tests.faults.proof import prove
from tests.faults.run import run
from tests.faults.table import show

TYPES = ("STANDARD", "EXPRESS")


def main() -> None:
    """Run the suite for each type of workflow, print the figures, and fail where a claim does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=main.__doc__)
    parser.add_argument("--orders", type=int, default=1000, help="how many, over all clients")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000, help="of the fault plan")
    parser.add_argument("--type", action="append", choices=TYPES, help="of the workflow; both by default")
    parser.add_argument("--directory", type=Path, help="where logs are left; a temporary one by default")
    options = parser.parse_args()
    console = Console(width=max(110, Console().width))
    plan = FaultPlan(seed=options.seed, orders_per_client=-(-options.orders // len(CLIENTS)))
    console.print(f"seed {plan.seed}: `make faults ARGS='--seed {plan.seed}'` does the same again")
    held = [_run(console, plan, each, options.directory) for each in options.type or TYPES]
    console.print("every claim holds" if all(held) else "a claim does not hold", style="bold")
    sys.exit(0 if all(held) else 1)


def _run(console: Console, plan: FaultPlan, workflow_type: str, directory: Path | None) -> bool:
    orders = plan.orders_per_client * len(CLIENTS)
    console.print(f"{workflow_type}: {orders} orders; the emulator starts and the program is deployed first")
    with tempfile.TemporaryDirectory(prefix="faults-") as temporary:
        facts = run((directory or Path(temporary)) / workflow_type, plan, workflow_type, say=console.print)
    report = prove(facts)
    show(console, facts, report)
    return report.holds


if __name__ == "__main__":
    main()
