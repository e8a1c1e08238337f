"""Secrets in plain text: nowhere in what the program declares, and nowhere in what its functions log.

tests/local/test_stripe_chain.py looks through what a running laptop keeps.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import logging
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pulumi
import pytest
import requests
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockMonitor

from functions.adapters import gateways, stripe_api
from functions.handlers import accept_order, create_webhook, process_payment
from functions.runtime.log import logger
from tests.support import every_path
from tests.support.every_path import PATHS
from tests.support.http_events import http_event
from tests.support.orders import order_payload, pending_order
from tests.support.policies import allowed
from tests.support.pulumi_graph import Graph, record_main, record_main_anew

SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
PAYMENT_FUNCTIONS = {"process-payment", "release-payment"}
READ = "secretsmanager:GetSecretValue"
MARKER = "sk_test_5ecretMarkerOfThisTest"


def spellings(secret: str) -> set[str]:
    """How a secret may be written without being hidden."""
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    return {secret, encoded, secret.encode().hex(), quote(secret, safe=""), secret[::-1]}


def shows(text: str, secret: str) -> bool:
    return any(each in text for each in spellings(secret))


@dataclass(frozen=True)
class Recording:
    """All that one run of the program says to anybody."""

    graph: Graph
    component_outputs: list[str]
    printed: str


@pytest.fixture(scope="module")
def recorded() -> Recording:
    return record_all({"payment": {"provider": "stripe"}}, secrets={"stripeApiKey": MARKER})


def record_all(settings: Mapping[str, Any], **how: Any) -> Recording:
    component_outputs: list[str] = []
    register, printed = MockMonitor.RegisterResourceOutputs, io.StringIO()

    def keep(monitor: MockMonitor, request: Any) -> Any:
        component_outputs.append(str(request))
        return register(monitor, request)

    handler = logging.StreamHandler(printed)
    logging.getLogger().addHandler(handler)
    with pytest.MonkeyPatch.context() as patched, contextlib.redirect_stdout(printed):
        patched.setattr(MockMonitor, "RegisterResourceOutputs", keep)
        with contextlib.redirect_stderr(printed):
            graph = record_main_anew(settings, **how)
    logging.getLogger().removeHandler(handler)
    return Recording(graph, component_outputs, printed.getvalue())


def places(value: Any, path: str, *, is_hidden: bool = False) -> Iterator[tuple[str, bool]]:
    """Where a value shows the marker, and whether Pulumi keeps it secret there."""
    if rpc.is_rpc_secret(value):
        yield from places(rpc.unwrap_rpc_secret(value), path, is_hidden=True)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from places(inner, f"{path}.{name}", is_hidden=is_hidden)
    elif isinstance(value, list):
        for inner in value:
            yield from places(inner, path, is_hidden=is_hidden)
    elif shows(str(vars(value)) if isinstance(value, pulumi.Archive) else str(value), MARKER):
        yield path, is_hidden


# What the program declares


@pytest.mark.variation
def test_the_key_is_in_one_input_alone_and_hidden_there(recorded: Recording) -> None:
    found = [
        place
        for each in recorded.graph.resources
        for place in places(dict(each.inputs), f"{each.type} {each.name}")
    ]
    assert found == [(f"{VERSION} payment-key.secretString", True)]


@pytest.mark.variation
def test_the_key_is_in_no_output_and_in_nothing_that_the_program_says(recorded: Recording) -> None:
    assert list(places(recorded.graph.outputs, "exports")) == []
    assert len(recorded.component_outputs) > 20
    assert not shows("".join(recorded.component_outputs), MARKER)
    assert "payment" in str(recorded.graph.resources)
    assert not shows(recorded.printed, MARKER)


@pytest.mark.variation
def test_a_token_in_a_subscribers_url_is_hidden_wherever_it_goes() -> None:
    """Pulumi says of the whole settings that they are secret, and not which value is."""
    url = f"https://shop.example/hooks?token={MARKER}"
    subscribers = [{"name": "shop", "url": url, "client_id": "shop"}]
    recorded = record_all({"subscribers": subscribers}, secret_settings=True)
    found = [
        place
        for each in recorded.graph.resources
        for place in places(dict(each.inputs), f"{each.type} {each.name}")
    ]
    assert sorted(found) == [
        ("aws:dynamodb/tableItem:TableItem shop.item", True),
        ("aws:sns/topicSubscription:TopicSubscription shop.endpoint", True),
    ]
    assert list(places(recorded.graph.outputs, "exports")) == []
    assert not shows("".join(recorded.component_outputs), MARKER)
    assert not shows(recorded.printed, MARKER)


def test_a_secret_would_be_found_wherever_it_is() -> None:
    hidden = {rpc._special_sig_key: rpc._special_secret_sig, "value": [MARKER]}
    document = json.dumps({"Comment": f"the key is {MARKER}"})
    encoded = base64.b64encode(MARKER.encode()).decode()
    inputs = {"a": hidden, "b": {"c": [document]}, "d": encoded, "e": "sk_test_other"}
    assert list(places(inputs, "")) == [(".a", True), (".b.c", False), (".d", False)]


def test_every_secret_of_the_configuration_is_asked_for_as_one() -> None:
    """A value that is read in another way is plain text in the state, however it is stored."""
    with pytest.raises(
        pulumi.ConfigMissingError, match="pulumi config set --secret order-webhooks:stripeApiKey"
    ):
        record_main({"payment": {"provider": "stripe"}})


# Who may read it


def functions(graph: Graph) -> dict[str, dict[str, Any]]:
    """Each function's environment."""
    return {
        each.name: each.inputs["environment"]["variables"]
        for each in graph.of_type("aws:lambda/function:Function")
    }


