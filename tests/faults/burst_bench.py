"""What a burst does to the 202: `python -m tests.faults.burst_bench`.

Milliseconds are this machine's; what counts is the ratio.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.faults.burst import THREADS, Post, burst, post, throttled_chain
from tests.faults.plugged_bucket import count

_PROBES = 40
_ORDERS = 300


def main() -> None:
    """Time single orders on an idle stack, then behind a burst that the workflow takes slowly."""
    with (
        tempfile.TemporaryDirectory(prefix="burst-") as directory,
        throttled_chain(Path(directory), size=_PROBES * 2, per_second=2) as (chain, journal),
    ):
        # The first starts the processes.
        burst(chain, THREADS)
        idle = [post(chain, number) for number in range(_PROBES)]
        crowd = burst(chain, _ORDERS)
        behind = [post(chain, number) for number in range(_PROBES)]
        _, refused = count(journal)
    table = Table("orders", "posted", "median ms", "ratio", title="POST /orders until 202")
    for name, posts in (
        ("one at a time, idle", idle),
        (f"{THREADS} at a time: the burst itself", crowd),
        ("one at a time, behind the burst", behind),
    ):
        ratio = _median_ms(posts) / _median_ms(idle)
        table.add_row(name, str(len(posts)), f"{_median_ms(posts):.1f}", f"{ratio:.2f}")
    console = Console()
    console.print(table)
    console.print(f"meanwhile Step Functions refused {refused} starts")


def _median_ms(posts: Sequence[Post]) -> float:
    return statistics.median(each.seconds for each in posts) * 1000


if __name__ == "__main__":
    main()
