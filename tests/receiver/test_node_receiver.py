"""The failure this guards against: an event lost or repeated because of how its handling ended, in Node."""

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
    event_text,
    notification,
    rsa_key,
    signed,
    sns_certificate,
)

pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not on this machine")

# What is posted, by name.
MESSAGES = {
    "first": signed(notification()),
    "again": signed(notification(MessageId="another", Subject="again")),
    "forged": signed(notification(), key=rsa_key("stranger")),
    "useless": signed(notification(Message=event_text(data="text"))),
    "handshake": signed(confirmation()),
    "farewell": signed(confirmation(Type="UnsubscribeConfirmation")),
}
SETUP = """
const given = %s;
const logged = [];
const fetch = async () => ({ status: 200, body: Buffer.from(given.pem) });
const clock = () => new Date(given.now);
const logger = { warn: (...words) => logged.push(words.join(" ")) };
const make = (options) => new Receiver(new Trust(given.trust), { fetch, clock, logger, ...options });
const receiver = make();
const done = [];
const succeed = (event) => { done.push(event.id); };
const fail = async () => { throw new Error("the database is away"); };
const body = (name) => Buffer.from(given.messages[name], "base64");
const answer = async (name, work = succeed, from = receiver) => {
  const { status, text } = await from.answer(given.url, {}, body(name), work);
  return `${status} ${text.split(":")[0]}`;
};
const receive = (name) => receiver.receive(given.url, {}, body(name));
const code = (promise) => promise.then(() => "nothing", (error) => error.code);
"""
_WITH_OWN_MEMORY = """await (async () => {
  const kept = new Map();
  const seen = {
    claim: async (id) => { const was = kept.get(id); if (!was) kept.set(id, "busy"); return was ?? "new"; },
    settle: async (id) => { kept.set(id, "done"); },
    release: async (id) => { kept.delete(id); },
  };
  const own = make({ seen });
  const ask = (name, work) => answer(name, work, own);
  return [await ask("first", fail), await ask("first", succeed), await ask("again", succeed)];
})()"""
_WITHOUT_A_CLAIM = 'await answer("first", succeed, make({ seen: { claim() {}, settle() {}, release() {} } }))'
_CLAIMED = """await (async () => {
  const { event, duplicate } = await receive("first");
  const busy = await code(receive("first"));
  await receiver.release(event);
  const again = (await receive("first")).duplicate;
  await receiver.settle(event);
  return [duplicate, busy, again, (await receive("again")).duplicate];
})()"""
_AT_ONCE = """await (async () => {
  const inner = [];
  const outer = await answer("first", async () => { inner.push(await answer("again")); });
  return [outer, ...inner, done];
})()"""
SCENARIOS: dict[str, Any] = {
    '[await answer("first"), await answer("first"), await answer("again"), done]': [
        "200 handled",
        "200 duplicate",
        "200 duplicate",
        ["evt-1"],
    ],
    """[
        await answer("first", fail), logged.join().includes("the database is away"),
        await answer("first"), done
    ]""": [
        "503 not handled, please repeat",
        True,
        "200 handled",
        ["evt-1"],
    ],
    _AT_ONCE: ["200 handled", "503 in_progress", []],
    '[await answer("forged"), await answer("useless"), await answer("useless"), done]': [
        "403 signature_mismatch",
        "422 not_cloudevents",
        "422 not_cloudevents",
        [],
    ],
    '[await answer("handshake"), await answer("farewell"), done]': ["200 confirmed", "200 unsubscribed", []],
    _CLAIMED: [False, "in_progress", False, True],
    _WITH_OWN_MEMORY: ["503 not handled, please repeat", "200 handled", "200 duplicate"],
    _WITHOUT_A_CLAIM: (
        "TypeError: seen.claim returns Claim.NEW, Claim.BUSY or Claim.DONE, or a promise of one"
    ),
    'await answer("first", null)': "TypeError: pass the function that does the work for an event",
    'await receiver.answer(given.url, {}, JSON.parse("{}"), succeed)': (
        "TypeError: pass the raw bytes of the request's body, unparsed: "
        "a Buffer, a Uint8Array or an ArrayBuffer, not object"
    ),
}


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    given = {
        "trust": {"clientId": CLIENT_ID, "topicArns": [TOPIC], "webhookIds": [WEBHOOK_ID]},
        "url": HOOK_URL,
        "messages": {name: base64.b64encode(body_of(each)).decode() for name, each in MESSAGES.items()},
        "now": NOW.isoformat(),
        "pem": sns_certificate().decode(),
    }
    return evaluate(list(SCENARIOS), SETUP % json.dumps(given))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_is_answered(scenario: str, results: dict[str, Any]) -> None:
    assert results[scenario] == SCENARIOS[scenario]
