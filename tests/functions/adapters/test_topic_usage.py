"""The topic for a new webhook: the one with the fewest subscriptions, whatever state these are in."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from functions.adapters.topic_usage import least_used, topic_arns

FIRST = "arn:aws:sns:eu-west-1:123456789012:order-events"


def place(*topics: dict[str, int]) -> tuple[str, int]:
    client: Any = boto3.client(
        "sns", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    arns = topic_arns(FIRST, [f"order-events-{number}" for number in range(1, len(topics) + 1)])
    with Stubber(client) as stubber:
        for arn, attributes in zip(arns, topics, strict=True):
            # SNS's numbers are texts.
            answer = {"Attributes": {name: str(number) for name, number in attributes.items()}}
            stubber.add_response("get_topic_attributes", answer, {"TopicArn": arn})
        found = least_used(client, arns)
        stubber.assert_no_pending_responses()
    return found.topic_arn.rpartition(":")[2], found.used_percent


def topic(confirmed: int = 0, pending: int = 0, deleted: int = 0) -> dict[str, int]:
    return {
        "SubscriptionsConfirmed": confirmed,
        "SubscriptionsPending": pending,
        "SubscriptionsDeleted": deleted,
    }


@pytest.mark.parametrize(
    ("topics", "name", "used_percent"),
    [
        ([topic(confirmed=160)], "order-events-1", 80),
        ([topic(confirmed=160), topic(confirmed=20)], "order-events-2", 10),
        ([topic(), topic()], "order-events-1", 0),
        # SNS keeps both for 48 hours, with their filter policies.
        ([topic(pending=3), topic(confirmed=2)], "order-events-2", 1),
        ([topic(deleted=3), topic(confirmed=2)], "order-events-2", 1),
        ([topic(confirmed=7), {}, topic(confirmed=1)], "order-events-2", 0),
        ([topic(confirmed=199), topic(confirmed=200)], "order-events-1", 99),
    ],
)
def test_the_topic_with_the_fewest_subscriptions_is_chosen(
    topics: list[dict[str, int]], name: str, used_percent: int
) -> None:
    assert place(*topics) == (name, used_percent)


def test_topics_differ_in_their_names_alone() -> None:
    assert topic_arns(FIRST, ["order-events", "order-events-2"]) == [FIRST, f"{FIRST}-2"]
