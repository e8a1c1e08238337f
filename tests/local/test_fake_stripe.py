"""The fake Stripe: as strict as Stripe, and with faults on request."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import stripe

from local.stripe.cards import CARDS
from local.stripe.fake_stripe import FakeStripe, running_stripe
from local.stripe.faults import Fault, rate_limited, unavailable
from tests.support.stripe import (
    FOREVER,
    KEY,
    calls,
    charges,
    client_at,
    confirm_intent,
    create_intent,
    fake_stripe,
    module_stripe,
    request_id,
)
from tests.support.waiting import wait_for

__all__ = ["fake_stripe", "module_stripe", "request_id"]


class TestIdempotencyKeys:
    def test_the_same_request_is_done_once(self, fake_stripe, request_id) -> None:
        first = create_intent(fake_stripe, request_id, key=f"{request_id}/create")
        second = create_intent(fake_stripe, request_id, key=f"{request_id}/create")
        assert second.id == first.id
        replayed = [each.last_response.headers.get("idempotent-replayed") for each in (first, second)]
        assert replayed == [None, "true"]
        fake_stripe.idempotency_keys.forget()
        assert create_intent(fake_stripe, request_id, key=f"{request_id}/create").id != first.id

    def test_another_request_with_the_key_is_refused(self, fake_stripe, request_id) -> None:
        create_intent(fake_stripe, request_id, key=f"{request_id}/create")
        with pytest.raises(stripe.IdempotencyError):
            create_intent(fake_stripe, request_id, key=f"{request_id}/create", amount=1)

    def test_a_decline_is_kept_and_a_fault_is_not(self, fake_stripe, request_id) -> None:
        intent = create_intent(fake_stripe, request_id, payment_method="pm_card_chargeDeclined")
        fake_stripe.inject(unavailable())
        with pytest.raises(stripe.APIError):
            confirm_intent(fake_stripe, intent.id, key=f"{request_id}/confirm")
        fake_stripe.inject()
        for _ in range(2):
            with pytest.raises(stripe.CardError):
                confirm_intent(fake_stripe, intent.id, key=f"{request_id}/confirm")

    def test_a_request_that_is_still_worked_on_is_a_conflict(self, fake_stripe, request_id) -> None:
        intent = create_intent(fake_stripe, request_id)
        slow = Fault(kind="slow", operations=frozenset(["confirm"]), delay_seconds=FOREVER)
        fake_stripe.inject(slow)
        thread = threading.Thread(
            target=confirm_intent, args=(fake_stripe, intent.id), kwargs={"key": request_id}
        )
        thread.start()
        wait_for(lambda: calls(fake_stripe, request_id)[-1].operation == "confirm")
        with pytest.raises(stripe.APIError) as conflict:
            confirm_intent(fake_stripe, intent.id, key=request_id)
        assert (conflict.value.http_status, conflict.value.error.code) == (409, "idempotency_key_in_use")
        fake_stripe.inject()
        thread.join()
        assert confirm_intent(fake_stripe, intent.id, key=request_id).status == "succeeded"


STATUSES = {"pm_card_authenticationRequired": "requires_action", "pm_simulated_processing": "processing"}


class TestLikeStripe:
    @pytest.mark.parametrize("payment_method", CARDS)
    def test_a_test_payment_method_does_what_its_name_says(
        self, fake_stripe, request_id, payment_method
    ) -> None:
        intent = create_intent(fake_stripe, request_id, payment_method=payment_method)
        card = CARDS[payment_method]
        if card.code:
            with pytest.raises(stripe.CardError) as declined:
                confirm_intent(fake_stripe, intent.id)
            assert declined.value.code == card.code
            assert getattr(declined.value.error, "decline_code", None) == card.decline_code
            assert declined.value.error.payment_intent.status == "requires_payment_method"
        else:
            assert confirm_intent(fake_stripe, intent.id).status == STATUSES.get(payment_method, "succeeded")

    def test_a_payment_method_without_a_customer_is_used_once(self, fake_stripe, request_id) -> None:
        used = fake_stripe.account.add_payment_method()
        first, second = (create_intent(fake_stripe, request_id, payment_method=used) for _ in range(2))
        confirm_intent(fake_stripe, first.id)
        with pytest.raises(stripe.InvalidRequestError) as at_confirm:
            confirm_intent(fake_stripe, second.id)
        assert at_confirm.value.error.payment_intent.status == "requires_payment_method"
        with pytest.raises(stripe.InvalidRequestError) as at_create:
            create_intent(fake_stripe, request_id, payment_method=used)
        for refused in (at_confirm, at_create):
            assert (refused.value.code, refused.value.param) == (None, None)

    @pytest.mark.parametrize("redirects", [None, {"enabled": True, "allow_redirects": "always"}])
    def test_a_confirmation_that_may_redirect_needs_a_return_url(
        self, fake_stripe, request_id, redirects
    ) -> None:
        intent = create_intent(fake_stripe, request_id, automatic_payment_methods=redirects)
        with pytest.raises(stripe.InvalidRequestError, match="return_url"):
            confirm_intent(fake_stripe, intent.id)

    def test_the_parameter_that_stripe_gave_up_is_refused(self, fake_stripe, request_id) -> None:
        with pytest.raises(stripe.InvalidRequestError) as refused:
            create_intent(fake_stripe, request_id, payment_method_types=["card"])
        assert refused.value.code == "payment_method_types_no_longer_supported"

    def test_what_is_over_cannot_be_confirmed_or_cancelled(self, fake_stripe, request_id) -> None:
        intent = create_intent(fake_stripe, request_id)
        confirm_intent(fake_stripe, intent.id)
        intents = client_at(fake_stripe.url).v1.payment_intents
        for change in (intents.cancel, intents.confirm):
            with pytest.raises(stripe.InvalidRequestError) as refused:
                change(intent.id)
            assert refused.value.code == "payment_intent_unexpected_state"

    def test_money_is_given_back_once(self, fake_stripe, request_id) -> None:
        intent = create_intent(fake_stripe, request_id)
        confirm_intent(fake_stripe, intent.id)
        refunds = client_at(fake_stripe.url).v1.refunds
        refunds.create(params={"payment_intent": intent.id})
        with pytest.raises(stripe.InvalidRequestError) as refused:
            refunds.create(params={"payment_intent": intent.id})
        assert refused.value.code == "charge_already_refunded"
        (charge,) = charges(fake_stripe, request_id)
        assert charge.refunded

    @pytest.mark.parametrize("key", ["pk_test_public", "sk_test_other"])
    def test_a_wrong_key_is_refused_and_not_shown_whole(self, fake_stripe, key) -> None:
        fake_stripe.only_key = "sk_test_right"
        client = stripe.StripeClient(key, base_addresses={"api": fake_stripe.url}, max_network_retries=0)
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
    def test_a_refusal_has_no_effect(self, fake_stripe, request_id, fault, error, status) -> None:
        intent = create_intent(fake_stripe, request_id)
        fake_stripe.inject(fault)
        with pytest.raises(error) as refused:
            confirm_intent(fake_stripe, intent.id)
        assert refused.value.http_status == status
        fake_stripe.inject()
        assert (
            client_at(fake_stripe.url).v1.payment_intents.retrieve(intent.id).status
            == "requires_confirmation"
        )

    def test_a_reset_is_no_orderly_end(self, fake_stripe) -> None:
        fake_stripe.inject(Fault(kind="reset"))
        address = urlsplit(fake_stripe.url)
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(
                f"GET /v1/refunds HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode()
            )
            with pytest.raises(ConnectionResetError):
                connection.recv(1)

    def test_a_request_that_its_caller_did_not_finish_is_none(self, fake_stripe) -> None:
        before = len(fake_stripe.calls())
        address = urlsplit(fake_stripe.url)
        with socket.create_connection((address.hostname, address.port)) as connection:
            head = f"POST /v1/refunds HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
            connection.sendall(f"{head}Content-Length: 20\r\n\r\npayment_in".encode())
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(1) == b""
        assert len(fake_stripe.calls()) == before

    def test_a_late_answer_comes_after_the_effect(self, fake_stripe, request_id) -> None:
        intent = create_intent(fake_stripe, request_id)
        fake_stripe.inject(Fault(kind="late", delay_seconds=FOREVER))
        answered = threading.Event()
        thread = threading.Thread(target=lambda: (confirm_intent(fake_stripe, intent.id), answered.set()))
        thread.start()
        wait_for(lambda: charges(fake_stripe, request_id))
        assert not answered.is_set()
        fake_stripe.inject()
        thread.join()
        assert answered.is_set()

    def test_a_fault_meets_the_calls_that_its_conditions_choose(self, fake_stripe, request_id) -> None:
        fake_stripe.inject(unavailable(operations=frozenset(["confirm"]), up_to_number=2))
        intent = create_intent(fake_stripe, request_id)
        for _ in range(2):
            with pytest.raises(stripe.APIError):
                confirm_intent(fake_stripe, intent.id)
        assert confirm_intent(fake_stripe, intent.id).status == "succeeded"


def test_each_charge_and_refund_is_reported_when_it_happens() -> None:
    reported = []
    with running_stripe(on_charge=reported.append) as fake:
        for number in range(2):
            intent = create_intent(fake, f"r-{number}")
            confirm_intent(fake, intent.id)
        client_at(fake.url).v1.refunds.create(params={"payment_intent": intent.id})
    assert [(each.request_id, each.refunded) for each in reported] == [
        ("r-0", False),
        ("r-1", False),
        ("r-1", True),
    ]


def test_nothing_is_served_after_the_end_and_a_delayed_response_does_not_hold_it_up() -> None:
    with running_stripe() as fake:
        fake.inject(Fault(kind="late", delay_seconds=FOREVER))
        waiting = threading.Thread(target=ask_in_vain, args=(fake,))
        waiting.start()
        wait_for(fake.calls)
    waiting.join()
    with pytest.raises(stripe.APIConnectionError):
        create_intent(fake, "r-2")


def ask_in_vain(fake: FakeStripe) -> None:
    with suppress(stripe.StripeError):
        create_intent(fake, "r-1")
