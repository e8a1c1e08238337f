"""The parts of the fault suite about deliveries, at a size for every day; `make faults` has them in full."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from local.sns.behaviour import SnsBehaviour
from tests.faults.filter_outage import run_filter_outage
from tests.faults.outage import run_outage
from tests.faults.planted_loss import HOOK
from tests.faults.proof import Outcome
from tests.faults.release import run_release
from tests.faults.switches import run_switches
from tests.faults.table import show_claims, show_settings

pytestmark = pytest.mark.e2e


def check(outcome: Outcome) -> None:
    # Shown where the test fails.
    console = Console(width=120)
    show_claims(console, outcome.facts, outcome.report)
    show_settings(console, outcome.by_setting)
    assert outcome.holds


OPPOSITE = SnsBehaviour(
    client_errors="success", log_entries="attempt", retries_429=False, destination_query=False
)
NO_DEAD_LETTER = SnsBehaviour(client_errors="failure", retries_429=False)


@pytest.mark.broad
def test_every_event_is_accounted_for_however_sns_behaves(tmp_path: Path) -> None:
    outcome = run_switches(tmp_path, [OPPOSITE, NO_DEAD_LETTER, SnsBehaviour()], orders=2)
    check(outcome)
    assert [len(facts.accepted) for facts, _ in outcome.by_setting.values()] == [2, 2, 2]


@pytest.mark.slow
def test_a_loss_that_nobody_reports_is_found(tmp_path: Path) -> None:
    outcome = run_switches(tmp_path, [SnsBehaviour()], orders=1, plugs=["tests.faults.planted_loss"])
    (lost,) = [each for each in outcome.report.claims if each.text.startswith("deliveries in the table")]
    assert [each.endswith(f"at {HOOK}") for each in lost.against] == [True]
    ((_, report),) = outcome.by_setting.values()
    assert not outcome.holds
    assert not report.holds


@pytest.mark.slow
def test_an_hour_without_subscription_filters_loses_and_repeats_nothing(tmp_path: Path) -> None:
    check(run_filter_outage(tmp_path, orders=4))


@pytest.mark.slow
def test_waiting_events_are_released_within_the_rate(tmp_path: Path) -> None:
    check(run_release(tmp_path, events=100, per_minute=60, speed=5.0))


@pytest.mark.slow
def test_a_webhook_that_was_down_for_six_days_gets_everything_and_delays_nobody(tmp_path: Path) -> None:
    check(run_outage(tmp_path, healthy=5, orders=8))
