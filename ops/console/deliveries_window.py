"""The deliveries of the last hour, from SNS's log: read once, and then what is new."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from ops.logs import Logs
from ops.parallel import in_parallel
from ops.target import Target
from ops.trace.deliveries_log import delivery_log_groups, entry_of
from ops.trace.sources import DeliveryEntry

LENGTH = timedelta(hours=1)
# CloudWatch Logs shows an event some seconds after it was written.
_OVERLAP = timedelta(seconds=30)


@dataclass
class DeliveriesWindow:
    """The last hour's log entries. Several pages may ask at the same time."""

    _entries: dict[tuple[str, str, int], DeliveryEntry] = field(default_factory=dict)
    _read_until: datetime | None = None
    _lock: Lock = field(default_factory=Lock)

    def read(self, target: Target) -> list[DeliveryEntry]:
        """Return the entries, by time."""
        with self._lock:
            until = target.now()
            begin = until - LENGTH
            since = begin if self._read_until is None else max(begin, self._read_until - _OVERLAP)

            def read(group: str) -> list[DeliveryEntry]:
                found = Logs(target).of_group(group, "", since)
                return [entry_of(time, document) for time, document in found if "delivery" in document]

            for entries in in_parallel(read, delivery_log_groups(target)):
                for entry in entries:
                    self._entries[entry.message_id, entry.destination, entry.attempts] = entry
            self._read_until = until
            self._entries = {key: each for key, each in self._entries.items() if each.time >= begin}
            return sorted(self._entries.values(), key=lambda each: each.time)
