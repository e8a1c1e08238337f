"""A Stripe that does not answer, or refuses what only an operator can patch."""

from __future__ import annotations

import logging
import traceback

import pytest
import requests

from functions.adapters.stripe_gateway import StripeGateway
from functions.domain.payment import PaymentGatewayRefused, PaymentGatewayUnavailable
from local.loopback import HOST, bind_loopback
from local.stripe.faults import Fault, rate_limited, unavailable
from tests.support.stripe import (
    FOREVER,
    KEY,
    Key,
    Record,
    calls,
    charges,
    fake_stripe,
    gateway_at,
    module_stripe,
    payment_request,
    request_for,
    request_id,
)

__all__ = ["fake_stripe", "module_stripe", "payment_request", "request_id"]


NO_ANSWERS = [
    Fault(kind="reset"),
    rate_limited(),
    unavailable(),
    Fault(kind="answer", status=500),
    Fault(kind="answer", status=409, error={"code": "idempotency_key_in_use"}),
    Fault(kind="late", delay_seconds=FOREVER),
    Fault(kind="slow", delay_seconds=FOREVER),
]


class TestNoAnswer:
    @pytest.mark.parametrize("operation", ["create", "confirm"])
    @pytest.mark.parametrize("fault", NO_ANSWERS, ids=lambda fault: f"{fault.kind}-{fault.status}")
    def test_an_unknown_outcome_is_asked_for_again_and_charged_once(
        self, fake_stripe, payment_request, request_id, operation, fault
    ) -> None:
        record = Record()
        chosen = frozenset([operation])
        changed = {"operations": chosen, "up_to_number": 1}
        fake_stripe.inject(Fault(**{**vars(fault), **changed}))
        seconds_left = [30, 1.5] if operation == "confirm" else [1.5]
        with pytest.raises(PaymentGatewayUnavailable):
            gateway_at(fake_stripe.url, record, seconds_left=seconds_left).charge(payment_request)
        if fault.kind == "slow":
            # Stripe is still executing the first request.
            with pytest.raises(PaymentGatewayUnavailable, match="409"):
                gateway_at(fake_stripe.url, record).charge(payment_request)
            return
        assert gateway_at(fake_stripe.url, record).charge(payment_request).status == "approved"
        assert len(charges(fake_stripe, request_id)) == 1

    def test_nobody_at_the_address(self, payment_request) -> None:
        with bind_loopback() as listener:
            port = listener.getsockname()[1]
        with pytest.raises(PaymentGatewayUnavailable, match="ConnectionError"):
            gateway_at(f"http://{HOST}:{port}").charge(payment_request)

    def test_nothing_is_begun_that_the_function_has_no_time_to_end(
        self, fake_stripe, payment_request, request_id
    ) -> None:
        with pytest.raises(PaymentGatewayUnavailable):
            gateway_at(fake_stripe.url, seconds_left=[0.9]).charge(payment_request)
        assert calls(fake_stripe, request_id) == []


@pytest.mark.parametrize(
    ("seconds_left", "timeout"), [(2, (1, 1)), (6, (3, 5)), (20, (3, 10)), (1, None), (-1, None)]
)
def test_a_call_ends_before_the_function_does_and_goes_to_stripe_itself(
    payment_request, monkeypatch, seconds_left, timeout
) -> None:
    sent = []

    def send(_session, method, url, **options):
        sent.append((method, url, options["timeout"]))
        raise requests.ConnectionError

    monkeypatch.setattr(requests.Session, "request", send)
    with pytest.raises(PaymentGatewayUnavailable):
        gateway_at("", seconds_left=[seconds_left]).charge(payment_request)
    expected = [("post", "https://api.stripe.com/v1/payment_intents", timeout)]
    assert sent == (expected if timeout else [])


def logged(error: pytest.ExceptionInfo[BaseException]) -> str:
    """The whole text of a log entry with its traceback."""
    return "".join(traceback.format_exception(error.value))


class TestRefusal:
    def test_a_rotated_key_is_read_again(self, fake_stripe, payment_request) -> None:
        fake_stripe.only_key = "sk_test_new"
        key = Key(["sk_test_old", "sk_test_new"])
        assert gateway_at(fake_stripe.url, key=key).charge(payment_request).status == "approved"
        assert key.read == 1

    @pytest.mark.parametrize("values", [[KEY], [KEY, "sk_test_wrong_as_well"]])
    def test_a_key_that_stays_wrong_is_the_operators_matter_and_not_shown(
        self, fake_stripe, payment_request, request_id, caplog, values
    ) -> None:
        fake_stripe.only_key = "sk_test_new"
        caplog.set_level(logging.DEBUG)
        key = Key(values)
        with pytest.raises(PaymentGatewayRefused, match="put a valid one there") as refusal:
            gateway_at(fake_stripe.url, key=key).charge(payment_request)
        assert key.arn in str(refusal.value)
        assert len(calls(fake_stripe, request_id)) == len(values)
        for text in (logged(refusal), caplog.text):
            assert KEY not in text
            assert KEY[-4:] not in text

    def test_a_key_without_a_permission_says_which(self, fake_stripe, payment_request) -> None:
        message = "The provided key 'rk_test_*********7dc' needs 'rak_payment_intent_write'."
        fake_stripe.inject(Fault(kind="answer", status=403, error={"message": message}))
        with pytest.raises(PaymentGatewayRefused, match="rak_payment_intent_write") as refusal:
            gateway_at(fake_stripe.url).charge(payment_request)
        assert "7dc" not in logged(refusal)

    @pytest.mark.parametrize("operation", ["create", "confirm"])
    def test_an_invalid_request_is_final(self, fake_stripe, payment_request, operation) -> None:
        error = {"code": "parameter_unknown", "param": "colour", "message": f"Unknown: colour ({KEY})"}
        fault = Fault(kind="answer", operations=frozenset([operation]), status=400, error=error)
        fake_stripe.inject(fault)
        with pytest.raises(PaymentGatewayRefused, match=r"parameter_unknown.*Unknown: colour") as refusal:
            gateway_at(fake_stripe.url).charge(payment_request)
        assert KEY not in logged(refusal)

    def test_a_key_that_was_used_for_another_order_is_final(self, fake_stripe, request_id) -> None:
        gateway_at(fake_stripe.url).charge(request_for(request_id))
        with pytest.raises(PaymentGatewayRefused, match="IdempotencyError"):
            gateway_at(fake_stripe.url).charge(request_for(request_id, total_amount=1))

    @pytest.mark.parametrize("payment_method", ["pm_card_visa", "pm_of_another_account"])
    def test_a_payment_intent_of_another_account_is_final(
        self, fake_stripe, request_id, payment_method
    ) -> None:
        record = Record({request_id: "pi_of_another_account"})
        for ask in (StripeGateway.charge, StripeGateway.release):
            with pytest.raises(PaymentGatewayRefused):
                ask(gateway_at(fake_stripe.url, record), request_for(request_id, payment_method))
