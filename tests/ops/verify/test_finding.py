"""What is concluded from what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ops.verify.finding import UNKNOWN, delivery_findings, is_complete
from ops.verify.observation import CASES, LogEntry, Observation, Outcome

DESTINATION = "https://api.example/diagnostics/token/{case}?run=1&webhook_id=wh_1"


def entry(case: str, outcome: Outcome, **changes: Any) -> LogEntry:
    status = int(case) if case.isdigit() else None
    known = {"status_code": status, "attempts": 1, "destination": DESTINATION.format(case=case)}
    return LogEntry(outcome=outcome, **{**known, **changes})


def seen(case: str, **changes: Any) -> Observation:
    """One webhook, as AWS's current documentation has it."""
    if case == "200":
        known: dict[str, Any] = {"requests": 1, "entries": [entry(case, "success")]}
    elif case in ("503", "none"):
        known = {"requests": 3, "entries": [entry(case, "failure", attempts=3)], "dead_letters": 1}
    else:
        known = {"requests": 1, "entries": [entry(case, "failure")], "dead_letters": 1}
    return Observation(case=case, **{**known, **changes})


def answers(**changes: Observation) -> Mapping[str, str]:
    observations = {case: seen(case) for case in CASES} | {each.case: each for each in changes.values()}
    return {each.key: each.answer for each in delivery_findings(observations)}


def test_what_the_documentation_says_is_found() -> None:
    found = answers()
    assert found == {
        "log_entry_per": "delivery",
        **{f"retried_{case}": "yes" if case in ("503", "none") else "no" for case in CASES if case != "200"},
        **{f"logged_{case}": "success" if case == "200" else "failure" for case in CASES},
        **{f"dead_lettered_{case}": "yes" for case in CASES if case != "200"},
        "redirect_followed": "no",
        "destination_has_query": "yes",
    }


@pytest.mark.parametrize(
    ("change", "key", "answer"),
    [
        (seen("404", entries=[entry("404", "success")], dead_letters=0), "logged_404", "success"),
        (seen("404", entries=[entry("404", "success")], dead_letters=0), "dead_lettered_404", "no"),
        (seen("429", requests=3, entries=[entry("429", "failure")] * 3), "retried_429", "yes"),
        (seen("503", entries=[]), "logged_503", UNKNOWN),
        (seen("503", requests=1, entries=[], dead_letters=0), "retried_503", UNKNOWN),
        (seen("503", entries=[entry("503", "failure")] * 2), "log_entry_per", UNKNOWN),
        (seen("301", redirected=1), "redirect_followed", "yes"),
        (seen("301", requests=0, entries=[]), "redirect_followed", UNKNOWN),
        (
            seen("200", entries=[entry("200", "success", destination="https://api.example/200")]),
            "destination_has_query",
            UNKNOWN,
        ),
    ],
)
def test_what_differs_is_found(change: Observation, key: str, answer: str) -> None:
    assert answers(change=change)[key] == answer


def test_an_entry_for_each_attempt_is_told_from_one_for_each_delivery() -> None:
    several = {case: seen(case, entries=[entry(case, "failure")] * 3) for case in ("503", "none")}
    assert answers(**several)["log_entry_per"] == "attempt"


def test_a_run_is_complete_when_every_webhook_was_called_and_logged() -> None:
    observations = {case: seen(case) for case in CASES}
    assert is_complete(observations)
    assert not is_complete({**observations, "503": seen("503", entries=[])})
    assert not is_complete({**observations, "503": seen("503", requests=0)})


@pytest.mark.parametrize(
    ("observation", "finished"),
    [
        (seen("200"), True),
        (seen("200", entries=[]), False),
        (seen("503"), True),
        (seen("503", requests=2, dead_letters=0), False),
        (seen("503", dead_letters=0), True),
        (seen("503", entries=[]), False),
    ],
)
def test_retries_are_waited_for(observation: Observation, finished: bool) -> None:
    assert observation.is_finished(3) is finished
