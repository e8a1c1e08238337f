"""A text costs the time that its length asks for, whatever it holds, and what it costs is bounded."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from functions.domain.card_number import contains_card_number
from functions.domain.client import InvalidClientId, check_client_id
from functions.domain.idempotency import InvalidIdempotencyKey, check_idempotency_key
from functions.domain.order_request import OrderRequest
from functions.domain.readable_text import ReadableText
from functions.domain.webhook_request import WebhookRequest
from functions.http.field_errors import field_errors
from functions.http.json_body import MalformedJson, parse_object
from functions.http.problem import Problem
from functions.http.request_body import MAX_BODY_BYTES, read_body
from tests.support.orders import ORDER_TEXTS, order_payload
from tests.support.work import processor_seconds

SIZE = MAX_BODY_BYTES
# Quadratic work at this size takes some thousand times as long as plain text does.
GENEROUS_RATIO = 40
# The clock is no more exact than this.
CLOCK_SECONDS = 0.005

PLAIN = "a" * SIZE
HOSTILE = {
    "readable, then not": "a" * (SIZE - 1) + "\u202e",
    "spaces, then unreadable": " " * (SIZE - 1) + "\u202e",
    "without width": "\ufeff" * SIZE,
    "digits of a card": "4" * SIZE,
    "digits apart": "4 " * (SIZE // 2),
    "digits and letters": "0a" * (SIZE // 2),
    "telephones": "+1" * (SIZE // 2),
    "accounts": "AB12 " * (SIZE // 5),
    "dates": "20261126" * (SIZE // 8),
    "hyphens": "0-" * (SIZE // 2),
}


Body = tuple[type[BaseModel], dict[str, Any]]


def order_with(place: Callable[[str], dict[str, Any]]) -> Callable[[str], Body]:
    return lambda text: (OrderRequest, order_payload(**place(text)))


FIELDS: dict[str, Callable[[str], Body]] = {
    **{name: order_with(lambda text, name=name: {name: text}) for name in OrderRequest.model_fields},
    **{name: order_with(place) for name, place in ORDER_TEXTS.items()},
    "unknown field": order_with(lambda text: {text: 1}),
    "url": lambda text: (WebhookRequest, {"url": text}),
    "event_types": lambda text: (WebhookRequest, {"url": "https://shop.example", "event_types": [text]}),
    "description": lambda text: (WebhookRequest, {"url": "https://shop.example", "description": text}),
}


def validate(field: str, text: str) -> None:
    model, body = FIELDS[field](text)
    try:
        model.model_validate(body)
    except ValidationError as error:
        field_errors(error)


def seconds(call: Callable[[], object]) -> float:
    return processor_seconds(call) + CLOCK_SECONDS


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("field", FIELDS)
def test_a_field_takes_no_longer_for_hostile_text_than_for_plain_text(field: str, kind: str) -> None:
    plain = seconds(lambda: validate(field, PLAIN))
    assert processor_seconds(lambda: validate(field, HOSTILE[kind]), times=1) < GENEROUS_RATIO * plain


def test_every_string_of_a_webhook_is_among_the_fields() -> None:
    assert {*FIELDS} >= {*WebhookRequest.model_fields}


HEADERS: dict[str, Callable[[str], object]] = {
    "x-client-id": check_client_id,
    "idempotency-key": check_idempotency_key,
    "content-type": lambda text: read_body(OrderRequest, text, b"{}"),
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("header", HEADERS)
def test_a_header_takes_no_longer_for_hostile_text_than_for_plain_text(header: str, kind: str) -> None:
    def read(text: str) -> None:
        with pytest.raises((InvalidClientId, InvalidIdempotencyKey, Problem)):
            HEADERS[header](text)

    plain = seconds(lambda: read(PLAIN))
    assert processor_seconds(lambda: read(HOSTILE[kind]), times=1) < GENEROUS_RATIO * plain


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("may_be_empty", [True, False])
def test_the_pattern_alone_is_linear(kind: str, may_be_empty: bool) -> None:
    # Clients apply it too, without the length and with engines of their own.
    (pattern,) = (
        each.json_schema_extra["pattern"]
        for each in ReadableText(max_length=SIZE, may_be_empty=may_be_empty)
        if hasattr(each, "json_schema_extra")
    )
    plain = seconds(lambda: re.search(pattern, PLAIN))
    assert processor_seconds(lambda: re.search(pattern, HOSTILE[kind]), times=1) < GENEROUS_RATIO * plain


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_search_for_a_card_number_is_linear(kind: str) -> None:
    # Eight times the text: linear work grows eightfold, quadratic work sixty-four-fold.
    short = seconds(lambda: contains_card_number(HOSTILE[kind][: SIZE // 8]))
    assert processor_seconds(lambda: contains_card_number(HOSTILE[kind]), times=1) < 30 * short


@pytest.mark.parametrize("field", [*ORDER_TEXTS, "description"])
def test_a_text_that_is_too_long_is_not_read(field: str) -> None:
    """Count instead of timing: the search and the pattern never see what is too long."""
    read: list[int] = []

    def note(frame: Any, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name in {"refuse_unreadable", "_refuse_card_number"}:
            read.append(len(frame.f_locals["text"]))

    sys.setprofile(note)
    try:
        with suppress(ValidationError):
            model, body = FIELDS[field](HOSTILE["readable, then not"])
            model.model_validate(body)
    finally:
        sys.setprofile(None)
    assert max(read, default=0) < 200


@pytest.mark.parametrize(
    "body",
    [
        {str(number): 1 for number in range(14_000)},
        order_payload(items=[{str(number): 1 for number in range(200)}] * 100),
        {**order_payload(), "metadata": {"a" * 41 + str(number): 1 for number in range(2_500)}},
    ],
)
def test_a_body_with_thousands_of_errors_is_answered_with_the_first_hundred(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        OrderRequest.model_validate(body)
    assert len(field_errors(caught.value)) <= 100


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 0.' + b"0" * SIZE + b"1}",
        b'{"a": 1' + b"0" * SIZE + b".0}",
        b'{"a": 1e-' + b"9" * SIZE + b"}",
        b'{"a": [' + b"1e5," * (SIZE // 4) + b"1]}",
        b"\n" * SIZE,
        b'{"a": "' + b"\\u0041" * (SIZE // 6) + b'"}',
    ],
)
def test_reading_json_is_linear(body: bytes) -> None:
    def read(text: bytes) -> None:
        with suppress(MalformedJson):
            parse_object(text)

    plain = seconds(lambda: read(b'{"a": "' + b"a" * SIZE + b'"}'))
    assert processor_seconds(lambda: read(body), times=1) < GENEROUS_RATIO * plain
