"""Find orders by whatever ID somebody has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from functions.domain.instant import now
from functions.domain.log_record import LogField
from functions.domain.resource_id import is_resource_id
from ops.logs import Logs
from ops.orders.listing import ListedOrder, orders_of_reference, orders_with_ids
from ops.parallel import in_parallel
from ops.tables import deliveries_of
from ops.target import Target
from ops.trace.events import PUBLISH
from ops.trace.intake import ACCEPT

_MOST = 50
_LOGGED_SINCE = timedelta(days=1)
# Where each ID is logged beside the request ID.
_LOGGED = (
    (ACCEPT, (LogField.MESSAGE_ID,)),
    (PUBLISH, (LogField.EVENT_ID, LogField.SNS_MESSAGE_ID)),
)


def find(target: Target, text: str) -> list[ListedOrder]:
    """Return the orders with a request ID, with or without its `=`, a reference, an event ID or a message ID.

    IDs of SQS messages are searched in the logs of a day.
    """
    found = orders_with_ids(target, list(dict.fromkeys([text, f"{text}="])))
    found = found or orders_of_reference(target, text, _MOST)
    found = found or orders_with_ids(target, _published(target, text))
    if found or not is_resource_id(text) or set(text) & set('"\\ '):
        return found
    return orders_with_ids(target, list(dict.fromkeys(_logged(target, text)))[:_MOST])


def _published(target: Target, text: str) -> list[str]:
    """Return the order of an event ID or an SNS message ID."""
    table = deliveries_of(target)
    message = table.find_messages([text]).get(text)
    event = table.find_event(message.event_id if message else text)
    return [event.subject] if event else []


def _logged(target: Target, text: str) -> Iterable[str]:
    logs, start = Logs(target), now() - _LOGGED_SINCE

    def read(place: tuple[str, tuple[LogField, ...]]) -> list[str]:
        function, fields = place
        lines = logs.of_function(function, {field: [text] for field in fields}, start)
        return [str(line.get(LogField.REQUEST_ID)) for line in lines]

    return [request_id for found in in_parallel(read, _LOGGED) for request_id in found]
