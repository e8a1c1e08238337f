"""Every fault once, at a size for every day; `make faults` is the same with a thousand orders."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from tests.faults.plan import FaultPlan
from tests.faults.proof import prove
from tests.faults.run import run
from tests.faults.table import show_claims, show_faults

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


def test_nothing_is_lost_doubled_or_misdelivered_whatever_fails(tmp_path: Path) -> None:
    facts = run(tmp_path, FaultPlan(seed=1, orders_per_client=8), "STANDARD")
    report = prove(facts)
    # Shown where the test fails.
    console = Console(width=120)
    show_faults(console, facts)
    show_claims(console, facts, report)
    assert report.holds
