"""The failure this guards against: a program's mistake taken for a forgery, and the event lost."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from receiver import Delivered, MalformedRequest, Receiver

from . import caller_cases
from .caller_cases import BODY, HEADERS, Passed
from .node import NODE, evaluate
from .signing import CLIENT_ID, HOOK_URL, NOW, TOPIC, WEBHOOK_ID, Web, make_trust, sns_certificate

SETUP = """
const given = %s;
const { headers } = given;
const body = Buffer.from(given.body, "base64");
const text = body.toString("utf8");
const fetch = async () => ({ status: 200, body: Buffer.from(given.pem) });
const clock = () => new Date(given.now);
const receive = async (...request) => {
  try {
    const receiver = new Receiver(new Trust(given.options), { clock, fetch });
    return (await receiver.receive(...request)).constructor.name;
  } catch (error) {
    return error instanceof Refused ? error.code : `${error.constructor.name}: ${error.message}`;
  }
};
"""
_GIVEN = {
    "options": {"clientId": CLIENT_ID, "topicArns": [TOPIC], "webhookIds": [WEBHOOK_ID]},
    "url": HOOK_URL,
    "headers": HEADERS,
    "body": base64.b64encode(BODY).decode(),
    "now": NOW.isoformat(),
    "pem": sns_certificate().decode(),
}


def _receive(url: Any = HOOK_URL, headers: Any = HEADERS, body: Any = BODY) -> object:
    return Receiver(make_trust(), fetch=Web(), clock=lambda: NOW).receive(url, headers, body)


def _by_name(cases: list[Passed]) -> Any:
    return pytest.mark.parametrize("passed", cases, ids=lambda passed: passed.name)


@_by_name(caller_cases.BODIES_REFUSED)
def test_a_body_that_is_not_the_raw_bytes_is_a_mistake_of_the_caller(passed: Passed) -> None:
    with pytest.raises(TypeError, match="pass the raw bytes"):
        _receive(body=passed.python)
    with pytest.raises(TypeError, match="pass the raw bytes"):
        Receiver(make_trust()).answer(HOOK_URL, HEADERS, passed.python, pytest.fail)


@_by_name(caller_cases.BODIES_ACCEPTED)
def test_bytes_are_accepted_in_every_form(passed: Passed) -> None:
    assert isinstance(_receive(body=passed.python), Delivered)


@_by_name(caller_cases.HEADERS_REFUSED)
def test_what_holds_no_headers_is_a_mistake_of_the_caller(passed: Passed) -> None:
    with pytest.raises(TypeError, match="pass the request's headers"):
        _receive(headers=passed.python)


@_by_name(caller_cases.HEADERS_ACCEPTED)
def test_headers_are_accepted_in_every_form(passed: Passed) -> None:
    assert isinstance(_receive(headers=passed.python), Delivered)


@_by_name(caller_cases.HEADERS_MISMATCHED)
def test_headers_are_read_in_every_form(passed: Passed) -> None:
    with pytest.raises(MalformedRequest, match="header_mismatch"):
        _receive(headers=passed.python)


@_by_name(caller_cases.URLS_REFUSED)
def test_what_is_no_url_is_a_mistake_of_the_caller(passed: Passed) -> None:
    with pytest.raises(TypeError, match="pass the request's URL"):
        _receive(url=passed.python)


CALLS = {
    "given.url, headers, ({})": (caller_cases.BODIES_REFUSED, "TypeError: pass the raw bytes"),
    "given.url, headers, {}": (caller_cases.BODIES_ACCEPTED, "Delivered"),
    "given.url, ({}), body": (caller_cases.HEADERS_REFUSED, "TypeError: pass the request's headers"),
    "given.url, {}, body": (caller_cases.HEADERS_ACCEPTED, "Delivered"),
    "given.url, {} , body": (caller_cases.HEADERS_MISMATCHED, "header_mismatch"),
    "({}), headers, body": (caller_cases.URLS_REFUSED, "TypeError: pass the request's URL"),
}
IN_NODE = [
    (f"await receive({call.replace('{}', str(passed.javascript))})", outcome)
    for call, (cases, outcome) in CALLS.items()
    for passed in cases
    if passed.javascript is not None
]


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    return evaluate([expression for expression, _ in IN_NODE], SETUP % json.dumps(_GIVEN))


@pytest.mark.skipif(NODE is None, reason="Node is not on this machine")
@pytest.mark.parametrize(("expression", "outcome"), IN_NODE)
def test_the_kit_for_node_takes_and_refuses_the_same(
    expression: str, outcome: str, results: dict[str, Any]
) -> None:
    assert results[expression].startswith(outcome)
