from __future__ import annotations

import pytest

from functions.domain.json_body import MalformedJson, parse_object


def test_an_object_is_returned() -> None:
    assert parse_object('{"a": "ü", "b": [1]}'.encode()) == {"a": "ü", "b": [1]}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "line 1, column 1"),
        (b'{"a": 1,}', "line 1, column 9"),
        (b"[1]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'{"a": 1, "a": 2}', "same key twice"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": -Infinity}', "-Infinity is not JSON"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "too long"),
    ],
)
def test_what_has_no_single_meaning_is_refused_with_its_reason(body: bytes, reason: str) -> None:
    with pytest.raises(MalformedJson, match=reason):
        parse_object(body)
