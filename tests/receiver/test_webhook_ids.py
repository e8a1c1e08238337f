"""The failure this guards against: a handshake confirmed for somebody else, or never for its owner."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from receiver import Answer, Receiver, Reply, WebhookIds, webhook_ids_in

from .signing import (
    HOOK_URL,
    NOW,
    WEBHOOK_ID,
    Web,
    body_of,
    confirmation,
    headers_of,
    make_trust,
    signed,
    subscribe_url,
)


@pytest.fixture
def web() -> Web:
    web = Web()
    web.replies[subscribe_url()] = Reply(200, b"")
    return web


def _shake_hands(web: Web, webhook_ids: Any) -> Answer:
    receiver = Receiver(make_trust(webhook_ids=webhook_ids), fetch=web, clock=lambda: NOW)
    message = signed(confirmation())
    return receiver.answer(HOOK_URL, headers_of(message), body_of(message), pytest.fail)


def test_a_function_says_which_webhooks_are_expected(web: Web) -> None:
    asked: list[str] = []

    def refuse(webhook_id: str) -> bool:
        asked.append(webhook_id)
        return False

    assert _shake_hands(web, refuse).status == 503
    assert asked == [WEBHOOK_ID]
    assert subscribe_url() not in web.visited
    assert _shake_hands(web, {WEBHOOK_ID}.__contains__) == Answer(200, "confirmed")


@pytest.mark.parametrize("nonsense", [None, 1, "yes", {WEBHOOK_ID}])
def test_a_function_that_says_neither_yes_nor_no_confirms_nothing(web: Web, nonsense: Any) -> None:
    with pytest.raises(TypeError, match="True or False"):
        _shake_hands(web, lambda _: nonsense)
    assert subscribe_url() not in web.visited


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_an_async_function_confirms_nothing(web: Web) -> None:
    async def expected(webhook_id: str) -> bool:
        return False

    with pytest.raises(TypeError, match="coroutine"):
        _shake_hands(web, expected)
    assert subscribe_url() not in web.visited


def test_a_set_that_grows_later_is_no_way_in(web: Web) -> None:
    ids = {"wh_2"}
    trust = make_trust(webhook_ids=ids)
    ids.add(WEBHOOK_ID)
    assert trust.webhook_ids == {"wh_2"}


def test_an_id_may_be_added_after_the_handshake(web: Web) -> None:
    ids = WebhookIds(wait_seconds=0)
    refused = _shake_hands(web, ids)
    assert refused.status == 503
    assert refused.text.startswith("webhook_not_expected: ")
    ids.add(WEBHOOK_ID)
    assert _shake_hands(web, ids) == Answer(200, "confirmed")
    ids.discard(WEBHOOK_ID)
    assert _shake_hands(web, ids).status == 503


def test_a_handshake_waits_for_the_response_that_brings_the_id(web: Web) -> None:
    ids = WebhookIds(wait_seconds=60)
    answers: list[Answer] = []
    handshake = threading.Thread(target=lambda: answers.append(_shake_hands(web, ids)))
    handshake.start()
    ids.add("wh_2")
    ids.add(WEBHOOK_ID)
    handshake.join(30)
    assert answers == [Answer(200, "confirmed")]


@pytest.mark.parametrize("webhook_id", ["", None, 7, ["wh_1"]])
def test_only_text_is_added(webhook_id: Any) -> None:
    with pytest.raises(ValueError, match="webhook ID"):
        WebhookIds().add(webhook_id)


def test_one_id_as_text_is_not_a_list_of_letters() -> None:
    with pytest.raises(TypeError, match="list or a set"):
        WebhookIds(WEBHOOK_ID)


def test_the_commands_file_is_read_for_each_handshake(web: Web, tmp_path: Path) -> None:
    path = tmp_path / "ids"
    ids = webhook_ids_in(path)
    assert _shake_hands(web, ids).status == 503
    path.write_text(f"wh_2\n{WEBHOOK_ID}\n")
    assert _shake_hands(web, ids) == Answer(200, "confirmed")
    path.write_text(f"{WEBHOOK_ID}\r\n", encoding="utf-8-sig")
    assert _shake_hands(web, ids) == Answer(200, "confirmed")
