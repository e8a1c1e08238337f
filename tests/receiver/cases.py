"""Requests a receiver may meet and what must become of them, for the kits in Python and for Node."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from receiver import Reply

from .signing import (
    CERTIFICATE_URL,
    CLIENT_ID,
    HOOK_URL,
    NOW,
    TOPIC,
    WEBHOOK_ID,
    body_of,
    headers_of,
    sns_certificate,
)

STATUS_OF = {
    "event": 200,
    "confirmed": 200,
    "unsubscribed": 200,
    "body_too_large": 413,
    "not_cloudevents": 422,
    **dict.fromkeys(
        ("certificate_unavailable", "confirmation_failed", "from_the_future", "webhook_not_expected"), 503
    ),
    **dict.fromkeys(
        ("raw_delivery", "not_utf8", "not_json", "duplicate_key", "too_deep", "wrong_field", "unknown_type"),
        400,
    ),
    "header_mismatch": 400,
    **dict.fromkeys(("topic_not_allowed", "signature_version", "certificate_url"), 403),
    **dict.fromkeys(("too_old", "certificate_expired", "certificate_not_yet_valid"), 503),
    "certificate_invalid": 403,
    **dict.fromkeys(("signature_mismatch", "subscribe_url", "confirmation_refused"), 403),
    **dict.fromkeys(("client_not_allowed", "webhook_id"), 403),
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One request: `outcome` is event, confirmed, unsubscribed or the code of the refusal."""

    name: str
    outcome: str
    body: bytes
    url: str = HOOK_URL
    headers: dict[str, str] = field(default_factory=dict)
    replies: dict[str, Reply | None] = field(
        default_factory=lambda: {CERTIFICATE_URL: Reply(200, sns_certificate())}
    )
    visits: list[str] | None = None
    now: datetime = NOW
    client_id: str = CLIENT_ID
    webhook_ids: tuple[str, ...] = (WEBHOOK_ID,)
    topic_arns: tuple[str, ...] = (TOPIC,)
    minimum_signature_version: int | None = None
    local: bool = False


def case(name: str, outcome: str, message: dict[str, object], **rest: Any) -> Case:
    """Make a case of a message with the headers SNS would send."""
    headers = rest["headers"] if "headers" in rest else headers_of(message)
    return Case(name=name, outcome=outcome, **{"body": body_of(message)} | rest | {"headers": headers})