@pytest.mark.variation
def test_only_the_payment_functions_know_the_secret_and_may_read_it(recorded: Recording) -> None:
    (secret,) = recorded.graph.of_type(SECRET)
    (version,) = recorded.graph.of_type(VERSION)
    assert version.inputs["secretId"] == secret.arn
    for name, variables in functions(recorded.graph).items():
        is_paying = name in PAYMENT_FUNCTIONS
        assert allowed(recorded.graph, name).get(READ) == ({secret.arn} if is_paying else None), name
        assert variables.get("PAYMENT_SECRET_ARN") == (secret.arn if is_paying else None), name
    for name in PAYMENT_FUNCTIONS:
        variables = functions(recorded.graph)[name]
        assert (variables["PAYMENT_PROVIDER"], variables["STRIPE_API_BASE"]) == ("stripe", "")


@pytest.mark.variation
def test_the_secret_is_encrypted_with_the_accounts_own_key(recorded: Recording) -> None:
    (secret,) = recorded.graph.of_type(SECRET)
    assert "kmsKeyId" not in secret.inputs


@pytest.mark.variation
def test_nobody_but_them_is_allowed_anything_by_stripe(graph: Graph, recorded: Recording) -> None:
    for name in functions(graph).keys() - PAYMENT_FUNCTIONS:
        assert allowed(recorded.graph, name) == allowed(graph, name), name


def test_without_a_provider_that_has_a_key_there_is_no_secret(graph: Graph) -> None:
    assert [each.name for each in graph.resources if "secretsmanager" in each.type] == []
    policies = graph.of_type("aws:iam/rolePolicy:RolePolicy")
    assert [each.name for each in policies if "secretsmanager" in json.dumps(each.document("policy"))] == []
    for name in PAYMENT_FUNCTIONS:
        assert functions(graph)[name]["PAYMENT_SECRET_ARN"] == ""


@pytest.mark.variation
def test_it_can_be_previewed_before_anything_exists(recorded: Recording) -> None:
    settings = {"payment": {"provider": "stripe", "stripe_api_base": "http://127.0.0.1:8420"}}
    preview = record_main(settings, secrets={"stripeApiKey": MARKER}, preview=True)
    assert {(each.type, each.name) for each in preview.resources} == {
        (each.type, each.name) for each in recorded.graph.resources
    }
    shown = [
        place for each in preview.resources for place in places(dict(each.inputs), each.type) if not place[1]
    ]
    assert shown == []
    for name in PAYMENT_FUNCTIONS:
        assert functions(preview)[name]["STRIPE_API_BASE"] == "http://127.0.0.1:8420"


# What the functions log

