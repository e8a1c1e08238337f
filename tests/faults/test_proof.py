"""The checker itself: a good run passes, and each claim is contradicted by facts made up to violate it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.faults.claims import CLAIMS
from tests.faults.facts import Facts
from tests.faults.made_up import charge, execution, good, handled
from tests.faults.proof import prove
from tests.faults.violations import VIOLATIONS, with_also, without


def test_nothing_is_found_in_a_good_run() -> None:
    report = prove(good())
    assert [claim for claim in report.claims if claim.against] == []
    assert report.holds


@pytest.mark.parametrize(
    ("change", "text"), [pytest.param(change, text, id=name) for name, change, text in VIOLATIONS]
)
def test_each_violation_is_found(change: Callable[[Facts], Facts], text: str) -> None:
    report = prove(change(good()))
    found = {claim.text for claim in report.claims if claim.against}
    assert any(each.startswith(text) for each in found), found
    assert not report.holds


def test_every_claim_has_its_violation() -> None:
    violated = {text for _, _, text in VIOLATIONS}
    assert [text for _, text, _ in CLAIMS if not any(text.startswith(each) for each in violated)] == []


def test_an_express_workflow_may_start_twice_but_not_charge_twice() -> None:
    express = replace(good(), workflow_type="EXPRESS")
    assert prove(with_also("executions", execution("a-paid"))(express)).holds
    assert not prove(with_also("charges", charge("a-paid"))(express)).holds


def test_the_figures_add_up_by_kind() -> None:
    report = prove(without("handled", handled("a-paid"), handled("b-paid"))(good()))
    # Each is lost, and contradicts its row.
    assert (report.figure("lost"), report.figure("doubled"), report.figure("misdelivered")) == (4, 0, 0)
