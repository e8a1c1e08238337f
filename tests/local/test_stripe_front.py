"""The fake Stripe's front: as strict as Stripe, and unreliable at will."""

from __future__ import annotations

import socket
import threading
from urllib.parse import urlsplit

import pytest
import stripe

from local.payments.cards import CARDS
from local.payments.faults import Fault, FaultPlan, StripeCall, rate_limited, unavailable
from tests.support.stripe import (
    FOREVER,
    KEY,
    calls,
    charges,
    client_at,
    confirm_intent,
    create_intent,
    request_id,
    stripe_front,
    stripe_of_the_module,
)
from tests.support.waiting import wait_for

__all__ = ["request_id", "stripe_front", "stripe_of_the_module"]


class TestIdempotencyKeys:
    def test_the_same_request_is_done_once(self, stripe_front, request_id) -> None:
        first = create_intent(stripe_front, request_id, key=f"{request_id}/create")
        assert create_intent(stripe_front, request_id, key=f"{request_id}/create").id == first.id
        stripe_front.forget_idempotency_keys()
        assert create_intent(stripe_front, request_id, key=f"{request_id}/create").id != first.id

    def test_another_request_with_the_key_is_refused(self, stripe_front, request_id) -> None:
        create_intent(stripe_front, request_id, key=f"{request_id}/create")
        with pytest.raises(stripe.IdempotencyError):
            create_intent(stripe_front, request_id, key=f"{request_id}/create", amount=1)

    def test_a_decline_is_kept_and_a_fault_is_not(self, stripe_front, request_id) -> None:
        intent = create_intent(stripe_front, request_id, payment_method="pm_card_chargeDeclined")
        stripe_front.plan(FaultPlan((unavailable(),)))
        with pytest.raises(stripe.APIError):
            confirm_intent(stripe_front, intent.id, key=f"{request_id}/confirm")
        stripe_front.plan(FaultPlan())
        for _ in range(2):
            with pytest.raises(stripe.CardError):
                confirm_intent(stripe_front, intent.id, key=f"{request_id}/confirm")

    def test_a_request_that_is_still_worked_on_is_a_conflict(self, stripe_front, request_id) -> None:
        intent = create_intent(stripe_front, request_id)
        slow = Fault(kind="slow", operations=frozenset(["confirm"]), delay_seconds=FOREVER)
        stripe_front.plan(FaultPlan((slow,)))
        thread = threading.Thread(
            target=confirm_intent, args=(stripe_front, intent.id), kwargs={"key": request_id}
        )
        thread.start()
        wait_for(lambda: calls(stripe_front, request_id)[-1].operation == "confirm")
        with pytest.raises(stripe.APIError) as conflict:
            confirm_intent(stripe_front, intent.id, key=request_id)
        assert (conflict.value.http_status, conflict.value.error.code) == (409, "idempotency_key_in_use")
        stripe_front.plan(FaultPlan())
        thread.join()
        assert confirm_intent(stripe_front, intent.id, key=request_id).status == "succeeded"


STATUSES = {"pm_card_authenticationRequired": "requires_action", "pm_simulated_processing": "processing"}


