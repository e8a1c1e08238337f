"""The failure this guards against: the kit for Node confirming a subscription that nobody asked it to."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from .node import NODE, evaluate
from .signing import (
    CLIENT_ID,
    HOOK_URL,
    NOW,
    TOPIC,
    WEBHOOK_ID,
    body_of,
    confirmation,
    signed,
    sns_certificate,
)

pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not on this machine")

SETUP = """
const given = %s;
const visited = [];
const ids = ["wh_2"];
const fetch = async ({ url }) => { visited.push(url); return { status: 200, body: Buffer.from(given.pem) }; };
const shakeHands = async (webhookIds, afterwards = () => {}) => {
  const trust = new Trust({ ...given.options, webhookIds });
  const receiver = new Receiver(trust, { clock: () => new Date(given.now), fetch });
  afterwards();
  try {
    const received = await receiver.receive(given.url, {}, Buffer.from(given.body, "base64"));
    return [received.constructor.name.toLowerCase(), visited.length];
  } catch (error) {
    return [error.code ?? error.constructor.name, visited.length];
  }
};
"""
# A list that the caller changes after the receiver was made.
GROWN = f'await shakeHands(ids, () => ids.push("{WEBHOOK_ID}"))'
ONE_TEXT = f'new WebhookIds("{WEBHOOK_ID}")'
# How each ends, and how many visits it makes: the second one confirms.
ANSWERS = {
    f'(id) => id === "{WEBHOOK_ID}"': ["confirmed", 2],
    f'async (id) => id === "{WEBHOOK_ID}"': ["confirmed", 2],
    "() => false": ["webhook_not_expected", 1],
    "async () => false": ["webhook_not_expected", 1],
    "() => undefined": ["TypeError", 1],
    "() => 1": ["TypeError", 1],
    "async () => 'yes'": ["TypeError", 1],
    "() => { throw new RangeError() }": ["RangeError", 1],
}


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    given = {
        "options": {"clientId": CLIENT_ID, "topicArns": [TOPIC]},
        "url": HOOK_URL,
        "body": base64.b64encode(body_of(signed(confirmation()))).decode(),
        "now": NOW.isoformat(),
        "pem": sns_certificate().decode(),
    }
    expressions = [*(f"await shakeHands({each})" for each in ANSWERS), GROWN, ONE_TEXT]
    return evaluate(expressions, SETUP % json.dumps(given))


@pytest.mark.parametrize("function", ANSWERS)
def test_a_function_says_which_webhooks_are_expected(function: str, results: dict[str, Any]) -> None:
    assert results[f"await shakeHands({function})"] == ANSWERS[function]


def test_one_id_as_text_is_not_a_list_of_letters(results: dict[str, Any]) -> None:
    assert "array or a Set" in results[ONE_TEXT]


def test_a_list_that_grows_later_is_no_way_in(results: dict[str, Any]) -> None:
    assert results[GROWN] == ["webhook_not_expected", 1]
