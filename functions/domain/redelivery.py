"""Redelivery: what to do with an event that SNS gave up delivering to one webhook."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from functions.domain.event import Event

# SQS hides a message for at most 12 hours from its receipt; a longer wait is made of several:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
LONGEST_HIDING_SECONDS = 12 * 60 * 60 - 60

REDELIVERY_ATTRIBUTE = "redelivery"
# Marks an event that was given up, so that an operator's replay restarts its schedule.
DEAD_ATTRIBUTE = "dead_since"


class UnreadableEnvelope(ValueError):  # noqa: N818 - reads as what it is
    """The message is not an envelope that SNS has written for a webhook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredEvent:
    """An event that one subscription did not get, after `redeliveries` earlier ones."""

    document: dict[str, Any]
    client_id: str
    subscription_arn: str
    redeliveries: int

    def again(self) -> Event:
        """Return the same event, under the same ID."""
        return Event(document=self.document, client_id=self.client_id)


def read_envelope(body: str, *, replayed: bool) -> UndeliveredEvent:
    """Read what SNS put into the subscriptions' dead-letter queue: the body that the webhook should have got.

    The envelope has no field for the subscription; the URL to unsubscribe does. An operator's `replayed`
    event restarts the schedule. Raises `UnreadableEnvelope`.
    """
    try:
        envelope = json.loads(body)
        attributes = envelope["MessageAttributes"]
        (subscription_arn,) = parse_qs(urlsplit(envelope["UnsubscribeURL"]).query)["SubscriptionArn"]
        document = json.loads(envelope["Message"])
        return UndeliveredEvent(
            document={**document, "id": document["id"], "type": document["type"]},
            client_id=attributes["client_id"]["Value"],
            subscription_arn=subscription_arn,
            redeliveries=0 if replayed else int(_value(attributes, REDELIVERY_ATTRIBUTE, "0")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableEnvelope(f"not an SNS envelope of ours: {type(error).__name__}") from error


def due_in_seconds(
    event: UndeliveredEvent, delays_seconds: Sequence[int], *, undelivered_for_seconds: float
) -> float | None:
    """Return how long to wait before the event is published again, or None when the schedule is used up."""
    if event.redeliveries >= len(delays_seconds):
        return None
    return max(0.0, delays_seconds[event.redeliveries] - undelivered_for_seconds)


def _value(attributes: Mapping[str, Any], name: str, default: str) -> str:
    return str(attributes[name]["Value"]) if name in attributes else default
