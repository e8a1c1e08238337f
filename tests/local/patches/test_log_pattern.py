from __future__ import annotations

import pytest

from local.patches.log_pattern import PatternError, compile_pattern

ENTRY = '{"notification": {"messageId": "m-1"}, "status": "503", "attempts": 3}'


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("", True),
        ("  ", True),
        ("messageId", True),
        ('"m-1"', True),
        ('"M-1"', False),
        ('"m-1" attempts', True),
        ('"m-1" TimedOut', False),
        ('{ $.notification.messageId = "m-1" }', True),
        ('{ ($.notification.messageId = "m-1") }', True),
        ('{ $.notification.messageId = "m-*" }', True),
        ('{ $.notification.messageId = "m-?" }', False),
        ('{ $.notification.messageId = "m-2" }', False),
        ('{ $.missing = "m-1" }', False),
        ('{ $.status.code = "503" }', False),
        ('{ $.status = "5*" }', True),
        ('{ $.attempts = "3" }', False),
        ('{ ($.a = "m-1") || ($.notification.messageId = "m-1") }', True),
    ],
)
def test_a_pattern_matches_what_cloudwatch_logs_matches(pattern, matches):
    assert compile_pattern(pattern)(ENTRY) is matches


@pytest.mark.parametrize(
    ("pattern", "message"),
    [('{ $.a = "Müller" }', r'{"a": "M\u00fcller"}'), ('{ $.a = "b/c" }', r'{"a": "b\/c"}')],
)
def test_a_text_matches_however_json_writes_it(pattern, message):
    assert compile_pattern(pattern)(message)


def test_a_text_that_is_not_json_matches_no_pattern_for_json():
    assert not compile_pattern('{ $.a = "*" }')("START RequestId")


@pytest.mark.parametrize(
    "pattern",
    [
        "[a, b]",
        "?a ?b",
        "%a%",
        '"a" -b',
        "{ $.a IS TRUE }",
        "{ $.a = 1 }",
        '{ $.a != "b" }',
        '{ ($.a = "b" }',
        '{ $.a = "b" && $.c = "d" }',
        '{ ($.a = "b" || $.b = "c") }',
    ],
)
def test_a_pattern_that_is_not_known_is_refused(pattern):
    with pytest.raises(PatternError):
        compile_pattern(pattern)
