"""Refuse the ARNs that SNS refuses, with SNS's codes and texts."""

from __future__ import annotations

from local.sns.errors import SnsError, invalid_parameter

_ARN_ELEMENTS = 6
_SUBSCRIPTION_ELEMENTS = 7


def check_topic_arn(topic_arn: str) -> None:
    """Raise SnsError unless this text has the form of a topic's ARN."""
    _check_elements("TopicArn", topic_arn)


def check_region(topic_arn: str, region: str) -> None:
    """Raise SnsError if a topic is in another region than the endpoint that is called."""
    if topic_arn.split(":")[3] != region:
        raise invalid_parameter("TopicArn")


def check_subscription_arn(subscription_arn: str) -> None:
    """Raise SnsError unless this text has the form of a subscription's ARN."""
    if not subscription_arn:
        raise invalid_parameter("SubscriptionArn Reason: no value for required parameter")
    _check_elements("SubscriptionArn", subscription_arn)
    if len(subscription_arn.split(":")) < _SUBSCRIPTION_ELEMENTS:
        raise invalid_parameter("SubscriptionId")


def subscription_not_found() -> SnsError:
    """Return the error for a subscription that does not exist."""
    return SnsError("NotFound", "Subscription does not exist", 404)


def _check_elements(parameter: str, arn: str) -> None:
    elements = len(arn.split(":"))
    if elements < _ARN_ELEMENTS:
        raise invalid_parameter(
            f"{parameter} Reason: An ARN must have at least {_ARN_ELEMENTS} elements, not {elements}"
        )
