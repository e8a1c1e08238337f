"""Settings of webhooks: the program's own subscribers, and when events are published again."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from functions.domain.event import OrderEventType
from functions.domain.webhook import ORDER_EVENT_TYPES
from infra.settings.section import Section
from infra.webhooks.delivery_policy import DeliveryPolicy


class RedeliverySettings(Section):
    """When an event that SNS gave up on is published again."""

    # Its queue keeps an event for fourteen days at most, of which the longest delay must leave some.
    delays_seconds: Annotated[
        tuple[Annotated[int, Field(ge=1, le=7 * 24 * 3_600)], ...], Field(max_length=20)
    ] = tuple(hours * 3_600 for hours in (2, 5, 10, 10, 24, 24))
    """Each delay counts from the time before."""


class Subscriber(Section):
    """A webhook that the program creates."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    """Its webhook ID, which SNS adds to the URL as `webhook_id`."""
    url: str
    """Where its events are posted: the rules of `POST /webhooks` hold here too. With `allow_http_webhooks`,
    http and private addresses are taken."""
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    """The client whose orders it is informed of."""
    event_types: Annotated[tuple[OrderEventType, ...], Field(min_length=1)] = ORDER_EVENT_TYPES
    """The events that it receives."""
    delivery: DeliveryPolicy | None = None
    """A delivery policy of its own."""
