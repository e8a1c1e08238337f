from __future__ import annotations

import pytest

from functions.http.json_body import MalformedJson, parse_object


def test_an_object_is_returned() -> None:
    assert parse_object('{"a": "ü", "b": [1]}'.encode()) == {"a": "ü", "b": [1]}
    assert parse_object(rb'{"a": "\ud83d\udd25"}') == {"a": "\U0001f525"}
    assert parse_object(rb'{"a": "\ufffd"}') == {"a": "\ufffd"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"5.0", 5),
        (b"1e2", 100),
        (b"-0.0", 0),
        (b"5.5", 5.5),
        (b"4.99999999999999999999", 5.0),
        (b"1e-400", 0.0),
        (b"1e400", float("inf")),
        (b"1e300", 1e300),
    ],
)
def test_a_number_without_a_fraction_is_an_integer_however_it_is_written(text: bytes, value: float) -> None:
    number = parse_object(b'{"a": ' + text + b"}")["a"]
    assert (number, type(number)) == (value, type(value))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "The body is empty."),
        (b" \n", "The body is empty."),
        (b"{", "not JSON at line 1, column 2"),
        # The comma, or what comes behind it: Python 3.13 names the one, 3.11 the other.
        (b'{"a": 1,}', "line 1, column [89]"),
        (b"[1]", "The body is not a JSON object."),
        (b"null", "The body is not a JSON object."),
        (b'{"a": 1, "a": 2}', "same key twice"),
        (b'{"a": NaN}', "not JSON: it has NaN"),
        (b'{"a": -Infinity}', "not JSON: it has -Infinity"),
        (b'{"a": "\xff"}', "The body is not UTF-8."),
        # What API Gateway makes of it, and of one character's first half.
        ('{"a": "\ufffd"}'.encode(), "not UTF-8; if it is, write the character"),
        (b'{"a": "\xf0\x9f"}'.decode(errors="replace").encode(), "not UTF-8"),
        (b'{"a": "\\ud83d"}', "half of a surrogate pair"),
        (b'{"\\udd25": 1}', "half of a surrogate pair"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "too long"),
        (b'{"a": 1e-' + b"9" * 5_000 + b"}", "too long"),
    ],
)
def test_what_has_no_single_meaning_is_refused_with_its_reason(body: bytes, reason: str) -> None:
    with pytest.raises(MalformedJson, match=reason):
        parse_object(body)