CARD = "4242424242424242"
CREDENTIALS = {
    "authorization": "AWS4-HMAC-SHA256 Credential=AKIAMARKER, Signature=5ignatureMarker",
    "cookie": "session=c00kieMarker",
    "x-amz-security-token": "5ecurityTokenMarker",
    "x-api-key": "4piKeyMarker",
}
CREDENTIAL_MARKERS = ("5ignatureMarker", "c00kieMarker", "5ecurityTokenMarker", "4piKeyMarker")


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[Any]:
    """All that was logged, as a function, in the level that Lambda lets through and below it."""
    logger.cache_clear()
    logging.Logger.manager.loggerDict.pop("order-webhooks", None)
    for name in ("functions", "stripe", "order-webhooks"):
        caplog.set_level(logging.DEBUG, logger=name)
    caplog.set_level(logging.INFO)
    kept: list[str] = []

    def text() -> str:
        read = capsys.readouterr()
        kept.extend((read.out, read.err))
        return "".join(kept) + caplog.text

    yield text
    logger.cache_clear()


def test_no_function_logs_what_its_caller_identifies_itself_by(
    calls: set[str], context: Any, logged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_credentials(*args: Any, headers: Mapping[str, str] | None = None, **options: Any) -> Any:
        return http_event(*args, headers={**CREDENTIALS, **(headers or {})}, **options)

    monkeypatch.setattr(every_path, "http_event", with_credentials)
    for function in PATHS:
        PATHS[function](context)
    text = logged()
    # Every function has logged its line.
    assert {each.replace("-", "_") for each in PATHS} <= {
        json.loads(line).get("message") for line in text.splitlines() if line.startswith('{"level"')
    }
    assert [each for each in CREDENTIAL_MARKERS if shows(text, each)] == []


@pytest.mark.parametrize("field", ["payment_method", "reference", "metadata", "unknown"])
def test_a_card_number_is_not_logged_wherever_a_client_puts_it(
    cloud: Any, context: Any, logged: Any, field: str
) -> None:
    value = {"card": CARD} if field == "metadata" else CARD
    answer = accept_order.handle(http_event(body={**order_payload(), field: value}), context)
    # The client's own reference is answered as it came: it may be any digits.
    assert CARD not in json.dumps(answer) or field == "reference"
    text = logged()
    assert "accept_order" in text
    assert not shows(text, CARD)


def test_what_a_webhooks_address_keeps_secret_is_not_logged(
    cloud: Any, context: Any, logged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(create_webhook, "resolve", lambda _: ["93.184.215.14"])
    monkeypatch.setattr("moto.sns.models.requests.post", lambda *_, **__: None)
    for url in (
        "https://hooks.shop.example/T0/5ecretPath?token=t0kenMarker",
        "https://u:p455word@shop.example/",
    ):
        create_webhook.handle(http_event(body={"url": url}, headers={"x-client-id": "shop"}), context)
    text = logged()
    assert text.count("create_webhook") >= 2
    assert [each for each in ("5ecretPath", "t0kenMarker", "p455word") if shows(text, each)] == []


def _answer(status: int) -> requests.Response:
    # Stripe repeats the key in some of its messages, and a careless proxy might in any.
    error = {"type": "invalid_request_error", "code": "odd", "message": f"Invalid API Key provided: {MARKER}"}
    response = requests.Response()
    response.status_code = status
    response.raw = io.BytesIO(json.dumps({"error": error}).encode())
    response.headers["content-type"] = "application/json"
    return response


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 429, 500, 503, None])
def test_an_error_of_the_gateway_does_not_show_its_key(
    cloud: Any, context: Any, logged: Any, monkeypatch: pytest.MonkeyPatch, status: int | None
) -> None:
    arn = cloud.client("secretsmanager").create_secret(Name="payment-key", SecretString=MARKER)["ARN"]
    monkeypatch.setenv("PAYMENT_PROVIDER", "stripe")
    monkeypatch.setenv("PAYMENT_SECRET_ARN", arn)
    gateways._secret.cache_clear()

    def request(*_: Any, **__: Any) -> requests.Response:
        if status is None:
            raise requests.ConnectionError(f"no route for Bearer {MARKER}")
        return _answer(status)

    monkeypatch.setattr(stripe_api._Session, "request", request)
    # What Lambda logs of an error and Step Functions keeps of it, or the workflow of a result.
    try:
        shown = json.dumps(
            process_payment.handle({**pending_order("req-1").document(), "attempt": 0}, context)
        )
    except Exception:  # noqa: BLE001 - whichever it is, its text goes on
        shown = traceback.format_exc()
    assert not shows(shown, MARKER)
    text = logged()
    assert "process_payment" in text
    assert not shows(text, MARKER)
