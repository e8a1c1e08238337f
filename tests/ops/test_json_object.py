from __future__ import annotations

import pytest

from ops.json_object import read_object


@pytest.mark.parametrize("text", ["", "no JSON", "[1]", "null", b"\xff", "[" * 100_000])
def test_what_is_no_object_has_nothing(text: str | bytes) -> None:
    assert read_object(text) == {}


def test_an_object_is_read_from_text_and_bytes() -> None:
    assert read_object('{"a": 1}') == read_object(b'{"a": 1}') == {"a": 1}
