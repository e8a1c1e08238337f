"""Probes: while a webhook is failing, one event at a time shows whether it receives events again."""

from __future__ import annotations

from enum import StrEnum

from functions.domain.deliveries.row import Row, RowState
from functions.domain.deliveries.webhook_state import Probe


class ProbeResult(StrEnum):
    """How far a probe has come."""

    OPEN = "open"
    DELIVERED = "delivered"
    ANSWERED = "answered"
    """It failed with a status: another event may fare better."""
    UNANSWERED = "unanswered"
    """It failed without an answer, was never published, or SNS has said nothing: any event is as good."""


def result_of(probe: Probe, row: Row | None) -> ProbeResult:
    """Return a probe's result from its row."""
    if row is None:
        return ProbeResult.UNANSWERED
    if row.state is RowState.DELIVERED:
        return ProbeResult.DELIVERED
    if row.state is RowState.PENDING:
        # A silent one is answered for: the next event is tried.
        return ProbeResult.OPEN if row.silent_at is None else ProbeResult.ANSWERED
    last = row.last_attempt
    is_answered = (
        row.claim == probe.token
        and last is not None
        and last.sns_message_id == row.sns_message_id
        and last.status is not None
    )
    return ProbeResult.ANSWERED if is_answered else ProbeResult.UNANSWERED


def passed_after(probe: Probe, result: ProbeResult) -> str | None:
    """Return the key of the row after which the next probe is looked for."""
    return probe.row_key if result is ProbeResult.ANSWERED else probe.passed_key
