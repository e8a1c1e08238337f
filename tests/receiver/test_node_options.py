"""The failure this guards against: an option that silently makes the kit for Node believe more."""

from __future__ import annotations

from typing import Any

import pytest

from .node import NODE, evaluate
from .signing import CLIENT_ID, TOPIC, WEBHOOK_ID

pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not on this machine")

SETUP = f"""
const good = {{ clientId: "{CLIENT_ID}", topicArns: ["{TOPIC}"], webhookIds: ["{WEBHOOK_ID}"] }};
const origins = {{ certificateOrigin: "https://localhost:4443", confirmationOrigin: "http://127.0.0.1:1" }};
const authority = {{ ...origins, caFile: "ca.pem" }};
"""
_NOT_TEXT = ("undefined", "null", '""', "7", "{}", '["shop"]')
_NOT_TEXTS = ("undefined", "null", '""', f'"{TOPIC}"', "[]", "new Set()", "[undefined]", '[""]', "7", "{}")
_NOT_SECONDS = ("null", "-1", "NaN", "Infinity", '"5400"', '""', "true", "[5400]", "{}")

REFUSED = {
    "clientId": _NOT_TEXT,
    "topicArns": (*_NOT_TEXTS, '["*"]', '["order-events"]', f'["{TOPIC}", "{TOPIC}.fifo"]'),
    "webhookIds": _NOT_TEXTS,
    "minimumSignatureVersion": ("null", "0", "3", '"2"', '""', "true", "NaN", "[2]"),
    "maximumAgeSeconds": _NOT_SECONDS,
    "maximumLeadSeconds": _NOT_SECONDS,
    "authority": ("false", '""', '"https://localhost:4443"', "{}", "[]", "7", "origins"),
    "authority.certificateOrigin": (
        "undefined",
        "null",
        '""',
        '"http://localhost:1"',
        '"https://localhost:1/"',
    ),
    "authority.confirmationOrigin": (
        *("undefined", '""', '"http://192.0.2.1"', '"http://localhost.evil.com"', '"file://localhost"'),
        '"http://127.0.0.1:1/?"',
    ),
    "authority.caFile": ("undefined", "null", '""', "[]", "new Uint8Array()"),
    "authority.ca": ('"PEM"',),
    "maximumAge": ("5400",),
}
RECEIVER_REFUSED = {
    "seen": ("null", "{}", "new Map()"),
    "fetch": ("null", "{}"),
    "clock": ("null", "0", '"now"'),
    "logger": ("null", "{}"),
    "now": ("() => new Date()",),
}
ACCEPTED = {
    "minimumSignatureVersion": ("undefined", "1", "2"),
    "maximumAgeSeconds": ("undefined", "0", "0.5", "5400"),
    "maximumLeadSeconds": ("undefined", "0"),
    "topicArns": (f'["{TOPIC}"]', f'new Set(["{TOPIC}"])'),
    "webhookIds": ('new Set(["wh_1", "wh_2"])', "() => true", "async () => true", "new WebhookIds()"),
    "authority": ("undefined", "null", "new SigningAuthority(authority)"),
}


def _call(option: str, value: str) -> str:
    whole, _, member = option.partition(".")
    inner = f"new SigningAuthority({{ ...authority, {member}: {value} }})" if member else value
    return f"new Trust({{ ...good, {whole}: {inner} }})"


def _calls(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(option, _call(option, value)) for option, values in table.items() for value in values]


MISSING = {
    "new Trust()": "clientId",
    "new Trust(null)": "clientId",
    "new Trust({})": "clientId is text: your client ID as the service knows you, such as",
    'new Trust({ clientId: "shop" })': "topicArns",
    f'new Trust({{ clientId: "shop", topicArns: ["{TOPIC}"] }})': "a function such as webhookIdsIn(path)",
}
NOT_OPTIONS = ("new SeenInMemory()", "null", "[]", "7", "(event) => {}")
TRUSTS = ("new Receiver()", "new Receiver(null)", "new Receiver(good)")
RECEIVER_CALLS = [
    (option, f"new Receiver(new Trust(good), {{ {option}: {value} }})")
    for option, values in RECEIVER_REFUSED.items()
    for value in values
]


NO_OPTIONS = "new Receiver(new Trust(good), %s)"
NO_EVENTS = [
    f"await new Receiver(new Trust(good)).{each}"
    for each in ("settle('evt-1')", "release('evt-1')", "settle()")
]


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    calls = [call for _, call in _calls(REFUSED) + _calls(ACCEPTED)]
    receivers = [call for _, call in RECEIVER_CALLS] + [NO_OPTIONS % each for each in NOT_OPTIONS]
    return evaluate([*MISSING, *TRUSTS, *calls, *receivers, *NO_EVENTS], SETUP)


@pytest.mark.parametrize(("option", "call"), _calls(REFUSED))
def test_an_option_of_the_wrong_type_or_range_is_refused(
    option: str, call: str, results: dict[str, Any]
) -> None:
    name = option.rpartition(".")[2]
    assert str(results[call]).startswith("TypeError: ")
    assert name in results[call] or name == "topicArns"


@pytest.mark.parametrize("call", [call for _, call in _calls(ACCEPTED)])
def test_an_option_that_makes_sense_is_accepted(call: str, results: dict[str, Any]) -> None:
    assert results[call] == "a Trust"


@pytest.mark.parametrize("call", MISSING)
def test_what_is_expected_has_no_default(call: str, results: dict[str, Any]) -> None:
    assert results[call].startswith("TypeError: ")
    assert MISSING[call] in results[call]


@pytest.mark.parametrize("call", TRUSTS)
def test_a_receiver_takes_a_trust(call: str, results: dict[str, Any]) -> None:
    assert results[call].startswith("TypeError: pass a Trust")


@pytest.mark.parametrize(("option", "call"), RECEIVER_CALLS)
def test_an_option_of_the_receiver_is_refused(option: str, call: str, results: dict[str, Any]) -> None:
    assert results[call].startswith("TypeError: ")
    assert option in results[call]


@pytest.mark.parametrize("given", NOT_OPTIONS)
def test_what_is_no_options_is_refused(given: str, results: dict[str, Any]) -> None:
    assert results[NO_OPTIONS % given].startswith("TypeError: pass the options as an object")


@pytest.mark.parametrize("call", NO_EVENTS)
def test_what_is_no_event_is_neither_settled_nor_released(call: str, results: dict[str, Any]) -> None:
    assert results[call] == "TypeError: pass the event of the Delivered"
