"""Whether a dead letter is what the consumer of its queue can read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from functions.domain.deliveries.envelope import UnreadableEnvelope, read_envelope
from functions.domain.execution import OrderMessage, UnreadableMessage
from ops.json_object import read_object


def why_unreadable(queue: str, body: str) -> str:
    """Return why a message of a dead-letter queue can never be processed, "" where it can be."""
    return _CHECKS[queue](body)


def _order(body: str) -> str:
    try:
        OrderMessage.read(body)
    except UnreadableMessage as error:
        return f"it is {error}; remove it"
    return ""


def _event(body: str) -> str:
    try:
        read_envelope(body)
    except UnreadableEnvelope as error:
        return f"it is not an event ({error}); remove it"
    return ""


def _log_entries(body: str) -> str:
    return "" if read_object(body) else "it has no log entries; remove it"


_CHECKS: Mapping[str, Callable[[str], str]] = {
    "orders-dead-letters": _order,
    "undelivered-unreadable": _event,
    "record-deliveries-unreadable": _log_entries,
}
