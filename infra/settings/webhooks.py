"""Settings of webhooks: the program's own subscribers, and when events are published again."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from functions.domain.event import OrderEventType
from functions.domain.webhook import ORDER_EVENT_TYPES
from infra.settings.section import Section
from infra.webhooks.delivery_policy import DeliveryPolicy


class RedeliverySettings(Section):
    """When an event that SNS could not deliver is published again."""

    # Its queue keeps an event for at most fourteen days; the longest delay must be well below that.
    delays_seconds: Annotated[
        tuple[Annotated[int, Field(ge=1, le=7 * 24 * 3_600)], ...], Field(max_length=20)
    ] = tuple(hours * 3_600 for hours in (2, 5, 10, 10, 24, 24))
    """Each delay starts when SNS has given up on the previous publication."""


class Subscriber(Section):
    """A webhook that the program creates."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    """Its webhook ID, which SNS adds to the URL as `webhook_id`."""
    url: str
    """Where its events are posted, by the rules of `POST /webhooks`. With `allow_http_webhooks`, http and
    private addresses are allowed."""
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    """The client whose events it receives."""
    event_types: Annotated[tuple[OrderEventType, ...], Field(min_length=1)] = ORDER_EVENT_TYPES
    """The event types that it receives."""
    delivery: DeliveryPolicy | None = None
    """This subscriber's own delivery policy."""
