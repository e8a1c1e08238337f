"""Refuse the filter policies that SNS refuses.

The limits are https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html, the
texts those recorded from AWS, without the position that AWS adds on a second line.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from local.sns.errors import SnsError, invalid_parameter
from local.sns.json_text import parse_object

MESSAGE_ATTRIBUTES = "MessageAttributes"
MESSAGE_BODY = "MessageBody"

_MAX_KEYS = 5
_MAX_COMBINATIONS = 150
_OPERATORS = frozenset(
    {"anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix", "wildcard"}
)
_TEXT_OPERATORS = frozenset({"prefix", "suffix"})


def check_filter_policy(text: str, scope: str) -> None:
    """Raise SnsError unless SNS takes this filter policy for the scope; the empty text removes a policy."""
    if not text:
        return
    policy = parse_object(text, "FilterPolicy")
    rules = list(_rules(policy, depth=1))
    if len(rules) > _MAX_KEYS:
        raise _refusal(f"Filter policy can not have more than {_MAX_KEYS} keys")
    for _, conditions in rules:
        _check_conditions(conditions)
    if scope == MESSAGE_ATTRIBUTES and any(depth > 1 for depth, _ in rules):
        # Recorded without the attribute's name.
        raise invalid_parameter(
            f"Filter policy scope {MESSAGE_ATTRIBUTES} does not support nested filter policy"
        )
    # Every level of nesting multiplies again.
    if math.prod(len(conditions) * depth for depth, conditions in rules) > _MAX_COMBINATIONS:
        raise _refusal("Filter policy is too complex")


def _rules(policy: Mapping[str, Any], depth: int) -> Iterator[tuple[int, list[Any]]]:
    for key, value in policy.items():
        if isinstance(value, dict):
            yield from _rules(value, depth + 1)
        elif key == "$or" and isinstance(value, list) and all(isinstance(one, dict) for one in value):
            for alternative in value:
                yield from _rules(alternative, depth)
        elif isinstance(value, list):
            yield depth, value
        else:
            raise _refusal(f'"{key}" must be an object or an array')


def _check_conditions(conditions: list[Any]) -> None:
    if not conditions:
        raise _refusal("Empty arrays are not allowed")
    for condition in conditions:
        if isinstance(condition, list):
            raise _refusal("Match value must be String, number, true, false, or null")
        if isinstance(condition, dict):
            _check_expression(condition)


def _check_expression(expression: Mapping[str, Any]) -> None:
    for operator in expression:
        if operator not in _OPERATORS:
            raise _refusal(f"Unrecognized match type {operator}")
    if len(expression) != 1:
        raise _refusal("Only one key allowed in match expression")
    ((operator, value),) = expression.items()
    if operator in _TEXT_OPERATORS and not isinstance(value, str):
        raise _refusal(f"{operator} match pattern must be a string")
    if operator == "exists" and not isinstance(value, bool):
        raise _refusal("exists match pattern must be either true or false.")


def _refusal(reason: str) -> SnsError:
    return invalid_parameter(f"FilterPolicy: {reason}")
