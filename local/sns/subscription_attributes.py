"""What SNS takes as a subscription's attributes, and how it returns them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from local.sns.errors import SnsError, invalid_parameter
from local.sns.filter_rules import MESSAGE_ATTRIBUTES, MESSAGE_BODY, check_filter_policy
from local.sns.policy_rules import (
    parse_redrive_policy,
    parse_subscription_policy,
    read_back_subscription_policy,
)

_SETTABLE = frozenset(
    {
        "DeliveryPolicy",
        "FilterPolicy",
        "FilterPolicyScope",
        "RawMessageDelivery",
        "RedrivePolicy",
        "SubscriptionRoleArn",
    }
)
_INVALID = "Invalid parameter: "


def change_attributes(attributes: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """Return a subscription's attributes as SNS keeps them after the changes.

    An empty text removes a policy. Raise SnsError, and change nothing, if SNS refuses a change.
    """
    scope = changes.get("FilterPolicyScope") or attributes.get("FilterPolicyScope") or MESSAGE_ATTRIBUTES
    changed = dict(attributes)
    for name, value in changes.items():
        stored = _store(name, value, scope)
        if stored:
            changed[name] = stored
        else:
            changed.pop(name, None)
    return changed


def make_attributes(attributes: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes of a new subscription; a refusal names the parameter `Attributes`."""
    try:
        return change_attributes(attributes, chosen)
    except SnsError as error:
        raise invalid_parameter(f"Attributes Reason: {str(error).removeprefix(_INVALID)}") from error


def read_back(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes as GetSubscriptionAttributes does: a scope only beside a filter policy."""
    visible = dict(attributes)
    if visible.get("FilterPolicy"):
        visible.setdefault("FilterPolicyScope", MESSAGE_ATTRIBUTES)
    else:
        visible.pop("FilterPolicyScope", None)
    return visible


def _store(name: str, value: str, scope: str) -> str:
    if name not in _SETTABLE:
        raise invalid_parameter("AttributeName")
    if name == "DeliveryPolicy":
        policy = parse_subscription_policy(value)
        return json.dumps(read_back_subscription_policy(policy)) if policy is not None else ""
    if name == "RedrivePolicy":
        parse_redrive_policy(value)
    elif name == "FilterPolicy":
        check_filter_policy(value, scope)
    elif name == "RawMessageDelivery":
        return _read_flag(value)
    elif name == "FilterPolicyScope" and value not in {MESSAGE_ATTRIBUTES, MESSAGE_BODY}:
        raise invalid_parameter(
            f"FilterPolicyScope: Invalid value [{value}]. "
            f"Please use either {MESSAGE_BODY} or {MESSAGE_ATTRIBUTES}"
        )
    return value


def _read_flag(value: str) -> str:
    lowered = value.lower()
    if lowered not in {"true", "false"}:
        raise invalid_parameter(f"RawMessageDelivery: Invalid value [{value}]. Must be true or false.")
    return lowered
