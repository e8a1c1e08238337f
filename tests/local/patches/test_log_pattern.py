from __future__ import annotations

import pytest

from local.patches.log_pattern import PatternError, compile_pattern

ENTRY = '{"notification": {"messageId": "m-1"}, "delivery": {"statusCode": 404, "attempts": 3}, "ok": true}'


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("", True),
        ("  ", True),
        ("m-1", True),
        ('"m-1"', True),
        ('"M-1"', False),
        ('"m-1" statusCode', True),
        ('"m-1" -statusCode', False),
        ('"m-1" -"other thing"', True),
        ('"m-1"}', True),
        ('{ $.notification.messageId = "m-1" }', True),
        ('{ ($.notification.messageId = "m-1") }', True),
        ('{ $.notification.messageId = "m-*" }', True),
        ('{ $.notification.messageId = "m-?" }', False),
        ('{ $.notification.messageId = "m-2" }', False),
        ('{ $.notification.messageId != "m-2" }', True),
        ('{ $.missing != "m-2" }', False),
        ("{ $.delivery.statusCode = 404 }", True),
        ("{ $.delivery.statusCode = 40 }", False),
        ("{ ($.delivery.statusCode >= 400) && ($.delivery.statusCode < 500) }", True),
        ("{ ($.delivery.statusCode >= 400) && ($.delivery.attempts > 3) }", False),
        ('{ ($.a = "m-1") || ($.notification.messageId = "m-1") }', True),
        ("{ $.ok = 1 }", False),
        ("{ $.notification = 1 }", False),
    ],
)
def test_a_pattern_matches_what_cloudwatch_logs_matches(pattern, matches):
    assert compile_pattern(pattern)(ENTRY) is matches


def test_a_text_that_is_not_json_matches_no_pattern_for_json():
    assert not compile_pattern("{ $.a = 1 }")("START RequestId")


@pytest.mark.parametrize(
    "pattern",
    ["[a, b]", "?a ?b", "%a%", "{ $.a IS TRUE }", "{ ($.a = 1 }", "{ ($.a = 1 || $.b = 2) && $.c = 3 }"],
)
def test_a_pattern_that_is_not_known_is_refused(pattern):
    with pytest.raises(PatternError):
        compile_pattern(pattern)
