from __future__ import annotations

import json
import socket
from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockMonitor

from functions.domain.webhook_url import RefusedUrlError, check_webhook_url
from infra.settings import Settings, load_settings
from infra.settings.error import SettingsError
from tests.support.pulumi_graph import record, record_main, record_main_anew


@pytest.fixture
def load():
    def _load(settings: Any) -> Settings:
        own = {} if settings is None else {"order-webhooks:settings": json.dumps(settings)}
        pulumi.runtime.set_all_config({"aws:region": "eu-west-1", **own})
        return load_settings()

    yield _load
    pulumi.runtime.set_all_config({})


def test_a_stack_needs_no_settings(load) -> None:
    assert load(None) == load({}) == Settings()


def test_settings_cannot_be_changed_once_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().production = True  # type: ignore[misc]


def subscriber(**changes: Any) -> dict[str, Any]:
    return {"name": "shop", "url": "https://shop.example/hook", "client_id": "shop", **changes}


CERTIFICATE_ARN = "arn:aws:acm:eu-west-1:123456789012:certificate/1a2b"


def domain(**changes: Any) -> dict[str, Any]:
    return {"name": "orders.shop.example", "certificate_arn": CERTIFICATE_ARN, **changes}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tags": {"project": "shop"}}, "tags: project is taken"),
        ({"tags": {"Stack": "blue"}}, "tags: Stack is taken"),
        ({"tags": {"team": "a", "Team": "b"}}, "tags: Team is taken"),
        ({"tags": {"aws:team": "a"}}, "tags: aws:team is taken"),
        ({"tags": {f"tag-{number}": "x" for number in range(48)}}, "tags: 48 are too many: 47 beside the"),
        ({"tags": {"": "a"}}, "tags: the name '' is not allowed"),
        ({"tags": {"a" * 129: "a"}}, "tags: the name 'aaa"),
        ({"tags": {"cost#centre": "a"}}, "tags: the name 'cost#centre' is not allowed"),
        ({"tags": {"team": "a" * 257}}, "tags: the value 'aaa"),
        (
            {"tags": {"team": "orders & payments"}},
            "tags: the value 'orders & payments' of team is not allowed",
        ),
        ({"tags": {"team": "a\nb"}}, "tags: the value 'a\\nb' of team is not allowed"),
        ({"apii": {}}, "apii: is not a setting; did you mean api? (allowed here: production, "),
        ({"api": {"throtle": {}}}, "api.throtle: is not a setting; did you mean throttle?"),
        (
            {"api": {"auth": "basic"}},
            "api.auth: 'basic' is not allowed: Input should be 'iam', 'jwt' or 'none'",
        ),
        ({"api": {"auth": "jwt"}}, "api: jwt (issuer and audience) is required with auth: jwt"),
        (
            {"api": {"jwt": {"issuer": "https://id.example", "audience": "a"}}},
            "api: jwt (issuer and audience) is required with auth: jwt",
        ),
        (
            {"api": {"auth": "jwt", "jwt": {"issuer": "id.example", "audience": "a"}}},
            "api.jwt.issuer: 'id.example' is not allowed",
        ),
        ({"api": {"cors": {"origins": []}}}, "api.cors.origins: [] is not allowed"),
        (
            {"api": {"cors": {"origins": ["*", "https://shop.example"]}}},
            "api.cors.origins: * allows every origin",
        ),
        (
            {"api": {"cors": {"origins": ["https://shop.example", "https://shop.example"]}}},
            "api.cors.origins: origins must be unique",
        ),
        *(
            ({"api": {"cors": {"origins": [origin]}}}, f"api.cors.origins: {origin!r} is not an origin")
            for origin in (
                "shop.example",
                "https://shop.example/",
                "https://shop.example/path",
                "https://user@shop.example",
                "https://Shop.example",
                "https://*.shop.example",
                "https://shop.example:port",
                "ftp://shop.example",
                "null",
                "",
            )
        ),
        (
            {"production": True, "api": {"cors": {"origins": ["http://localhost:3000"]}}},
            "a production stack must not have api.cors.origins with http or payment.provider: simulated",
        ),
        ({"api": {"domain": domain(name="https://orders.shop.example")}}, "api.domain.name:"),
        (
            {"api": {"domain": domain(name="*.shop.example")}},
            "api.domain.name: '*.shop.example' is not allowed",
        ),
        ({"api": {"domain": domain(name="localhost")}}, "api.domain.name: 'localhost' is not allowed"),
        ({"api": {"domain": {"name": "orders.shop.example"}}}, "api.domain.certificate_arn: is required"),
        (
            {"api": {"domain": domain(certificate_arn="arn:aws:iam::123456789012:server-certificate/x")}},
            "api.domain.certificate_arn: 'arn:aws:iam::123456789012:server-certificate/x' is not allowed",
        ),
        ({"api": {"domain": domain(hosted_zone_id="shop.example")}}, "api.domain.hosted_zone_id:"),
        (
            {"api": {"domain": domain(certificate_arn=CERTIFICATE_ARN.replace("eu-west-1", "us-east-1"))}},
            "api.domain.certificate_arn: the certificate is in us-east-1, and the stack in eu-west-1",
        ),
        (
            {"functions": {"memory_megabytes": 64}},
            "functions.memory_megabytes: 64 is not allowed: Input should be greater than or equal to 128",
        ),
        *(
            ({"functions": {"log_level": level}}, f"functions.log_level: {level!r} is not allowed")
            for level in ("WARNING", "ERROR", "WARN")
        ),
        ({"functions": {"runtime": "python3.8"}}, "functions.runtime: 'python3.8' is not allowed"),
        ({"log_retention_days": 31}, "log_retention_days: 31 is not allowed: Input should be 1, 3, 5"),
        (
            {"queue": {"visibility_timeout_seconds": 5}},
            "queue.visibility_timeout_seconds must be at least functions.timeout_seconds",
        ),
        (
            {"queue": {"max_receive_count": 385}},
            "with waits of up to 900 seconds the queue keeps a message for 384 receives",
        ),
        (
            {"queue": {"visibility_timeout_seconds": 7_200}},
            "with waits of up to 7200 seconds the queue keeps a message for 48 receives",
        ),
        (
            {"workflow": {"payment_retry": {"interval_seconds": 9, "max_delay_seconds": 9}}},
            "workflow.payment_retry: max_delay_seconds must be greater than interval_seconds",
        ),
        (
            {"workflow": {"type": "EXPRESS", "payment_retry": {"max_attempts": 8}}},
            "9 attempts of 20 seconds each (functions.timeout_seconds) with waits of 366 take 546; type",
        ),
        (
            {"workflow": {"type": "EXPRESS"}, "functions": {"timeout_seconds": 21}},
            "7 attempts of 21 seconds each (functions.timeout_seconds) with waits of 94 take 241",
        ),
        (
            {"workflow": {"payment_retry": {"max_delay_seconds": 31_622_400}}},
            "workflow.payment_retry.max_delay_seconds: 31622400 is not allowed: Input should be less than",
        ),
        ({"payment": {"provider": "paypal"}}, "payment.provider: 'paypal' is not allowed"),
        (
            {"payment": {"stripe_api_base": "http://127.0.0.1:8420"}},
            "payment: stripe_api_base needs provider: stripe",
        ),
        (
            {"payment": {"provider": "stripe", "stripe_api_base": "http://key@127.0.0.1"}},
            "payment.stripe_api_base: 'http://key@127.0.0.1' is not allowed",
        ),
        (
            {"production": True, "payment": {"provider": "stripe", "stripe_api_base": "https://fake"}},
            "must not have payment.stripe_api_base",
        ),
        ({"subscribers": [subscriber(url="ftp://x")]}, "the url of shop must begin with https://"),
        ({"subscribers": [subscriber(url="https://u:p@x")]}, "the url of shop must not carry a user name"),
        ({"subscribers": [subscriber(url="http://x/")]}, "the url of shop must begin with https://"),
        (
            {"subscribers": [subscriber(event_types=["order.lost"])]},
            "subscribers[0].event_types[0]: 'order.l",
        ),
        (
            {"tables": {"order_ttl_days": 28}},
            "28 is not allowed: 0, or at least 29: an order may be started until 14 days after it was accep",
        ),
        ({"tables": {"order_ttl_days": 1}}, "tables.order_ttl_days: 1 is not allowed: 0, or at least 29"),
        ({"subscribers": [subscriber(), subscriber()]}, "names must be unique"),
        ({"subscribers": [subscriber(name="all")]}, "names all and nobody are reserved"),
        ({"subscribers": [subscriber(colour=1)]}, "subscribers[0].colour: is not a setting"),
        ({"subscribers": [{"name": "shop"}]}, "subscribers[0].url: is required"),
        (
            {"production": True, "api": {"auth": "none"}},
            "a production stack must not have api.auth: none or payment.provider: simulated",
        ),
        ({"production": True, "allow_http_webhooks": True}, "must not have allow_http_webhooks: true"),
        ({"production": True, "diagnostics": True}, "must not have diagnostics: true"),
        (
            {"diagnostics": True, "functions": {"timeout_seconds": 19}},
            "diagnostics: functions.timeout_seconds must be at least 20",
        ),
        ({"production": True, "functions": {"build_for": "host"}}, "must not have functions.build_for: host"),
        ({"production": True}, "a production stack must not have payment.provider: simulated"),
        ({"alarms": {"email": "ops"}}, "alarms.email: 'ops' is not allowed"),
        ({"delivery_log_success_percent": 100}, "delivery_log_success_percent"),
        ({"webhooks": {"topics": 0}}, "webhooks.topics: 0 is not allowed"),
        ({"webhooks": {"topics": 51}}, "webhooks.topics: 51 is not allowed"),
        ("text", "'text' is not allowed"),
    ],
)
def test_what_cannot_be_used_is_named_with_what_is_allowed(load, settings: Any, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(settings)
    assert str(caught.value).startswith("order-webhooks:settings is invalid:\n  ")
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
    assert express.effective_payment_retry.longest_wait_seconds == 94


@pytest.mark.parametrize(
    "origin", ["*", "https://shop.example", "http://localhost:3000", "https://[::1]:8443"]
)
def test_origins_as_browsers_send_them_are_taken(load, origin: str) -> None:
    assert load({"api": {"cors": {"origins": [origin]}}}).api.cors.origins == (origin,)


def test_a_domain_of_the_stacks_own_region_is_taken(load) -> None:
    assert load({"api": {"domain": domain()}}).api.domain.name == "orders.shop.example"


@pytest.mark.parametrize(
    ("email", "warns"),
    [
        ("ops@example.com", True),
        ("ops@mail.example.org", True),
        ("ops@shop.test", True),
        ("ops@myexample.com", False),
        ("ops@shop.de", False),
    ],
)
def test_an_alarm_address_that_nobody_reads_is_warned_of(load, monkeypatch, email: str, warns: bool) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warnings.append)
    load({"alarms": {"email": email}})
    assert [email in each for each in warnings] == [True] * warns


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/x",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://shop.example/hook#part",
        "https://shop.example/a hook",
        "https://shop.example/" + "a" * 3_000,
        "https://shop.example/hook?webhook_id=shop",
        "https://u:p@shop.example/",
        "http://shop.example/",
    ],
)
def test_a_subscribers_url_is_refused_as_the_api_refuses_it(load, url: str) -> None:
    def by_number_only(host: str) -> list[str]:
        return [str(each[4][0]) for each in socket.getaddrinfo(host, 443, flags=socket.AI_NUMERICHOST)]

    with pytest.raises(RefusedUrlError) as by_api:
        check_webhook_url(url, by_number_only, allow_local=False)
    with pytest.raises(SettingsError) as by_settings:
        load({"subscribers": [subscriber(url=url)]})
    assert f"the url of shop {by_api.value}" in str(by_settings.value)


