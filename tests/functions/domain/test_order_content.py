"""One declaration of an order's fields for all steps: rules, stored orders, answers and events agree."""

from __future__ import annotations

from functions.domain.event import order_event
from functions.domain.order import ORDER_STATUSES, Order
from functions.domain.order_content import (
    CONTENT_FIELDS,
    NOT_SENT,
    POSTED_FIELDS,
    content_of,
    faults_of,
    total_amount,
)
from functions.domain.order_example import ORDER_EXAMPLE, order_of
from functions.domain.order_models import OrderSummary, OrderView
from functions.domain.order_request import OrderRequest
from tests.support.orders import order_payload, pending_order


def test_a_client_may_post_exactly_the_fields_that_the_workflow_knows() -> None:
    assert {*OrderRequest.model_fields} == {*POSTED_FIELDS}


def test_clients_see_every_field_and_webhooks_all_but_what_is_not_sent() -> None:
    assert {*CONTENT_FIELDS} <= {*OrderView.model_fields}
    assert {*CONTENT_FIELDS} & {*OrderSummary.model_fields} == {*CONTENT_FIELDS} - {*NOT_SENT}
    order = {**pending_order().document(), "status": ORDER_STATUSES[-1]}
    assert {*order_event(order).document["data"]} == {*OrderSummary.model_fields}


def test_what_is_accepted_is_what_the_workflow_reads() -> None:
    accepted = OrderRequest.model_validate(order_payload()).document()
    assert [*faults_of(accepted)] == []
    content = content_of({**accepted, "unknown": 1})
    assert content == {**accepted, "total_amount": total_amount(accepted)}
    assert {name: getattr(pending_order(), name) for name in CONTENT_FIELDS} == content
    assert Order.of(pending_order().document()) == pending_order()


def test_an_example_of_any_amount_is_accepted_and_costs_that_amount() -> None:
    order = OrderRequest.model_validate(order_of(100, reference="SMOKE"))
    assert (order.total_amount, order.reference) == (100, "SMOKE")
    assert OrderRequest.model_validate(ORDER_EXAMPLE).total_amount > 0


def test_each_field_that_is_missing_or_of_another_type_is_named() -> None:
    for name in ("reference", "currency", "payment_method"):
        lacking = {key: value for key, value in order_payload().items() if key != name}
        assert [*faults_of(lacking)] == [f"order.{name}: is missing"]
    named = [each.partition(":")[0] for each in faults_of(dict.fromkeys(POSTED_FIELDS, object()))]
    assert named == [f"order.{name}" for name in POSTED_FIELDS]


def test_an_order_without_items_or_with_another_kind_of_them_is_no_order() -> None:
    assert [*faults_of(order_payload(items=[]))] == ["order.items: is empty"]
    faults = [*faults_of(order_payload(items=[{}, 1]))]
    missing = [f"order.items.0.{name}: is missing" for name in ("sku", "name", "quantity", "unit_amount")]
    assert faults == [*missing, "order.items.1: is not an object"]
