"""How many webhooks each topic has: SNS takes 200 filter policies a topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

# https://docs.aws.amazon.com/general/latest/gr/sns.html; an account's operator may have asked for more.
POLICIES_A_TOPIC = 200
# SNS keeps unconfirmed subscriptions, also deleted ones, for 48 hours with their filters.
_COUNTED = ("SubscriptionsConfirmed", "SubscriptionsPending", "SubscriptionsDeleted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A topic, and how much of its quota is used."""

    topic_arn: str
    subscriptions: int

    @property
    def used_percent(self) -> int:
        """How much of the topic's quota is used."""
        return self.subscriptions * 100 // POLICIES_A_TOPIC


def topic_arns(first_topic_arn: str, names: Sequence[str]) -> list[str]:
    """Return the ARNs of topics: they differ in their names alone."""
    prefix = first_topic_arn.rpartition(":")[0]
    return [f"{prefix}:{name}" for name in names]


def least_used(client: SNSClient, arns: Sequence[str]) -> Place:
    """Return the topic with the fewest subscriptions, the first of several."""
    return min((usage_of(client, each) for each in arns), key=lambda each: each.subscriptions)


def usage_of(client: SNSClient, topic_arn: str) -> Place:
    """Return how much of a topic's quota is used."""
    attributes = client.get_topic_attributes(TopicArn=topic_arn)["Attributes"]
    return Place(topic_arn=topic_arn, subscriptions=sum(int(attributes.get(name, 0)) for name in _COUNTED))
