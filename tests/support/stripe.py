"""A fake Stripe for a module's tests, and what a gateway needs beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count, repeat
from typing import Any

import pytest
import requests
import stripe

from functions.adapters.stripe_api import StripeApi
from functions.adapters.stripe_gateway import StripeGateway
from functions.domain.payment import PaymentRequest
from local.stripe.account import Charge
from local.stripe.fake_stripe import FakeStripe, running_stripe
from local.stripe.faults import StripeCall

KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"
# Longer than any test waits: a response that is delayed so long continues when the injection ends.
FOREVER = 600

_NUMBERS = count()


@pytest.fixture(scope="module")
def module_stripe() -> Iterator[FakeStripe]:
    with running_stripe() as stripe:
        yield stripe


@pytest.fixture
def fake_stripe(module_stripe: FakeStripe) -> Iterator[FakeStripe]:
    """A fake Stripe without faults; what other tests of the module did to it stays."""
    yield module_stripe
    module_stripe.inject()
    module_stripe.only_key = None


@dataclass
class Key:
    """The secret; each time it is read again, the next value is in it."""

    values: list[str] = field(default_factory=lambda: [KEY])
    arn: str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:payment-key-AbCdEf"
    read: int = 0

    def value(self) -> str:
        return self.values[self.read]

    def read_again(self) -> str:
        self.read = min(self.read + 1, len(self.values) - 1)
        return self.value()


class Record(dict[str, str]):
    """What is written of each order's charge."""

    def find(self, request_id: str) -> str | None:
        return self.get(request_id)

    def keep(self, request_id: str, charge_id: str) -> str:
        return self.setdefault(request_id, charge_id)


def gateway_at(
    url: str, record: Record | None = None, *, key: Key | None = None, seconds_left: Sequence[float] = ()
) -> StripeGateway:
    """A gateway; `seconds_left` is what the function has left at its first calls of Stripe."""
    left = chain(seconds_left, repeat(30.0))
    api = StripeApi(key or Key(), api_base=url, seconds_left=lambda: next(left))
    return StripeGateway(api, Record() if record is None else record)


@pytest.fixture
def request_id() -> str:
    """An order that no other test pays."""
    return f"JKJaXmPLvHcESHA={next(_NUMBERS)}"


@pytest.fixture
def payment_request(request_id: str) -> PaymentRequest:
    return request_for(request_id)


def request_for(request_id: str, payment_method: str = "pm_card_visa", **changes: Any) -> PaymentRequest:
    return PaymentRequest(
        **{
            "idempotency_key": request_id,
            "reference": "PO-1001",
            "currency": "EUR",
            "total_amount": 9990,
            "payment_method": payment_method,
            **changes,
        }
    )


def charges(fake: FakeStripe, request_id: str) -> list[Charge]:
    return [each for each in fake.account.charges() if each.request_id == request_id]


def calls(fake: FakeStripe, request_id: str) -> list[StripeCall]:
    return [each for each in fake.calls() if each.request_id == request_id]


def operations(fake: FakeStripe, request_id: str) -> list[str]:
    return [each.operation for each in calls(fake, request_id)]


def client_at(url: str) -> stripe.StripeClient:
    session = requests.Session()
    # A developer's proxy cannot reach this loopback address.
    session.trust_env = False
    http = stripe.RequestsClient(session=session)
    return stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=0, http_client=http)


def create_intent(
    fake: FakeStripe, request_id: str, *, key: str | None = None, **changes: Any
) -> stripe.PaymentIntent:
    parameters = {
        "amount": 9990,
        "currency": "eur",
        "payment_method": "pm_card_visa",
        "allowed_payment_method_types": ["card"],
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "metadata": {"request_id": request_id},
        **changes,
    }
    options = {"idempotency_key": key} if key else {}
    return client_at(fake.url).v1.payment_intents.create(params=parameters, options=options)


def confirm_intent(fake: FakeStripe, intent_id: str, *, key: str | None = None) -> stripe.PaymentIntent:
    options = {"idempotency_key": key} if key else {}
    return client_at(fake.url).v1.payment_intents.confirm(intent_id, options=options)
