"""What a client runs to receive webhooks safely.

    trust = Trust(
        client_id="shop",
        topic_arns={"arn:aws:sns:eu-west-1:123456789012:order-events"},
        webhook_ids={"wh_…"},
    )
    receiver = Receiver(trust)
    answer = receiver.answer(*flask_request(request), work=handle_event)

Beside the standard library it needs only `cryptography`, 42 or later.
"""

from .bodies import read_body
from .events import Event
from .fetching import Fetch, Reply, fetch
from .frameworks import HookRequest, django_request, flask_request, starlette_request
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
from .trust_file import read_trust
from .webhook_ids import WebhookIds, webhook_ids_in

__all__ = [
    "Answer",
    "Claim",
    "Confirmed",
    "Delivered",
    "Event",
    "Fetch",
    "HookRequest",
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
    "django_request",
    "fetch",
    "flask_request",
    "read_body",
    "read_trust",
    "starlette_request",
    "webhook_ids_in",
]
