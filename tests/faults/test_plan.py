from __future__ import annotations

import pytest

from tests.faults.injector import Injector, read_journal, read_lines
from tests.faults.plan import (
    ANSWERS,
    CLIENTS,
    GATEWAY_FAULTS,
    GATEWAY_NEVER_ANSWERS,
    PLACES,
    RELEASE_GIVEN_UP,
    FaultPlan,
    answered,
    gateway,
    killed,
    refused,
)
from tests.faults.sns_settings import SNS_SETTINGS

SMALL = FaultPlan(seed=1, orders_per_client=8)


def test_a_seed_gives_the_same_plan_again_and_another_seed_another() -> None:
    assert FaultPlan(seed=1, orders_per_client=8).chosen == SMALL.chosen
    assert FaultPlan(seed=2, orders_per_client=8).chosen != SMALL.chosen


@pytest.mark.parametrize("orders_per_client", [8, 125])
def test_every_place_hits_something_and_its_share(orders_per_client: int) -> None:
    plan = FaultPlan(seed=3, orders_per_client=orders_per_client)
    assert set(plan.chosen) == set(PLACES)
    for name, subjects in plan.chosen.items():
        assert subjects, name
        assert all(plan.planned(name, each) >= 1 for each in subjects), name
    assert len(plan.chosen[killed("before", "save_order")]) == max(1, round(0.01 * len(plan.orders)))


def test_a_call_is_hit_as_often_as_planned_and_then_no_more() -> None:
    name = refused("PutItem orders")
    plan = FaultPlan(seed=1, orders_per_client=125)
    assert {plan.planned(name, each) for each in plan.chosen[name]} == {1, 4}
    for subject in plan.chosen[name]:
        hits = [plan.hits(name, subject, number) for number in range(1, 10)]
        assert hits == [number <= plan.planned(name, subject) for number in range(1, 10)]
    untouched = next(each for each in plan.orders if each not in plan.chosen[name])
    assert not plan.hits(name, untouched, 1)


def test_no_order_meets_two_faults_at_the_gateway() -> None:
    plan = FaultPlan(seed=5, orders_per_client=125)
    hit = [
        order
        for place in (GATEWAY_NEVER_ANSWERS, RELEASE_GIVEN_UP, *map(gateway, GATEWAY_FAULTS))
        for order in plan.chosen[place]
    ]
    assert len(hit) == len(set(hit))
    assert plan.chosen[killed("after", "release_payment")] <= plan.failing


@pytest.mark.parametrize("seed", range(1, 20))
def test_no_order_meets_two_faults_at_its_log_entries(seed: int) -> None:
    chosen = FaultPlan(seed=seed, orders_per_client=5).chosen
    hit = [each for name in chosen if name.startswith("log entry") for each in chosen[name]]
    assert len(hit) == len(set(hit)) >= 5


def test_every_client_has_orders_of_both_kinds_of_card() -> None:
    for client in CLIENTS:
        assert {SMALL.is_declined(order) for order in SMALL.orders_of(client)} == {True, False}


def test_the_injector_knows_an_order_by_its_reference_and_later_by_its_request_id(tmp_path) -> None:
    place = refused("PutItem orders")
    plan = FaultPlan(seed=1, orders_per_client=125)
    order = next(each for each in plan.chosen[place] if plan.planned(place, each) == 4)
    injector = Injector(plan, tmp_path / "journal")
    request_id = "AbCd-fGhIjKl_n0="
    assert injector.strikes(place, f'{{"reference": "{order}"}}')
    assert not injector.strikes(place, request_id)
    injector.learn(request_id, order)
    struck = [injector.strikes(place, f'{{"key": "{request_id}"}}') for _ in range(5)]
    assert struck == [True, True, True, False, False]
    assert read_journal(tmp_path / "journal") == {place: 4}
    assert not injector.strikes("no place of the plan", order)


def test_the_injector_hits_a_batch_when_any_of_it_is_chosen(tmp_path) -> None:
    place = killed("before", "start_execution")
    plan = FaultPlan(seed=1, orders_per_client=125)
    (first, *_) = sorted(plan.chosen[place])
    injector = Injector(plan, tmp_path / "journal")
    batch = f"client-1-order-9999 {first}"
    assert [injector.strikes(place, batch) for _ in range(2)] == [True, False]


def test_a_hit_is_recorded_under_its_order_or_else_its_client(tmp_path) -> None:
    journal = tmp_path / "journal"
    injector = Injector(FaultPlan(seed=1, orders_per_client=8), journal)
    for text in ('{"clientid": "client-6", "reference": "client-6-order-0001"}', "client-3", "other"):
        injector.record("place", text)
    assert [each["subject"] for each in read_lines(journal)] == ["client-6-order-0001", "client-3", ""]


def test_a_line_that_is_being_written_is_not_read_yet(tmp_path) -> None:
    file = tmp_path / "lines"
    assert read_lines(file) == []
    file.write_text('{"a": 1}\n{"a": 2')
    assert read_lines(file) == [{"a": 1}]


def test_an_order_has_one_setting_of_sns_and_every_setting_has_orders_of_every_client() -> None:
    plan = FaultPlan(seed=1, orders_per_client=125)
    orders = {
        setting: [each for each in plan.orders if plan.behaviour_of(each) == setting]
        for setting in SNS_SETTINGS
    }
    assert len(orders) == 24
    for of_setting in orders.values():
        assert len(of_setting) >= len(plan.orders) // 24
        assert {each.rpartition("-order-")[0] for each in of_setting} == set(CLIENTS)


def test_under_every_setting_webhooks_give_every_answer_and_no_order_meets_two() -> None:
    plan = FaultPlan(seed=1, orders_per_client=125)
    hit = [each for status in ANSWERS for each in plan.chosen[answered(status)]]
    assert len(hit) == len(set(hit))
    for status in ANSWERS:
        settings = {plan.behaviour_of(each) for each in plan.chosen[answered(status)]}
        assert settings == set(SNS_SETTINGS), status


def test_the_injector_knows_how_sns_behaves_about_a_message(tmp_path) -> None:
    plan = FaultPlan(seed=1, orders_per_client=125)
    injector = Injector(plan, tmp_path / "journal")
    first, last = plan.orders_of("client-3")[0], plan.orders_of("client-3")[-1]
    assert injector.behaviour_of(f'{{"reference": "{first}"}}') == SNS_SETTINGS[0]
    assert injector.behaviour_of(f'{{"client_id": "client-3", "reference": "{last}"}}') == SNS_SETTINGS[-1]
    assert injector.behaviour_of('{"client_id": "client-3"}') is None
