"""Everything that is read about one order, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.domain.deliveries.row import Row
from functions.domain.log_record import LogField, Outcome
from ops.logs import LogLine
from ops.tables import KnownWebhook
from ops.trace.intake_state import ACCEPT, IntakeState


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEvent:
    """One event of an execution's history, or of an EXPRESS workflow's log; `details` are the type's own."""

    time: datetime
    type: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One execution of the order workflow."""

    name: str
    status: str
    events: Sequence[HistoryEvent]
    redrivable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryEntry:
    """SNS's own log entry of one finished delivery. Without a `status_code` there was no answer at all."""

    time: datetime
    published_at: datetime
    """When SNS took the message."""
    message_id: str
    destination: str
    succeeded: bool
    attempts: int
    dwell_seconds: float
    status_code: int | None
    response: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """All data about one order. `notes` explain what could not be read."""

    request_id: str
    read_at: datetime
    order: Mapping[str, Any] | None = None
    webhooks: Sequence[KnownWebhook] = ()
    """Those of the order's client, as they are now."""
    executions: Sequence[Execution] = ()
    lines: Sequence[LogLine] = ()
    rows: Sequence[Row] = ()
    """The deliveries of the order's event as they are now."""
    deliveries: Sequence[DeliveryEntry] = ()
    intake: IntakeState | None = None
    """What may keep an order from its execution, where it waits for one."""
    notes: Sequence[str] = field(default_factory=tuple)

    def lines_of(self, *functions: str) -> list[LogLine]:
        """Return the log lines of some functions, in the order of their times."""
        return sorted((line for line in self.lines if line.group in functions), key=lambda line: line.time)

    @property
    def waits_for_execution(self) -> bool:
        """Whether the order was accepted, and nothing else is known of it."""
        if self.order is not None or self.executions:
            return False
        accepted = [
            line
            for line in self.lines_of(ACCEPT)
            if line.get(LogField.REQUEST_ID) == self.request_id
            and line.get(LogField.OUTCOME) == Outcome.DONE
            and line.get(LogField.FIRST_REQUEST_ID) in (None, self.request_id)
        ]
        return bool(accepted)

    @property
    def is_empty(self) -> bool:
        """Whether no source knows the order."""
        return not (self.order or self.executions or self.lines)
