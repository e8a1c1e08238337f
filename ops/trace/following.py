"""Where an order is now, and what happens next and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from functions.domain.deliveries.row import RowState
from functions.domain.log_record import LogField, Outcome
from ops.delivery_text import following as following_of_row
from ops.trace.intake_state import ACCEPT
from ops.trace.sources import Execution, Sources

_FAILED = ("FAILED", "TIMED_OUT", "ABORTED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """What happens next, at one webhook or to the order; `at` is when, where that is known."""

    what: str
    webhook_id: str | None = None
    at: datetime | None = None


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


def following(sources: Sources) -> list[Following]:
    """Return what happens next: one line for the order, or one for each of its webhooks."""
    return list(_of_intake(sources) or _of_workflow(sources) or _of_webhooks(sources))


def record_notes(sources: Sources) -> Iterator[str]:
    """Yield a note where the table has no record of an order that was accepted."""
    if sources.order is None and (sources.executions or sources.waits_for_execution):
        yield (
            "The table of orders has no record of this order: "
            + ("the workflow has not saved it." if sources.executions else "no execution has started.")
        )


def _of_intake(sources: Sources) -> list[Following]:
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
        again = f"trace {first}, the request that its Idempotency-Key was first used by" if first else ""
        return [Following(what=again or "nothing: it was refused, and the client may post a corrected order")]
    causes = list(sources.intake.causes()) if sources.intake else []
    if not causes:
        return [Following(what="start-execution receives it from the queue orders, within seconds")]
    return [Following(what=f"it waits on the queue orders. Likely cause: {each}") for each in causes]


def _of_workflow(sources: Sources) -> list[Following]:
    for execution in sources.executions:
        if execution.status in _FAILED:
            return [Following(what=_after_failure(execution))]
    running = [each for each in sources.executions if each.status == "RUNNING"]
    if running:
        state = _last_state(running[-1])
        return [Following(what=f"the workflow continues at {state}; it retries what fails, see above")]
    if (sources.order or {}).get("status") == "pending":
        return [
            Following(what="nothing: no execution of this order is known, see docs/runbook.md#orders-wait")
        ]
    return []


def _of_webhooks(sources: Sources) -> Iterator[Following]:
    status = {each.webhook_id: each.status for each in sources.webhooks}
    for row in sources.rows:
        yield Following(
            webhook_id=row.webhook_id,
            what=following_of_row(row, status.get(row.webhook_id), sources.read_at).written(sources.read_at),
            at=row.due_at if row.is_due_listed else row.deadline_at,
        )
    if not sources.rows:
        yield Following(what="nothing: no webhook of the client was to receive its event")


def _after_failure(execution: Execution) -> str:
    state = _last_state(execution)
    if execution.redrivable:
        return (
            f"nothing: the execution is {execution.status} at {state}. Fix the cause, then `redrive` it; no "
            "payment is taken twice"
        )
    return f"nothing: the execution is {execution.status} at {state}, see docs/runbook.md#executions-failed"


def _last_state(execution: Execution) -> str:
    entered = [each for each in execution.events if each.type.endswith("StateEntered")]
    return str(entered[-1].details.get("name")) if entered else "its start"
