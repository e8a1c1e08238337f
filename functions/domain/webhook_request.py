"""What a client asks for when it registers a webhook, or changes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.domain.event import ORDER_EVENT_TYPES
from functions.domain.readable_text import ReadableText
from functions.domain.webhook import Webhook, WebhookEventType, webhook_id_of
from functions.domain.webhook_url import URL_SCHEMA, canonical_url


class WebhookRequest(BaseModel):
    """A webhook as a client registers it: a public server's URL, and which events it wants."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    url: Annotated[str, StringConstraints(min_length=1), Field(json_schema_extra=URL_SCHEMA)]
    event_types: Annotated[list[WebhookEventType], Field(min_length=1, max_length=10)] = list(
        ORDER_EVENT_TYPES
    )
    description: Annotated[str, ReadableText(max_length=200, may_be_empty=True)] = ""


class WebhookChanges(BaseModel):
    """What a client changes of a webhook: what is left out stays as it is.

    `paused` holds events back until the webhook is `active` again, which also re-enables a disabled webhook.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    event_types: Annotated[list[WebhookEventType], Field(min_length=1, max_length=10)] | None = None
    description: Annotated[str, ReadableText(max_length=200, may_be_empty=True)] | None = None
    status: Literal["active", "paused"] | None = None


def new_webhook(
    request: WebhookRequest, *, client_id: str, created_at: str, topic_arn: str | None = None
) -> Webhook:
    """Return the webhook that a client's request asks for."""
    return Webhook(
        client_id=client_id,
        webhook_id=webhook_id_of(client_id, request.url),
        created_at=created_at,
        topic_arn=topic_arn,
        **{**dict(request), "url": canonical_url(request.url)},
    )
