"""Settings of who is told, and how often it is tried."""

from __future__ import annotations

from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, model_validator

from infra.settings.section import Section
from infra.webhooks.delivery_policy import DeliveryPolicy

EventType = Literal["order.paid", "order.declined", "order.failed"]
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)


class RedeliverySettings(Section):
    """When an event that SNS gave up on is published again."""

    # An event rests in its queue for fourteen days at most, which the longest delay must leave room for.
    delays_seconds: Annotated[
        tuple[Annotated[int, Field(ge=1, le=7 * 24 * 3_600)], ...], Field(max_length=20)
    ] = tuple(hours * 3_600 for hours in (2, 5, 10, 10, 24, 24))
    """Each delay counts from the time before."""


class Subscriber(Section):
    """A webhook that the program creates."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    """Its webhook ID, which also tells it apart in events meant for it alone."""
    url: str
    """Where its events are posted."""
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    """Whose orders it hears of."""
    event_types: Annotated[tuple[EventType, ...], Field(min_length=1)] = EVENT_TYPES
    """Of what it hears."""
    delivery: DeliveryPolicy | None = None
    """A delivery policy of its own."""

    @model_validator(mode="after")
    def _check_url(self) -> Subscriber:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("url must be an https:// address with a host")
        if parts.username is not None or parts.password is not None:
            raise ValueError("url must not carry a user name or a password")
        return self
