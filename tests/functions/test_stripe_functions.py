"""The two payment functions with Stripe as their provider: table, secret and gateway together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.adapters import aws, gateways
from functions.adapters.charge_record import ChargeRecord
from functions.adapters.orders_table import OrderNotFound, OrdersTable
from functions.domain.payment import Payment
from functions.handlers import process_payment, release_payment
from tests.support.orders import pending_order
from tests.support.stripe import KEY, calls, charges, fake_stripe, module_stripe, request_id

__all__ = ["fake_stripe", "module_stripe", "request_id"]


@pytest.fixture
def order(cloud, fake_stripe, request_id, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A saved order, and functions that pay it with Stripe."""
    secret = cloud.client("secretsmanager").create_secret(Name="payment-key", SecretString=KEY)
    monkeypatch.setenv("PAYMENT_PROVIDER", "stripe")
    monkeypatch.setenv("PAYMENT_SECRET_ARN", secret["ARN"])
    monkeypatch.setenv("STRIPE_API_BASE", fake_stripe.url)
    gateways._secret.cache_clear()
    saved = pending_order(request_id)
    OrdersTable(aws.dynamodb(), cloud.orders_table_name).create(saved)
    return saved


def pay(order, context) -> dict[str, Any]:
    return process_payment.handle({**order.document(), "attempt": 0}, context)


def test_a_payment_is_one_charge_that_the_order_remembers(order, context, fake_stripe, cloud) -> None:
    payment = pay(order, context)
    assert payment == pay(order, context)
    (charge,) = charges(fake_stripe, order.request_id)
    assert payment == {"id": charge.intent_id, "status": "approved"}
    record = ChargeRecord(aws.dynamodb(), cloud.orders_table_name)
    assert record.find(order.request_id) == charge.intent_id
    stored = OrdersTable(aws.dynamodb(), cloud.orders_table_name).find(order.request_id)
    assert stored == order


def test_an_order_that_has_its_result_is_not_charged(order, context, fake_stripe) -> None:
    failed = Payment(status="failed", reason="payment_gateway_unavailable")
    settled = replace(order, status="failed", payment=failed)
    assert pay(settled, context) == failed.document()
    assert calls(fake_stripe, order.request_id) == []


def test_a_failed_orders_payment_is_given_back(order, context, fake_stripe) -> None:
    payment = pay(order, context)
    failed = replace(order, status="failed", payment=Payment(status="failed"))
    released = release_payment.handle(failed.document(), context)
    assert released["payment"] == {"id": payment["id"], "status": "failed", "reason": "given_back"}
    (charge,) = charges(fake_stripe, order.request_id)
    assert charge.refunded


def test_the_first_charge_that_is_written_stays(order, cloud) -> None:
    record = ChargeRecord(aws.dynamodb(), cloud.orders_table_name)
    assert record.find(order.request_id) is None
    assert record.keep(order.request_id, "pi_1") == record.keep(order.request_id, "pi_2") == "pi_1"
    assert record.find("unknown") is None
    with pytest.raises(OrderNotFound):
        record.keep("unknown", "pi_1")


def test_a_key_is_read_once_by_a_warm_function_and_again_after_its_rotation(
    order, context, fake_stripe, cloud, monkeypatch
) -> None:
    pay(order, context)
    secrets = cloud.client("secretsmanager")
    (listed,) = secrets.list_secrets()["SecretList"]
    reads = []
    monkeypatch.setattr(
        aws.secretsmanager(),
        "get_secret_value",
        lambda **asked: reads.append(1) or secrets.get_secret_value(**asked),
    )
    pay(order, context)
    assert reads == []
    secrets.put_secret_value(SecretId=listed["ARN"], SecretString="sk_test_rotated")
    fake_stripe.only_key = "sk_test_rotated"
    assert pay(order, context)["status"] == "approved"
    assert reads == [1]
