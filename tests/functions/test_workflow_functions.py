"""The queue's function and the four that the workflow invokes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from functions.adapters import aws
from functions.adapters.orders_table import OrderNotFound, OrdersTable
from functions.domain.execution import execution_name
from functions.domain.payment import Payment, PaymentGatewayUnavailable
from functions.handlers import (
    get_order,
    inform_client,
    process_payment,
    release_payment,
    save_order,
    start_execution,
    update_order,
)
from tests.support.http_events import http_event
from tests.support.messages import message, sqs_event, start_input
from tests.support.orders import AMOUNT, order_payload, pending_order


class TestStartExecution:
    def test_each_message_starts_an_execution_with_the_order_and_both_ids(
        self, cloud, context, log_lines
    ) -> None:
        second = message("req-2")
        answer = start_execution.handle(sqs_event(message("req-1"), second), context)
        assert answer == {"batchItemFailures": []}
        started = cloud.executions()
        assert set(started) == {execution_name("req-1"), execution_name("req-2")}
        assert started[execution_name("req-2")] == {
            "request_id": "req-2",
            "message_id": "msg-2",
            "client_id": "shop",
            "received_at": json.loads(second)["received_at"],
            "order": order_payload(),
        }
        lines = log_lines()
        assert [(line["request_id"], line["message_id"], line["client_id"]) for line in lines] == [
            ("req-1", "msg-1", "shop"),
            ("req-2", "msg-2", "shop"),
        ]

    def test_a_message_delivered_twice_starts_nothing_twice(self, cloud, context, log_lines) -> None:
        start_execution.handle(sqs_event(message()), context)
        other_delivery = sqs_event("", message())
        del other_delivery["Records"][0]
        assert start_execution.handle(other_delivery, context) == {"batchItemFailures": []}
        assert len(cloud.executions()) == 1
        assert [line["outcome"] for line in log_lines()] == ["started", "started_before"]

    def test_a_message_of_a_newer_version_is_understood(self, cloud, context) -> None:
        newer = json.dumps({**json.loads(message()), "priority": "high"})
        assert start_execution.handle(sqs_event(newer), context) == {"batchItemFailures": []}


def stored(cloud, request_id: str = "req-1"):
    return OrdersTable(aws.dynamodb(), cloud.orders_table_name).find(request_id)


class TestSaveOrder:
    def test_the_stored_order_carries_the_payload_and_both_ids(self, cloud, context) -> None:
        start = start_input()
        returned = save_order.handle(start, context)
        order = stored(cloud)
        assert order.document() == returned
        assert (order.request_id, order.message_id, order.client_id) == ("req-1", "msg-1", "shop")
        assert {field: returned[field] for field in order_payload()} == order_payload()
        assert (order.status, order.total_amount, order.created_at) == (
            "pending",
            AMOUNT,
            start["received_at"],
        )
        assert order.expires_at is None

    def test_the_second_time_changes_nothing_and_returns_what_is_stored(self, cloud, context) -> None:
        save_order.handle(start_input(message_id="msg-1"), context)
        OrdersTable(aws.dynamodb(), "orders").settle(
            "req-1", Payment(status="approved"), "2025-11-25T09:31:00Z"
        )
        again = save_order.handle(start_input(message_id="msg-2"), context)
        assert (again["message_id"], again["status"]) == ("msg-1", "paid")

    def test_an_order_expires_where_the_settings_say_so(self, cloud, context, monkeypatch) -> None:
        monkeypatch.setenv("ORDER_TTL_DAYS", "30")
        assert save_order.handle(start_input(), context)["expires_at"] > 1_700_000_000


class TestProcessPayment:
    def pay(self, context, payment_method: str, attempt: int = 0) -> dict[str, Any]:
        order = pending_order(payment_method=payment_method)
        return process_payment.handle({**order.document(), "attempt": attempt}, context)

    def test_an_approved_payment_is_the_same_however_often_it_is_asked(self, cloud, context) -> None:
        first, again = self.pay(context, "pm_card_visa"), self.pay(context, "pm_card_visa", attempt=3)
        assert first == again
        assert first["status"] == "approved"

    @pytest.mark.parametrize(
        ("payment_method", "reason"),
        [
            ("pm_card_chargeDeclined", "generic_decline"),
            ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
            ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
        ],
    )
    def test_a_declined_payment_is_a_result_with_its_reason(
        self, cloud, context, payment_method, reason
    ) -> None:
        payment = self.pay(context, payment_method)
        assert (payment["status"], payment["reason"]) == ("declined", reason)

    def test_an_unavailable_gateway_is_the_error_that_the_workflow_retries(
        self, cloud, context, log_lines
    ) -> None:
        with pytest.raises(PaymentGatewayUnavailable):
            self.pay(context, "pm_simulated_unavailable", attempt=99)
        (line,) = log_lines()
        assert (line["level"], line["request_id"], line["attempt"]) == ("ERROR", "req-1", 99)

    def test_a_gateway_recovers_after_as_many_attempts_as_its_token_says(self, cloud, context) -> None:
        for attempt in (0, 1):
            with pytest.raises(PaymentGatewayUnavailable):
                self.pay(context, "pm_simulated_unavailable_2", attempt=attempt)
        assert self.pay(context, "pm_simulated_unavailable_2", attempt=2)["status"] == "approved"


class TestReleasePayment:
    def test_a_failed_orders_payment_is_released_whatever_became_of_it(self, cloud, context) -> None:
        failed = {"status": "failed", "payment": Payment(status="failed")}
        order = replace(pending_order(payment_method="pm_simulated_unavailable"), **failed)
        released = release_payment.handle(order.document(), context)
        assert released["request_id"] == order.request_id
        assert (released["payment"]["status"], released["payment"]["reason"]) == ("failed", "nothing_taken")

    def test_an_order_that_was_paid_after_all_keeps_its_payment(self, cloud, context, log_lines) -> None:
        payment = Payment(id="pi_1", status="approved")
        order = replace(pending_order(), status="paid", payment=payment)
        assert release_payment.handle(order.document(), context) == order.document()
        assert log_lines()[0]["outcome"] == "kept"


class TestUpdateOrder:
    def settle(self, context, **payment: Any) -> dict[str, Any]:
        return update_order.handle({**pending_order().document(), "payment": payment}, context)

    @pytest.fixture(autouse=True)
    def saved(self, cloud) -> None:
        OrdersTable(aws.dynamodb(), "orders").create(pending_order())

    @pytest.mark.parametrize(
        ("payment", "status"),
        [
            ({"id": "pi_1", "status": "approved"}, "paid"),
            ({"id": "pi_1", "status": "declined", "reason": "lost_card"}, "declined"),
            ({"status": "failed", "reason": "payment_gateway_unavailable"}, "failed"),
        ],
    )
    def test_the_result_is_written_on_the_order(self, cloud, context, payment, status) -> None:
        returned = self.settle(context, **payment)
        order = stored(cloud)
        assert order.document() == returned
        assert (order.status, order.payment) == (status, Payment(**payment))
        assert order.updated_at > order.created_at

    def test_the_second_time_changes_nothing(self, cloud, context) -> None:
        first = self.settle(context, id="pi_1", status="approved")
        assert self.settle(context, id="pi_1", status="approved") == first

    def test_the_first_result_wins(self, cloud, context, log_lines) -> None:
        first = self.settle(context, id="pi_1", status="approved")
        assert self.settle(context, status="failed", reason="payment_gateway_unavailable") == first
        assert stored(cloud).status == "paid"
        assert [line["first_result"] for line in log_lines()] == [True, False]

    def test_an_order_is_counted_by_its_outcome_and_once(self, cloud, context, counted) -> None:
        for _ in range(2):
            self.settle(context, status="declined", reason="insufficient_funds")
        own = {"namespace": "order-webhooks/test", "service": "order-webhooks"}
        assert counted() == [{**own, "outcome": "declined", "OrdersSettled": [1.0]}]

    def test_an_unknown_order_is_an_error(self, cloud, context) -> None:
        event = {**pending_order("req-unknown").document(), "payment": {"status": "approved"}}
        with pytest.raises(OrderNotFound, match="not in the table"):
            update_order.handle(event, context)


class TestGetOrder:
    def get(self, context, request_id: str, client: str) -> dict[str, Any]:
        event = http_event(
            "GET",
            f"/orders/{request_id}",
            headers={"x-client-id": client},
            path_parameters={"request_id": request_id},
            request_id="req-of-the-get",
        )
        return get_order.handle(event, context)

    @pytest.fixture(autouse=True)
    def saved(self, cloud) -> None:
        OrdersTable(aws.dynamodb(), "orders").create(pending_order("JKJaXmPLvHcESHA="))

    @pytest.mark.parametrize("in_path", ["JKJaXmPLvHcESHA=", "JKJaXmPLvHcESHA%3D"])
    def test_the_owner_sees_the_order(self, cloud, context, in_path: str) -> None:
        reply = self.get(context, in_path, "shop")
        body = json.loads(reply["body"])
        assert reply["statusCode"] == 200
        assert body["request_id"] == "JKJaXmPLvHcESHA="
        assert {field: body[field] for field in order_payload()} == order_payload()
        assert not {"client_id", "expires_at"} & set(body)

    @pytest.mark.parametrize(("request_id", "client"), [("JKJaXmPLvHcESHA=", "store"), ("unknown", "shop")])
    def test_anothers_order_looks_like_none(self, cloud, context, request_id, client) -> None:
        reply = self.get(context, request_id, client)
        assert reply["statusCode"] == 404
        assert json.loads(reply["body"])["request_id"] == "req-of-the-get"

    def test_what_no_key_may_be_is_not_looked_up(self, cloud, context, monkeypatch) -> None:
        # DynamoDB answers to a key of more than 2,048 bytes with an error; moto takes it.
        monkeypatch.setattr(OrdersTable, "find", None)
        assert self.get(context, "x" * 129, "shop")["statusCode"] == 404


def test_every_function_logs_one_line_with_the_three_ids(cloud, context, log_lines) -> None:
    saved = save_order.handle(start_input(), context)
    payment = process_payment.handle({**saved, "attempt": 0}, context)
    settled = update_order.handle({**saved, "payment": payment}, context)
    inform_client.handle(settled, context)
    lines = log_lines()
    assert [line["message"] for line in lines] == [
        "save_order",
        "process_payment",
        "update_order",
        "inform_client",
    ]
    for line in lines:
        assert (line["request_id"], line["message_id"], line["client_id"]) == ("req-1", "msg-1", "shop")
