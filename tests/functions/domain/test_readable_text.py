from __future__ import annotations

import re
import sys
from itertools import chain
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from functions.domain.readable_text import ReadableText
from functions.domain.webhook_request import WebhookRequest

TEXT: TypeAdapter[str] = TypeAdapter(Annotated[str, ReadableText(max_length=3)])
TEXTS: TypeAdapter[list[str]] = TypeAdapter(list[Annotated[str, ReadableText(max_length=3)]])
OPTIONAL_TEXT: TypeAdapter[str] = TypeAdapter(Annotated[str, ReadableText(max_length=3, may_be_empty=True)])


def takes(adapter: TypeAdapter[str], text: Any) -> bool:
    try:
        return adapter.validate_python(text) == text
    except ValidationError:
        return False


def refused_of(texts: list[str]) -> set[str]:
    """Those that are refused: all are read at once."""
    try:
        TEXTS.validate_python(texts)
    except ValidationError as error:
        return {texts[int(each["loc"][0])] for each in error.errors()}
    return set()


@pytest.mark.parametrize("text", ["a", "a b", " a ", "ü", "\u200da", "a\u200d", "🔥", "\u3000a"])
def test_readable_text_is_taken_as_it_is(text: str) -> None:
    assert takes(TEXT, text)
    assert takes(OPTIONAL_TEXT, text)


@pytest.mark.parametrize(
    "text",
    [
        " ",
        "\u200b",
        "\u3000",
        "\t",
        "a\n",
        "\x1b[",
        "a\x00",
        "\u202ea",
        "a\u2066",
        "a\u2028",
        "\ufffe",
        "abcd",
    ],
)
def test_other_text_is_refused(text: str) -> None:
    assert not takes(TEXT, text)
    assert not takes(OPTIONAL_TEXT, text)


def test_only_a_text_that_may_be_empty_may_be_empty() -> None:
    assert not takes(TEXT, "")
    assert takes(OPTIONAL_TEXT, "")


def test_every_character_is_readable_alone_unless_it_is_a_control_or_shows_nothing() -> None:
    unreadable = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff]")
    invisible = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]")
    # Of the planes beyond the first, in which nothing is a control or a space, a few of each block.
    codes = chain(range(0x10000), range(0x10000, sys.maxunicode + 1, 61))
    characters = [chr(each) for each in codes if not 0xD800 <= each <= 0xDFFF]
    alone = {each for each in characters if unreadable.match(each) or invisible.match(each)}
    assert refused_of(characters) == alone
    within = {f"a{each}b" for each in characters if unreadable.match(each)}
    assert refused_of([f"a{each}b" for each in characters]) == within


def test_a_webhooks_description_is_readable_or_empty() -> None:
    url = "https://shop.example"
    assert WebhookRequest.model_validate({"url": url, "description": ""}).description == ""
    with pytest.raises(ValidationError, match="must be readable text"):
        WebhookRequest.model_validate({"url": url, "description": "\x1b[2J\u202e\x00"})
