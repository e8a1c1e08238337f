"""The calls on topics that MiniStack answers otherwise than AWS: delivery policies and signature versions.

Each takes and returns what MiniStack's own function does, and leaves to it what was right.
"""

from __future__ import annotations

import json

from ministack.services.sns import _create_topic as stock_create_topic
from ministack.services.sns import _get_topic_attributes as stock_get_topic_attributes
from ministack.services.sns import _set_topic_attributes as stock_set_topic_attributes

from local.sns.api_request import (
    Parameters,
    Response,
    answering_errors,
    read_attributes,
    read_text,
    read_topic_arn,
)
from local.sns.errors import invalid_parameter
from local.sns.policy import effective_topic_policy
from local.sns.policy_rules import parse_topic_policy
from local.sns.runtime import find_topic


@answering_errors
def create_topic(params: Parameters) -> Response:
    """Create a topic, unless SNS would refuse one of its attributes."""
    for name, value in read_attributes(params).items():
        _check_attribute(name, value)
    response: Response = stock_create_topic(params)
    return response


@answering_errors
def set_topic_attributes(params: Parameters) -> Response:
    """Set a topic's attribute, unless SNS would refuse it."""
    _check_attribute(read_text(params, "AttributeName"), read_text(params, "AttributeValue"))
    response: Response = stock_set_topic_attributes(params)
    return response


def get_topic_attributes(params: Parameters) -> Response:
    """Return a topic's attributes with the delivery policy that is in force."""
    topic = find_topic(read_topic_arn(params))
    if topic is not None:
        policy = parse_topic_policy(topic["attributes"].get("DeliveryPolicy", ""))
        topic["attributes"]["EffectiveDeliveryPolicy"] = json.dumps(effective_topic_policy(policy))
    response: Response = stock_get_topic_attributes(params)
    return response


def _check_attribute(name: str, value: str) -> None:
    if name == "DeliveryPolicy":
        parse_topic_policy(value)
    elif name == "SignatureVersion" and value not in {"1", "2"}:
        raise invalid_parameter("SignatureVersion")
