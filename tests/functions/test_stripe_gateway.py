"""The results of payments by Stripe, with the fake Stripe as a real server."""

from __future__ import annotations

import pytest

from functions.domain.payment import Payment, PaymentGatewayRefused, PaymentGatewayUnavailable
from local.stripe.cards import CARDS
from local.stripe.errors import RETURN_URL_MISSING, USED_BEFORE
from local.stripe.faults import Fault, unavailable
from tests.support.stripe import (
    Record,
    calls,
    charges,
    client_at,
    fake_stripe,
    gateway_at,
    module_stripe,
    operations,
    payment_request,
    request_for,
    request_id,
)

__all__ = ["fake_stripe", "module_stripe", "payment_request", "request_id"]


class TestCharge:
    def test_an_approved_payment_is_one_charge_with_the_orders_ids(
        self, fake_stripe, payment_request, request_id
    ) -> None:
        payment = gateway_at(fake_stripe.url).charge(payment_request)
        (charge,) = charges(fake_stripe, request_id)
        assert payment == Payment(id=charge.intent_id, status="approved")
        assert (charge.amount, charge.currency, charge.refunded) == (9990, "eur", False)
        create, confirm = calls(fake_stripe, request_id)
        assert create.parameters == {
            "amount": "9990",
            "currency": "eur",
            "payment_method": "pm_card_visa",
            "allowed_payment_method_types[0]": "card",
            "automatic_payment_methods[enabled]": "true",
            "automatic_payment_methods[allow_redirects]": "never",
            "metadata[request_id]": request_id,
            "metadata[reference]": "PO-1001",
        }
        assert [create.idempotency_key, confirm.idempotency_key] == [
            f"{request_id}/create",
            f"{request_id}/confirm",
        ]

    def test_the_payment_intent_is_written_down_before_it_is_confirmed(
        self, fake_stripe, payment_request, request_id
    ) -> None:
        class Refusing(Record):
            def keep(self, request_id: str, charge_id: str) -> str:
                raise RuntimeError("the table does not answer")

        with pytest.raises(RuntimeError):
            gateway_at(fake_stripe.url, Refusing()).charge(payment_request)
        assert operations(fake_stripe, request_id) == ["create"]

    @pytest.mark.parametrize("forgotten", [False, True])
    def test_a_repeated_charge_is_only_looked_at(
        self, fake_stripe, payment_request, request_id, forgotten
    ) -> None:
        record = Record()
        first = gateway_at(fake_stripe.url, record).charge(payment_request)
        if forgotten:
            fake_stripe.idempotency_keys.forget()
        assert gateway_at(fake_stripe.url, record).charge(payment_request) == first
        assert len(charges(fake_stripe, request_id)) == 1
        assert operations(fake_stripe, request_id) == ["create", "confirm", "retrieve"]

    def test_two_attempts_at_once_are_one_charge_by_their_idempotency_keys(
        self, fake_stripe, payment_request, request_id
    ) -> None:
        # The second finds nothing written yet, as when it runs beside the first.
        first = gateway_at(fake_stripe.url, Record()).charge(payment_request)
        assert gateway_at(fake_stripe.url, Record()).charge(payment_request) == first
        assert len(charges(fake_stripe, request_id)) == 1

    def test_an_attempt_that_comes_second_goes_on_with_the_payment_intent_of_the_first(
        self, fake_stripe, payment_request, request_id
    ) -> None:
        class WrittenMeanwhile(Record):
            def find(self, request_id: str) -> str | None:
                return None

        record = WrittenMeanwhile()
        first = gateway_at(fake_stripe.url, record).charge(payment_request)
        fake_stripe.idempotency_keys.forget()
        assert gateway_at(fake_stripe.url, record).charge(payment_request) == first
        assert len(charges(fake_stripe, request_id)) == 1

    @pytest.mark.parametrize(
        ("payment_method", "reason"),
        [
            ("pm_card_chargeDeclined", "generic_decline"),
            ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
            # These two come without a decline code.
            ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
            ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc"),
        ],
    )
    def test_a_decline_is_a_result_with_its_code_and_stays_one(
        self, fake_stripe, request_id, payment_method, reason
    ) -> None:
        record, request = Record(), request_for(request_id, payment_method)
        payment = gateway_at(fake_stripe.url, record).charge(request)
        assert (payment.status, payment.reason) == ("declined", reason)
        assert payment.id.startswith("pi_")
        assert gateway_at(fake_stripe.url, record).charge(request) == payment
        assert charges(fake_stripe, request_id) == []

    def test_a_payment_method_that_is_none_is_the_orders_fault(self, fake_stripe, request_id) -> None:
        payment = gateway_at(fake_stripe.url).charge(request_for(request_id, "pm_unheard_of"))
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
        self, fake_stripe, payment_request, operation, error, reason
    ) -> None:
        fault = Fault(kind="answer", operations=frozenset([operation]), status=400, error=error)
        fake_stripe.inject(fault)
        payment = gateway_at(fake_stripe.url).charge(payment_request)
        assert (payment.status, payment.reason) == ("declined", reason)

    def test_an_amount_that_stripe_cannot_charge_is_declined_before_it_is_asked(
        self, fake_stripe, request_id
    ) -> None:
        request = request_for(request_id, currency="KWD", total_amount=5124)
        payment = gateway_at(fake_stripe.url).charge(request)
        assert payment == Payment(status="declined", reason="unchargeable_amount")
        assert calls(fake_stripe, request_id) == []

    def test_an_amount_is_sent_as_stripe_writes_it(self, fake_stripe, request_id) -> None:
        gateway_at(fake_stripe.url).charge(request_for(request_id, currency="ISK", total_amount=500))
        (charge,) = charges(fake_stripe, request_id)
        assert (charge.amount, charge.currency) == (50_000, "isk")

    def test_a_payment_that_wants_its_customer_is_declined_and_cancelled(
        self, fake_stripe, request_id
    ) -> None:
        record, request = Record(), request_for(request_id, "pm_card_authenticationRequired")
        payment = gateway_at(fake_stripe.url, record).charge(request)
        assert (payment.status, payment.reason) == ("declined", "authentication_required")
        assert client_at(fake_stripe.url).v1.payment_intents.retrieve(payment.id).status == "canceled"
        assert gateway_at(fake_stripe.url, record).charge(request) == payment

    def test_a_cancellation_that_was_not_answered_is_done_again(self, fake_stripe, request_id) -> None:
        record, request = Record(), request_for(request_id, "pm_card_authenticationRequired")
        once = unavailable(operations=frozenset(["cancel"]), up_to_number=1)
        fake_stripe.inject(once)
        with pytest.raises(PaymentGatewayUnavailable):
            gateway_at(fake_stripe.url, record).charge(request)
        payment = gateway_at(fake_stripe.url, record).charge(request)
        assert (payment.status, payment.reason) == ("declined", "authentication_required")

    def test_a_payment_that_is_not_decided_yet_is_asked_for_again(self, fake_stripe, request_id) -> None:
        record, request = Record(), request_for(request_id, "pm_simulated_processing")
        for _ in range(2):
            with pytest.raises(PaymentGatewayUnavailable, match="has not decided"):
                gateway_at(fake_stripe.url, record).charge(request)
        assert operations(fake_stripe, request_id) == ["create", "confirm", "retrieve"]


