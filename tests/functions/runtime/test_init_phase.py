"""Inside Lambda a function makes its clients in the init phase, and its first request makes none."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from functions.adapters import aws, gateways
from functions.runtime.environment import InvalidEnvironment
from functions.runtime.log import logger
from local.stripe.fake_stripe import FakeStripe
from tests.support.every_path import PATHS, furnish
from tests.support.stripe import KEY, fake_stripe, module_stripe

__all__ = ["fake_stripe", "module_stripe"]


def module_of(function: str) -> Any:
    return importlib.import_module(f"functions.handlers.{function.replace('-', '_')}")


@pytest.fixture
def made(cloud: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The clients that were made, by service."""
    furnish(cloud)
    monkeypatch.setattr("moto.sns.models.requests.post", lambda *_, **__: None)
    make, services = aws._client.__wrapped__, []

    @cache
    def noting(service: str) -> Any:
        services.append(service)
        return make(service)

    monkeypatch.setattr(aws, "_client", noting)
    gateways._secret.cache_clear()
    return services


@pytest.fixture
def reloaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Loads a handler as Lambda does, and afterwards as everybody else does."""
    loaded: list[Any] = []

    def load(function: str) -> None:
        with monkeypatch.context() as inside:
            inside.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            loaded.append(importlib.reload(module_of(function)))

    yield load
    for module in loaded:
        importlib.reload(module)
    gateways._secret.cache_clear()


@pytest.mark.parametrize("function", PATHS)
def test_the_init_phase_makes_exactly_the_clients_that_requests_use(
    made: list[str], reloaded: Any, context: Any, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    reloaded(function)
    in_init_phase = set(made)
    used = set()
    give = aws._client

    def using(service: str) -> Any:
        used.add(service)
        return give(service)

    monkeypatch.setattr(aws, "_client", using)
    if function == "create-webhook":
        monkeypatch.setattr(module_of(function), "resolve", lambda _: ["93.184.215.14"])
    PATHS[function](context)
    assert set(made) == in_init_phase
    assert used == in_init_phase


@pytest.mark.parametrize("function", ["process-payment", "release-payment"])
def test_so_does_that_of_a_payment_by_stripe(
    made: list[str],
    reloaded: Any,
    context: Any,
    cloud: Any,
    fake_stripe: FakeStripe,
    monkeypatch: pytest.MonkeyPatch,
    function: str,
) -> None:
    secret = cloud.client("secretsmanager").create_secret(Name="payment-key", SecretString=KEY)
    monkeypatch.setenv("PAYMENT_PROVIDER", "stripe")
    monkeypatch.setenv("PAYMENT_SECRET_ARN", secret["ARN"])
    monkeypatch.setenv("STRIPE_API_BASE", fake_stripe.url)
    reloaded(function)
    in_init_phase = set(made)
    assert in_init_phase == {"dynamodb", "secretsmanager"}
    PATHS[function](context)
    assert set(made) == in_init_phase


def test_the_init_phase_makes_the_logger(made: list[str], reloaded: Any) -> None:
    logger.cache_clear()
    reloaded("get-order")
    assert logger.cache_info().currsize == 1


def test_a_wrong_environment_fails_the_init_phase(
    made: list[str], reloaded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ORDERS_TABLE_NAME")
    with pytest.raises(InvalidEnvironment, match="ORDERS_TABLE_NAME"):
        reloaded("get-order")
    assert made == []


@pytest.mark.parametrize("function", PATHS)
def test_outside_lambda_an_import_makes_nothing(made: list[str], function: str) -> None:
    importlib.reload(module_of(function))
    assert made == []
