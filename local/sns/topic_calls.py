"""The calls on topics that MiniStack answers otherwise than AWS: delivery policies and signature versions.

Each takes and returns what MiniStack's own function does, and leaves to it what was right.
"""

from __future__ import annotations

from ministack.core.responses import get_account_id, get_region
from ministack.services.sns import _create_topic as stock_create_topic
from ministack.services.sns import _get_topic as stock_get_topic
from ministack.services.sns import _set_topic_attributes as stock_set_topic_attributes

from local.sns.api_request import (
    Parameters,
    Response,
    answer_error,
    answering_errors,
    is_signed,
    read_attributes,
    read_text,
    read_topic_arn,
)
from local.sns.arns import check_region, check_topic_arn
from local.sns.errors import SnsError
from local.sns.runtime import find_topic
from local.sns.subscriptions import Topic
from local.sns.topic_attributes import check_new_topic, check_same_topic, store_topic_attribute


def get_topic(topic_arn: str, action: str | None = None) -> tuple[Topic | None, Response | None]:
    """Return the topic that a call names, or the answer that refuses the call."""
    try:
        check_topic_arn(topic_arn)
        if is_signed():
            check_region(topic_arn, get_region())
    except SnsError as error:
        return None, answer_error(error.code, str(error), error.status)
    found: tuple[Topic | None, Response | None] = stock_get_topic(topic_arn, action)
    return found


@answering_errors
def create_topic(params: Parameters) -> Response:
    """Create a topic, unless SNS would refuse its name or one of its attributes."""
    name, attributes = read_text(params, "Name"), read_attributes(params)
    check_new_topic(name, attributes)
    topic_arn = f"arn:aws:sns:{get_region()}:{get_account_id()}:{name}"
    topic = find_topic(topic_arn)
    if topic is not None:
        check_same_topic(topic["attributes"], attributes)
    response: Response = stock_create_topic(params)
    if topic is None and "DeliveryPolicy" in attributes and (topic := find_topic(topic_arn)) is not None:
        _store(topic, "DeliveryPolicy", attributes["DeliveryPolicy"])
    return response


@answering_errors
def set_topic_attributes(params: Parameters) -> Response:
    """Set a topic's attribute, unless SNS would refuse it."""
    name, value = read_text(params, "AttributeName"), read_text(params, "AttributeValue")
    store_topic_attribute(name, value)
    response: Response = stock_set_topic_attributes(params)
    topic = find_topic(read_topic_arn(params))
    if topic is not None:
        _store(topic, name, value)
    return response


def _store(topic: Topic, name: str, value: str) -> None:
    stored = store_topic_attribute(name, value)
    if stored:
        topic["attributes"][name] = stored
    else:
        topic["attributes"].pop(name, None)
