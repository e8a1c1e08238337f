"""What becomes of a payment by Stripe, at a fake Stripe that is a real server."""

from __future__ import annotations

import pytest

from functions.domain.payment import Payment, PaymentGatewayUnavailable
from local.payments.faults import Fault, FaultPlan, unavailable
from tests.support.stripe import (
    Record,
    calls,
    charges,
    client_at,
    gateway_at,
    operations,
    payment_request,
    request_for,
    request_id,
    stripe_front,
    stripe_of_the_module,
)

__all__ = ["payment_request", "request_id", "stripe_front", "stripe_of_the_module"]


class TestCharge:
    def test_an_approved_payment_is_one_charge_with_the_orders_ids(
        self, stripe_front, payment_request, request_id
    ) -> None:
        payment = gateway_at(stripe_front.url).charge(payment_request)
        (charge,) = charges(stripe_front, request_id)
        assert payment == Payment(id=charge.intent_id, status="approved")
        assert (charge.amount, charge.currency, charge.refunded) == (9990, "eur", False)
        create, confirm = calls(stripe_front, request_id)
        assert create.parameters == {
            "amount": "9990",
            "currency": "eur",
            "payment_method": "pm_card_visa",
            "allowed_payment_method_types[0]": "card",
            "metadata[request_id]": request_id,
            "metadata[reference]": "PO-1001",
        }
        assert [create.idempotency_key, confirm.idempotency_key] == [
            f"{request_id}/create",
            f"{request_id}/confirm",
        ]

    def test_the_payment_intent_is_written_down_before_it_is_confirmed(
        self, stripe_front, payment_request, request_id
    ) -> None:
        class Refusing(Record):
            def keep(self, request_id: str, charge_id: str) -> str:
                raise RuntimeError("the table does not answer")

        with pytest.raises(RuntimeError):
            gateway_at(stripe_front.url, Refusing()).charge(payment_request)
        assert operations(stripe_front, request_id) == ["create"]

    @pytest.mark.parametrize("forgotten", [False, True])
    def test_a_repeated_charge_is_only_looked_at(
        self, stripe_front, payment_request, request_id, forgotten
    ) -> None:
        record = Record()
        first = gateway_at(stripe_front.url, record).charge(payment_request)
        if forgotten:
            stripe_front.forget_idempotency_keys()
        assert gateway_at(stripe_front.url, record).charge(payment_request) == first
        assert len(charges(stripe_front, request_id)) == 1
        assert operations(stripe_front, request_id) == ["create", "confirm", "retrieve"]

    def test_two_attempts_at_once_are_one_charge_by_their_idempotency_keys(
        self, stripe_front, payment_request, request_id
    ) -> None:
        # The second finds nothing written yet, as when it runs beside the first.
        first = gateway_at(stripe_front.url, Record()).charge(payment_request)
        assert gateway_at(stripe_front.url, Record()).charge(payment_request) == first
        assert len(charges(stripe_front, request_id)) == 1

    def test_an_attempt_that_comes_second_goes_on_with_the_payment_intent_of_the_first(
        self, stripe_front, payment_request, request_id
    ) -> None:
        class WrittenMeanwhile(Record):
            def find(self, request_id: str) -> str | None:
                return None

        record = WrittenMeanwhile()
        first = gateway_at(stripe_front.url, record).charge(payment_request)
        stripe_front.forget_idempotency_keys()
        assert gateway_at(stripe_front.url, record).charge(payment_request) == first
        assert len(charges(stripe_front, request_id)) == 1

    @pytest.mark.parametrize(
        ("payment_method", "reason"),
        [
            ("pm_card_chargeDeclined", "generic_decline"),
            ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
            ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
            # Localstripe's own: a decline without Stripe's decline code.
            ("pm_card_chargeCustomerFail", "card_declined"),
        ],
    )
    def test_a_decline_is_a_result_with_its_code_and_stays_one(
        self, stripe_front, request_id, payment_method, reason
    ) -> None:
        record, request = Record(), request_for(request_id, payment_method)
        payment = gateway_at(stripe_front.url, record).charge(request)
        assert (payment.status, payment.reason) == ("declined", reason)
        assert payment.id.startswith("pi_")
        assert gateway_at(stripe_front.url, record).charge(request) == payment
        assert charges(stripe_front, request_id) == []

    def test_a_payment_method_that_is_none_is_the_orders_fault(self, stripe_front, request_id) -> None:
        payment = gateway_at(stripe_front.url).charge(request_for(request_id, "pm_unheard_of"))
        assert payment == Payment(status="declined", reason="resource_missing")

    @pytest.mark.parametrize(
        ("operation", "error", "reason"),
        [
            ("create", {"param": "amount", "code": "amount_too_small"}, "amount_too_small"),
            ("create", {"param": "currency"}, "invalid_currency"),
            ("confirm", {"code": "payment_method_currency_mismatch"}, "payment_method_currency_mismatch"),
        ],
    )
    def test_what_stripe_finds_wrong_with_the_order_is_a_decline(
        self, stripe_front, payment_request, operation, error, reason
    ) -> None:
        fault = Fault(kind="answer", operations=frozenset([operation]), status=400, error=error)
        stripe_front.plan(FaultPlan((fault,)))
        payment = gateway_at(stripe_front.url).charge(payment_request)
        assert (payment.status, payment.reason) == ("declined", reason)

    def test_an_amount_that_stripe_cannot_charge_is_declined_before_it_is_asked(
        self, stripe_front, request_id
    ) -> None:
        request = request_for(request_id, currency="KWD", total_amount=5124)
        payment = gateway_at(stripe_front.url).charge(request)
        assert payment == Payment(status="declined", reason="unchargeable_amount")
        assert calls(stripe_front, request_id) == []

    def test_an_amount_is_sent_as_stripe_writes_it(self, stripe_front, request_id) -> None:
        gateway_at(stripe_front.url).charge(request_for(request_id, currency="ISK", total_amount=500))
        (charge,) = charges(stripe_front, request_id)
        assert (charge.amount, charge.currency) == (50_000, "isk")

    def test_a_payment_that_wants_its_customer_is_declined_and_cancelled(
        self, stripe_front, request_id
    ) -> None:
        record, request = Record(), request_for(request_id, "pm_card_authenticationRequired")
        payment = gateway_at(stripe_front.url, record).charge(request)
        assert (payment.status, payment.reason) == ("declined", "authentication_required")
        assert client_at(stripe_front.url).v1.payment_intents.retrieve(payment.id).status == "canceled"
        assert gateway_at(stripe_front.url, record).charge(request) == payment

    def test_a_cancellation_that_was_not_answered_is_done_again(self, stripe_front, request_id) -> None:
        record, request = Record(), request_for(request_id, "pm_card_authenticationRequired")
        once = unavailable(operations=frozenset(["cancel"]), up_to_number=1)
        stripe_front.plan(FaultPlan((once,)))
        with pytest.raises(PaymentGatewayUnavailable):
            gateway_at(stripe_front.url, record).charge(request)
        payment = gateway_at(stripe_front.url, record).charge(request)
        assert (payment.status, payment.reason) == ("declined", "authentication_required")

    def test_a_payment_that_is_not_decided_yet_is_asked_for_again(self, stripe_front, request_id) -> None:
        record, request = Record(), request_for(request_id, "pm_simulated_processing")
        for _ in range(2):
            with pytest.raises(PaymentGatewayUnavailable, match="has not decided"):
                gateway_at(stripe_front.url, record).charge(request)
        assert operations(stripe_front, request_id) == ["create", "confirm", "retrieve"]