class TestLikeStripe:
    @pytest.mark.parametrize("payment_method", CARDS)
    def test_a_test_payment_method_does_what_its_name_says(
        self, stripe_front, request_id, payment_method
    ) -> None:
        intent = create_intent(stripe_front, request_id, payment_method=payment_method)
        decline = CARDS[payment_method].decline_code
        if decline:
            with pytest.raises(stripe.CardError) as declined:
                confirm_intent(stripe_front, intent.id)
            assert declined.value.error.decline_code == decline
            assert declined.value.error.payment_intent.status == "requires_payment_method"
        else:
            assert confirm_intent(stripe_front, intent.id).status == STATUSES.get(payment_method, "succeeded")

    def test_the_parameter_that_stripe_gave_up_is_refused(self, stripe_front, request_id) -> None:
        with pytest.raises(stripe.InvalidRequestError) as refused:
            create_intent(stripe_front, request_id, payment_method_types=["card"])
        assert refused.value.code == "payment_method_types_no_longer_supported"

    def test_what_is_over_cannot_be_confirmed_or_cancelled(self, stripe_front, request_id) -> None:
        intent = create_intent(stripe_front, request_id)
        confirm_intent(stripe_front, intent.id)
        intents = client_at(stripe_front.url).v1.payment_intents
        for change in (intents.cancel, intents.confirm):
            with pytest.raises(stripe.InvalidRequestError) as refused:
                change(intent.id)
            assert refused.value.code == "payment_intent_unexpected_state"

    def test_money_is_given_back_once(self, stripe_front, request_id) -> None:
        intent = create_intent(stripe_front, request_id)
        confirm_intent(stripe_front, intent.id)
        refunds = client_at(stripe_front.url).v1.refunds
        refunds.create(params={"payment_intent": intent.id})
        with pytest.raises(stripe.InvalidRequestError) as refused:
            refunds.create(params={"payment_intent": intent.id})
        assert refused.value.code == "charge_already_refunded"
        (charge,) = charges(stripe_front, request_id)
        assert charge.refunded

    @pytest.mark.parametrize("key", ["pk_test_public", "sk_test_other"])
    def test_a_wrong_key_is_refused_and_not_shown_whole(self, stripe_front, key) -> None:
        stripe_front.accept_only("sk_test_right")
        client = stripe.StripeClient(key, base_addresses={"api": stripe_front.url}, max_network_retries=0)
        with pytest.raises(stripe.AuthenticationError) as refused:
            client.v1.payment_intents.retrieve("pi_1")
        assert key not in str(refused.value)


class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "error", "status"),
        [
            (unavailable(), stripe.APIError, 503),
            (rate_limited(), stripe.RateLimitError, 429),
            (Fault(kind="reset"), stripe.APIConnectionError, None),
        ],
    )
    def test_a_refusal_has_no_effect(self, stripe_front, request_id, fault, error, status) -> None:
        intent = create_intent(stripe_front, request_id)
        stripe_front.plan(FaultPlan((fault,)))
        with pytest.raises(error) as refused:
            confirm_intent(stripe_front, intent.id)
        assert refused.value.http_status == status
        stripe_front.plan(FaultPlan())
        assert (
            client_at(stripe_front.url).v1.payment_intents.retrieve(intent.id).status
            == "requires_confirmation"
        )

    def test_a_reset_is_no_orderly_end(self, stripe_front) -> None:
        stripe_front.plan(FaultPlan((Fault(kind="reset"),)))
        address = urlsplit(stripe_front.url)
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(f"GET /v1/refunds HTTP/1.1\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode())
            with pytest.raises(ConnectionResetError):
                connection.recv(1)

    def test_a_late_answer_comes_after_the_effect(self, stripe_front, request_id) -> None:
        intent = create_intent(stripe_front, request_id)
        stripe_front.plan(FaultPlan((Fault(kind="late", delay_seconds=FOREVER),)))
        answered = threading.Event()
        thread = threading.Thread(target=lambda: (confirm_intent(stripe_front, intent.id), answered.set()))
        thread.start()
        wait_for(lambda: charges(stripe_front, request_id))
        assert not answered.is_set()
        stripe_front.plan(FaultPlan())
        thread.join()
        assert answered.is_set()

    def test_a_fault_meets_the_calls_that_its_conditions_choose(self) -> None:
        fault = unavailable(operations=frozenset(["confirm"]), request_ids=frozenset(["a"]), up_to_number=2)
        plan = FaultPlan((fault,))
        met = [
            (request_id, operation, number)
            for request_id in ("a", "b")
            for operation in ("create", "confirm")
            for number in (1, 2, 3)
            if plan.fault_for(call(request_id, operation, number))
        ]
        assert met == [("a", "confirm", 1), ("a", "confirm", 2)]

    def test_a_plan_draws_the_same_calls_every_time_and_others_with_another_seed(self) -> None:
        def drawn(seed: int) -> list[int]:
            plan = FaultPlan((unavailable(share=0.3),), seed=seed)
            return [number for number in range(1000) if plan.fault_for(call(f"r-{number}", "confirm", 1))]

        assert drawn(1) == drawn(1) != drawn(2)
        assert 200 < len(drawn(1)) < 400


def call(request_id: str, operation, number: int) -> StripeCall:
    return StripeCall(
        operation=operation,
        method="POST",
        path="/",
        request_id=request_id,
        number=number,
        idempotency_key=None,
        parameters={},
    )
