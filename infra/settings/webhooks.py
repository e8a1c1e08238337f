"""Settings of webhooks: the program's own subscribers, and when events are published again."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from functions.domain.event import ORDER_EVENT_TYPES
from functions.domain.webhook import WebhookEventType
from infra.settings.section import Section
from infra.webhooks.delivery_policy import DeliveryPolicy


class RedeliverySettings(Section):
    """When an event that SNS could not deliver is published again."""

    delays_seconds: Annotated[
        tuple[Annotated[int, Field(ge=1, le=7 * 24 * 3_600)], ...], Field(max_length=20)
    ] = tuple(hours * 3_600 for hours in (2, 5, 10, 10, 24, 24))
    """Each delay starts when SNS has given up on the previous publication."""
    max_per_minute: Annotated[int, Field(ge=1, le=60_000)] = 600
    """How many events a minute are published again for one webhook at most, for example after it was down.
    With `delivery.max_receives_per_second` it is at most 60 times that."""


class WebhookSettings(Section):
    """The webhooks that clients register."""

    topics: Annotated[int, Field(ge=1, le=50)] = 1
    """The number of SNS topics, each with 200 webhooks by AWS's default quota of filter policies. It may
    grow; Pulumi refuses to delete a topic other than the first."""
    disable_after_days: Annotated[int, Field(ge=1, le=30)] = 5
    """After how many days without a success a failing webhook is disabled."""


class Subscriber(Section):
    """A webhook that the program creates."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    """Its webhook ID, which SNS adds to the URL as `webhook_id`."""
    url: str
    """Where its events are posted, by the rules of `POST /webhooks`. With `allow_http_webhooks`, http and
    private addresses are allowed."""
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    """The client whose events it receives."""
    event_types: Annotated[tuple[WebhookEventType, ...], Field(min_length=1)] = ORDER_EVENT_TYPES
    """The event types that it receives."""
    delivery: DeliveryPolicy | None = None
    """This subscriber's own delivery policy."""
