"""Where an order is now, and what happens next and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from functions.domain.deliveries.row import RowState
from functions.domain.log_record import LogField, Outcome
from ops.delivery_text import following as following_of_row
from ops.instants import DatedText
from ops.trace.intake_state import ACCEPT
from ops.trace.sources import Execution, Sources

_UNKNOWN: Mapping[str, datetime] = MappingProxyType({})
_FAILED = ("FAILED", "TIMED_OUT", "ABORTED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """What happens next, at one webhook or to the order."""

    text: DatedText
    webhook_id: str | None = None

    def document(self, now: datetime) -> dict[str, Any]:
        """Return JSON-able data; `at` is when, where that is known."""
        instant = self.text.at
        is_to_come = instant is not None and instant > now
        return {
            "what": self.text.written(now),
            "webhook_id": self.webhook_id,
            "at": instant if is_to_come else None,
        }


def state_of(sources: Sources) -> str:
    """Return where the order is now, in a few words."""
    if sources.order is None:
        if sources.executions:
            return f"its execution is {sources.executions[-1].status}"
        return "accepted, not started" if sources.waits_for_execution else "not an order of its own"
    status = str(sources.order["status"])
    if not sources.rows:
        return status
    done = sum(row.state is RowState.DELIVERED for row in sources.rows)
    return f"{status}, delivered to {done} of {len(sources.rows)} webhooks"


def following(sources: Sources, next_attempts: Mapping[str, datetime] = _UNKNOWN) -> list[Following]:
    """Return what happens next: to the order, or at each of its webhooks.

    `next_attempts` has when SNS tries again, by webhook ID, where that is known.
    """
    texts = _of_intake(sources) or _of_workflow(sources)
    if texts:
        return [Following(text=DatedText(before=each)) for each in texts]
    return list(_of_webhooks(sources, next_attempts))


def record_notes(sources: Sources) -> Iterator[str]:
    """Yield a note where the table has no record of an order that was accepted."""
    if sources.order is None and (sources.executions or sources.waits_for_execution):
        yield (
            "The table of orders has no record of this order: "
            + ("the workflow has not saved it." if sources.executions else "no execution has started.")
        )


def _of_intake(sources: Sources) -> list[str]:
    if sources.order is not None or sources.executions:
        return []
    if not sources.waits_for_execution:
        first = next(
            (
                str(line.get(LogField.FIRST_REQUEST_ID))
                for line in sources.lines_of(ACCEPT)
                if line.get(LogField.OUTCOME) == Outcome.DONE
                and line.get(LogField.FIRST_REQUEST_ID) not in (None, sources.request_id)
            ),
            None,
        )
        again = f"see {first}, the request that its Idempotency-Key was first used by" if first else ""
        return [again or "nothing: it was refused, and the client may post a corrected order"]
    causes = list(sources.intake.causes()) if sources.intake else []
    if not causes:
        return ["start-execution receives it from the queue orders, within seconds"]
    return [f"it waits on the queue orders. Likely cause: {each}" for each in causes]


def _of_workflow(sources: Sources) -> list[str]:
    for execution in sources.executions:
        if execution.status in _FAILED:
            return [_after_failure(execution)]
    running = [each for each in sources.executions if each.status == "RUNNING"]
    if running:
        state = _last_state(running[-1])
        return [f"the workflow continues at {state}; it retries what fails"]
    if (sources.order or {}).get("status") == "pending":
        return ["nothing: no execution of this order is known, see docs/runbook.md#orders-wait"]
    return []


def _of_webhooks(sources: Sources, next_attempts: Mapping[str, datetime]) -> Iterator[Following]:
    status = {each.webhook_id: each.status for each in sources.webhooks}
    for row in sources.rows:
        next_attempt_at = next_attempts.get(row.webhook_id)
        text = following_of_row(row, status.get(row.webhook_id), sources.read_at, next_attempt_at)
        yield Following(webhook_id=row.webhook_id, text=text)
    if not sources.rows:
        what = "no webhook of the client was to receive its event"
        if sources.deliveries:
            what = "its deliveries have ended, and their rows are no longer stored"
        yield Following(text=DatedText(before=f"nothing: {what}"))


def _after_failure(execution: Execution) -> str:
    state = _last_state(execution)
    if execution.redrivable:
        return (
            f"nothing: the execution is {execution.status} at {state}. Fix the cause, then redrive it; no "
            "payment is taken twice"
        )
    return f"nothing: the execution is {execution.status} at {state}, see docs/runbook.md#executions-failed"


def _last_state(execution: Execution) -> str:
    entered = [each for each in execution.events if each.type.endswith("StateEntered")]
    return str(entered[-1].details.get("name")) if entered else "its start"
