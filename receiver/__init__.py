"""What a client runs to receive webhooks safely.

    trust = Trust(
        client_id="shop",
        topic_arns={"arn:aws:sns:eu-west-1:123456789012:order-events"},
        webhook_ids={"wh_…"},
    )
    receiver = Receiver(trust)
    answer = receiver.answer(request.url, request.headers, request.body, work=handle_event)

Beside the standard library it needs only `cryptography`, 42 or later.
"""

from .bodies import read_body
from .events import Event
from .fetching import Fetch, Reply, fetch
from .receiver import Answer, Confirmed, Delivered, Received, Receiver, Unsubscribed
from .refusals import (
    LengthRequired,
    MalformedRequest,
    Refused,
    RequestTooLarge,
    TemporaryFailure,
    UntrustedMessage,
    UnusableEvent,
)
from .seen import Claim, SeenEvents, SeenInMemory
from .seen_in_sqlite import SeenInSqlite
from .sources import SigningAuthority, Source
from .trust import Trust
from .webhook_ids import WebhookIds

__all__ = [
    "Answer",
    "Claim",
    "Confirmed",
    "Delivered",
    "Event",
    "Fetch",
    "LengthRequired",
    "MalformedRequest",
    "Received",
    "Receiver",
    "Refused",
    "Reply",
    "RequestTooLarge",
    "SeenEvents",
    "SeenInMemory",
    "SeenInSqlite",
    "SigningAuthority",
    "Source",
    "TemporaryFailure",
    "Trust",
    "Unsubscribed",
    "UntrustedMessage",
    "UnusableEvent",
    "WebhookIds",
    "fetch",
    "read_body",
]