def test_a_laptop_may_have_a_subscriber_of_its_own(load) -> None:
    url = "http://127.0.0.1:8080/hook"
    settings = load({"allow_http_webhooks": True, "subscribers": [subscriber(url=url)]})
    assert settings.subscribers[0].url == url


def test_the_settings_look_up_no_host_name(load, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a name was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert load({"subscribers": [subscriber(url="https://nowhere.invalid/")]})


@pytest.mark.parametrize("days", [0, 29, 3_650])
def test_an_order_may_be_kept_for_good_or_longer_than_it_can_be_started(load, days: int) -> None:
    assert load({"tables": {"order_ttl_days": days}}).tables.order_ttl_days == days


@pytest.mark.parametrize("days", [2_922, 3_288])
def test_every_retention_of_cloudwatch_logs_is_taken(load, days: int) -> None:
    assert load({"log_retention_days": days}).log_retention_days == days


def test_the_longest_wait_of_step_functions_is_taken(load) -> None:
    retry = load({"workflow": {"payment_retry": {"max_delay_seconds": 31_622_399}}}).workflow.payment_retry
    assert retry is not None
    assert retry.max_delay_seconds == 31_622_399


def test_the_tags_that_iam_takes_are_taken(load) -> None:
    tags = {f"tag {number}": "" for number in range(46)} | {"Kostenträger_.:/=+-@1" + "a" * 107: "ü" * 256}
    assert load({"tags": tags}).tags == tags


# Where the settings are


@pytest.mark.variation
@pytest.mark.parametrize("project", ["order-webhooks", "shop-hooks"])
def test_the_settings_and_the_key_are_found_whatever_the_project_is_called(project: str) -> None:
    graph = record_main(
        {"payment": {"provider": "stripe"}, "protect": True},
        secrets={"stripeApiKey": "sk_test_1"},
        project=project,
    )
    (key,) = graph.of_type("aws:secretsmanager/secretVersion:SecretVersion")
    assert rpc.unwrap_rpc_secret(key.inputs["secretString"]) == "sk_test_1"
    assert graph.protected


@pytest.mark.parametrize("is_secret", [False, True])
def test_settings_of_another_namespace_are_refused(is_secret: bool) -> None:
    def main() -> None:
        load_settings()

    found = {"shop-hooks:settings": "{}"}
    with pytest.raises(
        SettingsError, match="shop-hooks:settings is invalid:\n  the settings are order-webhooks:settings"
    ):
        record(main, **({"secrets": found} if is_secret else {"config": found}))


def test_settings_that_are_no_object_are_refused() -> None:
    pulumi.runtime.set_all_config({"order-webhooks:settings": "production"})
    with pytest.raises(SettingsError, match="the settings must be an object"):
        load_settings()
    pulumi.runtime.set_all_config({})


@pytest.mark.parametrize(
    ("project", "stack", "message"),
    [
        ("order-webhooks", "prod.eu", "the stack cannot be called prod.eu"),
        ("order.webhooks", "prod", "the project cannot be called order.webhooks"),
        ("order-webhooks", "p" * 106, "project and stack together have 121 characters"),
    ],
)
def test_a_name_that_aws_does_not_take_is_refused_before_anything_is_created(
    project: str, stack: str, message: str
) -> None:
    registered: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        made = MockMonitor.RegisterResource
        patched.setattr(
            MockMonitor,
            "RegisterResource",
            lambda monitor, request: (registered.append(request.type), made(monitor, request))[1],
        )
        with pytest.raises(pulumi.RunError, match=message):
            record_main_anew({}, project=project, stack=stack)
    assert set(registered) <= {"pulumi:pulumi:Stack"}


@pytest.mark.parametrize(
    "settings",
    [
        {"subscribers": [subscriber(url="ftp://shop.example/t0kenMarker")]},
        {"subscribers": [subscriber(name="T0kenMarker")]},
        {"api": {"cors": {"origins": ["https://shop.example/t0kenMarker"]}}},
        {"tags": {"team": "t0kenMarker#"}},
    ],
)
def test_settings_with_a_secret_are_refused_without_their_values(settings: Any) -> None:
    pulumi.runtime.set_all_config(
        {"order-webhooks:settings": json.dumps(settings)}, ["order-webhooks:settings"]
    )
    with pytest.raises(SettingsError) as caught:
        load_settings()
    pulumi.runtime.set_all_config({}, [])
    assert "0kenMarker" not in str(caught.value)
    assert "[secret]" in str(caught.value) or "the url of shop" in str(caught.value)