class TestRefusedPaymentMethod:
    """Stripe often gives no code that says that a refusal is about the PaymentMethod."""

    @pytest.mark.parametrize("first_use", ["pm_card_visa", "pm_card_chargeDeclined"])
    def test_a_payment_method_that_was_used_before_is_declined(
        self, fake_stripe, request_id, first_use
    ) -> None:
        used = fake_stripe.account.add_payment_method(CARDS[first_use])
        gateway_at(fake_stripe.url).charge(request_for(f"{request_id}/first", used))
        record, request = Record(), request_for(request_id, used)
        payment = gateway_at(fake_stripe.url, record).charge(request)
        assert payment == Payment(status="declined", reason="payment_method_unusable")
        assert gateway_at(fake_stripe.url, record).charge(request) == payment
        assert gateway_at(fake_stripe.url, record).release(request).reason == "nothing_taken"
        assert charges(fake_stripe, request_id) == []

    def test_a_payment_method_that_another_order_uses_first_is_declined(
        self, fake_stripe, request_id
    ) -> None:
        shared = fake_stripe.account.add_payment_method()
        record, request = Record(), request_for(request_id, shared)
        fake_stripe.inject(unavailable(operations=frozenset(["confirm"])))
        with pytest.raises(PaymentGatewayUnavailable):
            gateway_at(fake_stripe.url, record).charge(request)
        fake_stripe.inject()
        gateway_at(fake_stripe.url).charge(request_for(f"{request_id}/other", shared))
        payment = gateway_at(fake_stripe.url, record).charge(request)
        assert payment == Payment(id=record[request_id], status="declined", reason="payment_method_unusable")
        assert gateway_at(fake_stripe.url, record).charge(request) == payment

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"customer": "cus_1"}, "payment_method_of_a_customer"),
            ({"payment_method_type": "sepa_debit"}, "payment_method_unsupported_type"),
        ],
    )
    def test_the_payment_method_itself_shows_what_the_refusal_does_not_say(
        self, fake_stripe, request_id, changes, reason
    ) -> None:
        payment_method = fake_stripe.account.add_payment_method(**changes)
        payment = gateway_at(fake_stripe.url).charge(request_for(request_id, payment_method))
        assert payment == Payment(status="declined", reason=reason)

    @pytest.mark.parametrize("operation", ["create", "confirm"])
    def test_an_unknown_payment_method_is_declined_whatever_the_refusal_says(
        self, fake_stripe, request_id, operation
    ) -> None:
        record = Record()
        if operation == "confirm":
            fake_stripe.inject(unavailable(operations=frozenset(["confirm"])))
            with pytest.raises(PaymentGatewayUnavailable):
                gateway_at(fake_stripe.url, record).charge(request_for(request_id))
        fake_stripe.inject(refusal("Something is wrong.", operation))
        payment = gateway_at(fake_stripe.url, record).charge(request_for(request_id, "pm_unknown"))
        assert payment == Payment(status="declined", reason="resource_missing")

    @pytest.mark.parametrize("operation", ["create", "confirm"])
    @pytest.mark.parametrize("message", [RETURN_URL_MISSING, "Something is wrong."])
    def test_a_refusal_that_is_not_about_a_usable_payment_method_is_final(
        self, fake_stripe, request_id, operation, message
    ) -> None:
        fake_stripe.inject(refusal(message, operation))
        request = request_for(request_id, fake_stripe.account.add_payment_method())
        with pytest.raises(PaymentGatewayRefused, match="InvalidRequestError"):
            gateway_at(fake_stripe.url).charge(request)

    def test_a_look_up_without_an_answer_is_repeated(self, fake_stripe, request_id) -> None:
        used = fake_stripe.account.add_payment_method()
        gateway_at(fake_stripe.url).charge(request_for(f"{request_id}/first", used))
        fake_stripe.inject(unavailable(operations=frozenset(["retrieve_payment_method"])))
        record, request = Record(), request_for(request_id, used)
        with pytest.raises(PaymentGatewayUnavailable):
            gateway_at(fake_stripe.url, record).charge(request)
        fake_stripe.inject()
        assert gateway_at(fake_stripe.url, record).charge(request).reason == "payment_method_unusable"

    def test_a_key_that_may_not_look_up_is_for_the_operator(self, fake_stripe, request_id) -> None:
        error = {"message": "The provided key 'rk_test_*******7dc' needs 'rak_payment_method_read'."}
        look_up = Fault(
            kind="answer", operations=frozenset(["retrieve_payment_method"]), status=403, error=error
        )
        fake_stripe.inject(refusal(USED_BEFORE, "create"), look_up)
        with pytest.raises(PaymentGatewayRefused, match="rak_payment_method_read"):
            gateway_at(fake_stripe.url).charge(request_for(request_id))


def refusal(message: str, operation) -> Fault:
    """A refusal as Stripe sends many: a message, without a code and a param."""
    error = {"type": "invalid_request_error", "message": message}
    return Fault(kind="answer", operations=frozenset([operation]), status=400, error=error)
