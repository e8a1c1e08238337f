"""Find orders by whatever ID somebody has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from functions.domain.log_record import LogField
from ops.logs import Logs, can_be_logged
from ops.orders.listed_order import ListedOrder
from ops.orders.lookup import orders_of_reference, orders_with_ids
from ops.parallel import in_parallel
from ops.tables import deliveries_of
from ops.target import Target
from ops.trace.events import PUBLISH
from ops.trace.intake_state import ACCEPT

MOST = 50
_LOGGED_SINCE = timedelta(days=1)
_EARLIEST = timedelta(days=3_650)
# Where each ID is logged beside the request ID.
_LOGGED = (
    (ACCEPT, (LogField.MESSAGE_ID,)),
    (PUBLISH, (LogField.EVENT_ID, LogField.SNS_MESSAGE_ID)),
)


def find(target: Target, text: str, logged_since: timedelta = _LOGGED_SINCE) -> list[ListedOrder]:
    """Return the orders with a request ID, with or without its `=`, a reference, an event ID or a message ID.

    The tables are read first. IDs of SQS messages, and of SNS messages older than three weeks, are only in
    the logs.
    """
    found = orders_with_ids(target, request_ids_of(text))
    found = found or orders_of_reference(target, text, MOST)
    found = found or orders_with_ids(target, _published(target, text))
    if found or not can_be_logged(text):
        return found
    return orders_with_ids(target, list(dict.fromkeys(_logged(target, text, logged_since)))[:MOST])


def request_ids_of(text: str) -> list[str]:
    """Return what may be meant as a request ID: its `=` is easily lost when it is copied."""
    return [text] if text.endswith("=") else [text, f"{text}="]


def _published(target: Target, text: str) -> list[str]:
    """Return the order of an event ID or an SNS message ID."""
    table = deliveries_of(target)
    message = table.find_messages([text]).get(text)
    event = table.find_event(message.event_id if message else text)
    return [event.subject] if event else []


def _logged(target: Target, text: str, since: timedelta) -> Iterable[str]:
    logs, start = Logs(target), _start(target, since)

    def read(place: tuple[str, tuple[LogField, ...]]) -> list[str]:
        function, fields = place
        lines = logs.of_function(function, {field: [text] for field in fields}, start)
        return [str(line.get(LogField.REQUEST_ID)) for line in lines]

    return [request_id for found in in_parallel(read, _LOGGED) for request_id in found]


def _start(target: Target, since: timedelta) -> datetime:
    # The laptop's clock may run ahead of the functions' log, which is small.
    return target.now() - (since if target.endpoint_url is None else _EARLIEST)
