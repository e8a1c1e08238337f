"""The payment gateway that the settings name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import assert_never

from functions.adapters import aws
from functions.adapters.charge_record import ChargeRecord
from functions.adapters.payment_secret import PaymentSecret
from functions.adapters.simulated_gateway import SimulatedGateway
from functions.domain.payment import PaymentGateway, PaymentProvider


@dataclass(frozen=True, kw_only=True)
class GatewayEnvironment:
    """The environment of both functions that call the payment gateway.

    `payment_secret_arn` is "" for a provider without a key, `stripe_api_base` where it is Stripe itself.
    """

    payment_provider: PaymentProvider
    payment_secret_arn: str
    stripe_api_base: str
    orders_table_name: str


def prepare_gateway(environment: GatewayEnvironment) -> None:
    """Import what the gateway needs and make its clients, ahead of the first payment."""
    gateway_for(environment, lambda: 0)


def gateway_for(environment: GatewayEnvironment, seconds_left: Callable[[], float]) -> PaymentGateway:
    """Return the gateway of a function's payment provider; its calls end before the seconds that are left."""
    if environment.payment_provider == "simulated":
        return SimulatedGateway()
    if environment.payment_provider == "stripe":
        return _stripe_gateway(environment, seconds_left)
    assert_never(environment.payment_provider)


def _stripe_gateway(environment: GatewayEnvironment, seconds_left: Callable[[], float]) -> PaymentGateway:
    # Stripe's library takes a part of a second to import: only a function that uses it pays for that.
    from functions.adapters.stripe_api import StripeApi  # noqa: PLC0415
    from functions.adapters.stripe_gateway import StripeGateway  # noqa: PLC0415

    api = StripeApi(
        _secret(environment.payment_secret_arn),
        api_base=environment.stripe_api_base,
        seconds_left=seconds_left,
    )
    return StripeGateway(api, ChargeRecord(aws.dynamodb(), environment.orders_table_name))


@cache
def _secret(arn: str) -> PaymentSecret:
    """Return the secret whose value a warm function caches."""
    return PaymentSecret(aws.secretsmanager(), arn)
