from __future__ import annotations

from typing import get_args

import pytest

from functions.adapters.gateways import GatewayEnvironment, gateway_for
from functions.domain.payment import PaymentProvider


def environment(provider: PaymentProvider) -> GatewayEnvironment:
    return GatewayEnvironment(
        payment_provider=provider,
        payment_secret_arn="arn:aws:secretsmanager:eu-west-1:123456789012:secret:key",
        stripe_api_base="",
        orders_table_name="orders",
    )


@pytest.mark.parametrize("provider", get_args(PaymentProvider))
def test_every_provider_that_the_settings_offer_has_its_gateway(
    provider: PaymentProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    gateway = gateway_for(environment(provider), lambda: 1)
    assert callable(gateway.charge)
    assert callable(gateway.release)
