from __future__ import annotations

from dataclasses import replace

from tests.faults.by_setting import prove_by_setting
from tests.faults.facts import AcceptedOrder, Delivery, Facts, StoredOrder
from tests.faults.made_up import good
from tests.faults.plan import FaultPlan
from tests.faults.sns_settings import SNS_SETTINGS

PLAN = FaultPlan(seed=1, orders_per_client=125)
FIRST, LAST = PLAN.orders_of("client-1")[0], PLAN.orders_of("client-1")[-1]


def test_what_was_lost_counts_under_its_orders_setting() -> None:
    found = prove_by_setting(facts(FIRST, LAST), PLAN)
    assert list(found) == list(SNS_SETTINGS)
    (first, first_report), (last, last_report) = found[SNS_SETTINGS[0]], found[SNS_SETTINGS[-1]]
    assert [each.reference for each in first.accepted] == [FIRST]
    assert [each.reference for each in last.accepted] == [LAST]
    for report, reference in ((first_report, FIRST), (last_report, LAST)):
        (claim,) = [each for each in report.claims if each.text.startswith("deliveries in the table")]
        assert claim.against == (f"order.paid of {reference} at a",)
    others = [report for _, report in found.values() if report not in (first_report, last_report)]
    assert all(report.holds for report in others)


def facts(*references: str) -> Facts:
    """Return a run of these orders, whose events their webhook has not taken."""
    (webhook,) = [each for each in good().webhooks if each.hook == "a"]
    return replace(
        good(),
        accepted=tuple(accepted(each) for each in references),
        stored=tuple(stored(each) for each in references),
        executions=(),
        charges=(),
        redriven=(),
        releases_to_give_up=frozenset(),
        handled=(),
        repetitions=(),
        queued=(),
        webhooks=(replace(webhook, client_id="client-1"),),
        deliveries=tuple(
            Delivery(hook="a", event_id=each, event_type="order.paid", request_id=each, state="delivered")
            for each in references
        ),
    )


def accepted(reference: str) -> AcceptedOrder:
    return AcceptedOrder(
        client_id="client-1",
        reference=reference,
        amount=1,
        currency="EUR",
        request_ids=frozenset({reference}),
        expected_status="declined",
    )


def stored(reference: str) -> StoredOrder:
    return StoredOrder(
        request_id=reference,
        client_id="client-1",
        reference=reference,
        status="paid",
        amount=1,
        currency="EUR",
    )
