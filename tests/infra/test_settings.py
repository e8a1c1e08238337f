from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from infra.settings import Settings, load_settings
from infra.settings_error import SettingsError


@pytest.fixture
def load():
    def _load(settings: Any) -> Settings:
        pulumi.runtime.set_all_config(
            {} if settings is None else {"order-webhooks:settings": json.dumps(settings)}
        )
        return load_settings(pulumi.Config("order-webhooks"))

    yield _load
    pulumi.runtime.set_all_config({})


def test_a_stack_needs_no_settings(load) -> None:
    assert load(None) == load({}) == Settings()


def test_settings_cannot_be_changed_once_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().production = True  # type: ignore[misc]


def subscriber(**changes: Any) -> dict[str, Any]:
    return {"name": "shop", "url": "https://shop.example/hook", "client_id": "shop", **changes}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"apii": {}}, "apii: is not a setting; did you mean api? (allowed here: production, "),
        ({"api": {"throtle": {}}}, "api.throtle: is not a setting; did you mean throttle?"),
        (
            {"api": {"auth": "basic"}},
            "api.auth: 'basic' is not allowed: Input should be 'iam', 'jwt' or 'none'",
        ),
        ({"api": {"auth": "jwt"}}, "api: jwt (issuer and audience) goes with auth: jwt"),
        (
            {"api": {"jwt": {"issuer": "https://id.example", "audience": "a"}}},
            "api: jwt (issuer and audience) goes with auth: jwt",
        ),
        (
            {"api": {"auth": "jwt", "jwt": {"issuer": "id.example", "audience": "a"}}},
            "api.jwt.issuer: 'id.example' is not allowed",
        ),
        (
            {"functions": {"memory_megabytes": 64}},
            "functions.memory_megabytes: 64 is not allowed: Input should be greater than or equal to 128",
        ),
        ({"functions": {"runtime": "python3.8"}}, "functions.runtime: 'python3.8' is not allowed"),
        ({"log_retention_days": 31}, "log_retention_days: 31 is not allowed: Input should be 1, 3, 5"),
        (
            {"queue": {"visibility_timeout_seconds": 5}},
            "queue.visibility_timeout_seconds must be at least functions.timeout_seconds",
        ),
        (
            {"queue": {"max_receive_count": 385}},
            "with waits of up to 900 seconds the queue keeps a message for 384 receipts",
        ),
        (
            {"queue": {"visibility_timeout_seconds": 7_200}},
            "with waits of up to 7200 seconds the queue keeps a message for 48 receipts",
        ),
        (
            {"workflow": {"payment_retry": {"interval_seconds": 9, "max_delay_seconds": 9}}},
            "workflow.payment_retry: max_delay_seconds must be greater than interval_seconds",
        ),
        (
            {"workflow": {"type": "EXPRESS", "payment_retry": {"max_attempts": 8}}},
            "payment_retry may wait 366 seconds in all, and type EXPRESS has room for 180",
        ),
        ({"payment": {"provider": "paypal"}}, "payment.provider: 'paypal' is not allowed"),
        (
            {"payment": {"stripe_api_base": "http://127.0.0.1:8420"}},
            "payment: stripe_api_base goes with provider: stripe",
        ),
        (
            {"payment": {"provider": "stripe", "stripe_api_base": "http://key@127.0.0.1"}},
            "payment.stripe_api_base: 'http://key@127.0.0.1' is not allowed",
        ),
        (
            {"production": True, "payment": {"provider": "stripe", "stripe_api_base": "https://fake"}},
            "must not have payment.stripe_api_base",
        ),
        ({"subscribers": [subscriber(url="ftp://x")]}, "subscribers[0]: url must be an https:// address"),
        (
            {"subscribers": [subscriber(url="https://u:p@x")]},
            "subscribers[0]: url must not carry a user name",
        ),
        ({"subscribers": [subscriber(url="http://x/")]}, "the url of shop must be https"),
        ({"subscribers": [subscriber(), subscriber()]}, "each name may be used once"),
        ({"subscribers": [subscriber(name="all")]}, "all and nobody cannot be names"),
        ({"subscribers": [subscriber(colour=1)]}, "subscribers[0].colour: is not a setting"),
        ({"subscribers": [{"name": "shop"}]}, "subscribers[0].url: must be given"),
        ({"production": True, "api": {"auth": "none"}}, "a production stack must not have api.auth: none"),
        ({"production": True, "allow_http_webhooks": True}, "must not have allow_http_webhooks: true"),
        ({"production": True, "functions": {"build_for": "host"}}, "must not have functions.build_for: host"),
        ({"alarms": {"email": "ops"}}, "alarms.email: 'ops' is not allowed"),
        ({"delivery_log_success_percent": 101}, "delivery_log_success_percent: 101 is not allowed"),
        ("text", "'text' is not allowed"),
    ],
)
def test_what_cannot_be_used_is_named_with_what_is_allowed(load, settings: Any, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(settings)
    assert str(caught.value).startswith("order-webhooks:settings cannot be used:\n  ")
    assert message in str(caught.value)


def test_all_faults_are_told_at_once(load) -> None:
    with pytest.raises(SettingsError) as caught:
        load({"api": {"auth": "basic"}, "functions": {"memory_megabytes": 1}, "colour": "red"})
    assert len(str(caught.value).splitlines()) == 4


def test_a_long_value_is_shown_shortly(load) -> None:
    with pytest.raises(SettingsError) as caught:
        load({"api": {"auth": "x" * 5000}})
    assert len(str(caught.value)) < 300


def test_the_workflows_type_chooses_defaults_that_fit(load) -> None:
    standard, express = load({}).workflow, load({"workflow": {"type": "EXPRESS"}}).workflow
    assert (standard.effective_log_level, express.effective_log_level) == ("ERROR", "ALL")
    assert standard.effective_payment_retry.longest_wait_seconds == 366
    assert express.effective_payment_retry.longest_wait_seconds == 122
