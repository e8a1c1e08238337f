"""No money is kept for an order that failed, now or later."""

from __future__ import annotations

import time

import pytest
import stripe

from functions.adapters.stripe_api import StripeApi
from functions.adapters.stripe_gateway import StripeGateway
from functions.domain.payment import Payment, PaymentGatewayRefused, PaymentGatewayUnavailable
from local.stripe.faults import Fault, unavailable
from tests.support.stripe import (
    FOREVER,
    Key,
    Record,
    calls,
    charges,
    client_at,
    fake_stripe,
    gateway_at,
    module_stripe,
    payment_request,
    request_for,
    request_id,
)

__all__ = ["fake_stripe", "module_stripe", "payment_request", "request_id"]


class TestRelease:
    def test_before_anything_was_made_nothing_was_taken_and_nothing_can_be(
        self, fake_stripe, payment_request, request_id
    ) -> None:
        record = Record()
        released = gateway_at(fake_stripe.url, record).release(payment_request)
        assert released == Payment(status="failed", reason="nothing_taken")
        assert gateway_at(fake_stripe.url, record).release(payment_request) == released
        late = gateway_at(fake_stripe.url, record).charge(payment_request)
        assert late == Payment(status="failed", reason="payment_released")
        assert calls(fake_stripe, request_id) == []

    def test_a_charge_that_was_just_beginning_finds_its_payment_released(
        self, fake_stripe, payment_request, request_id
    ) -> None:
        class ReleasedMeanwhile(Record):
            def keep(self, request_id: str, charge_id: str) -> str:
                if charge_id.startswith("pi_"):
                    gateway_at(fake_stripe.url, self).release(payment_request)
                return super().keep(request_id, charge_id)

        late = gateway_at(fake_stripe.url, ReleasedMeanwhile()).charge(payment_request)
        assert late == Payment(status="failed", reason="payment_released")
        assert charges(fake_stripe, request_id) == []

    def test_what_was_never_confirmed_is_cancelled(self, fake_stripe, payment_request, request_id) -> None:
        record = Record()
        fake_stripe.inject(unavailable(operations=frozenset(["confirm"])))
        with pytest.raises(PaymentGatewayUnavailable):
            gateway_at(fake_stripe.url, record).charge(payment_request)
        fake_stripe.inject()
        released = gateway_at(fake_stripe.url, record).release(payment_request)
        assert released == Payment(id=record[request_id], status="failed", reason="nothing_taken")
        assert gateway_at(fake_stripe.url, record).release(payment_request) == released
        late = gateway_at(fake_stripe.url, record).charge(payment_request)
        assert (late.status, late.reason) == ("failed", "payment_released")
        assert charges(fake_stripe, request_id) == []

    def test_what_was_declined_is_cancelled(self, fake_stripe, request_id) -> None:
        record, request = Record(), request_for(request_id, "pm_card_chargeDeclined")
        gateway_at(fake_stripe.url, record).charge(request)
        assert gateway_at(fake_stripe.url, record).release(request).reason == "nothing_taken"
        intent = client_at(fake_stripe.url).v1.payment_intents.retrieve(record[request_id])
        assert intent.status == "canceled"

    def test_what_waited_for_its_customer_stays_cancelled(self, fake_stripe, request_id) -> None:
        record, request = Record(), request_for(request_id, "pm_card_authenticationRequired")
        gateway_at(fake_stripe.url, record).charge(request)
        assert gateway_at(fake_stripe.url, record).release(request).reason == "nothing_taken"

    @pytest.mark.parametrize("forgotten", [False, True])
    def test_what_an_unanswered_confirmation_took_is_given_back_once(
        self, fake_stripe, payment_request, request_id, forgotten
    ) -> None:
        record = Record()
        late = Fault(kind="late", operations=frozenset(["confirm"]), delay_seconds=FOREVER)
        fake_stripe.inject(late)
        with pytest.raises(PaymentGatewayUnavailable):
            gateway_at(fake_stripe.url, record, seconds_left=[30, 1.5]).charge(payment_request)
        assert len(charges(fake_stripe, request_id)) == 1
        released = gateway_at(fake_stripe.url, record).release(payment_request)
        assert released == Payment(id=record[request_id], status="failed", reason="given_back")
        if forgotten:
            fake_stripe.idempotency_keys.forget()
        assert gateway_at(fake_stripe.url, record).release(payment_request) == released
        (charge,) = charges(fake_stripe, request_id)
        assert charge.refunded
        refunds = [each for each in calls(fake_stripe, request_id) if each.operation == "refund"]
        assert [each.idempotency_key for each in refunds] == [f"{request_id}/refund"] * 2

    def test_a_confirmation_that_arrives_after_the_release_takes_nothing(
        self, fake_stripe, payment_request, request_id
    ) -> None:
        record = Record()
        slow = Fault(kind="slow", operations=frozenset(["confirm"]), delay_seconds=FOREVER)
        fake_stripe.inject(slow)
        with pytest.raises(PaymentGatewayUnavailable):
            gateway_at(fake_stripe.url, record, seconds_left=[30, 1.5]).charge(payment_request)
        released = gateway_at(fake_stripe.url, record).release(payment_request)
        assert released.reason == "nothing_taken"
        fake_stripe.inject()
        # The same request waits for the first to end, and then gets its answer.
        deadline = time.monotonic() + 60
        code = None
        while code != "payment_intent_unexpected_state" and time.monotonic() < deadline:
            with pytest.raises((stripe.InvalidRequestError, stripe.APIError)) as error:
                client_at(fake_stripe.url).v1.payment_intents.confirm(
                    record[request_id], options={"idempotency_key": f"{request_id}/confirm"}
                )
            code = error.value.code
        assert code == "payment_intent_unexpected_state"
        assert charges(fake_stripe, request_id) == []

    def test_what_stripe_has_not_decided_is_waited_for(self, fake_stripe, request_id) -> None:
        record, request = Record(), request_for(request_id, "pm_simulated_processing")
        with pytest.raises(PaymentGatewayUnavailable):
            gateway_at(fake_stripe.url, record).charge(request)
        with pytest.raises(PaymentGatewayUnavailable, match="could not be cancelled"):
            gateway_at(fake_stripe.url, record).release(request)

    @pytest.mark.parametrize("operation", ["retrieve", "refund"])
    def test_without_an_answer_it_is_asked_for_again(
        self, fake_stripe, payment_request, request_id, operation
    ) -> None:
        record = Record()
        gateway_at(fake_stripe.url, record).charge(payment_request)
        fake_stripe.inject(unavailable(operations=frozenset([operation])))
        with pytest.raises(PaymentGatewayUnavailable):
            gateway_at(fake_stripe.url, record).release(payment_request)

    def test_a_refund_that_fails_is_the_operators_matter(self, fake_stripe, payment_request) -> None:
        class FailingRefunds(StripeApi):
            def ask(self, operation):
                result = super().ask(operation)
                if isinstance(result, stripe.Refund):
                    result["status"] = "failed"
                return result

        api = FailingRefunds(Key(), api_base=fake_stripe.url, seconds_left=lambda: 30)
        gateway = StripeGateway(api, Record())
        payment = gateway.charge(payment_request)
        with pytest.raises(PaymentGatewayRefused, match=f"{payment.id}.*refund it in Stripe"):
            gateway.release(payment_request)
