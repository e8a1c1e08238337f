"""`deliveries`: what became of the events at webhooks."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from functions.domain.deliveries.row import Attempt, Row
from ops.attempt_log.choice import Chosen, DeliveryQuery, choose
from ops.attempt_log.summary import summary_of
from ops.deliveries import attempts_of_row
from ops.delivery_text import NO_ATTEMPT, following, last_answer
from ops.errors import UsageError
from ops.instants import instant_of, span
from ops.parallel import in_parallel
from ops.records import Records
from ops.report import Report
from ops.tables import KnownWebhook, webhooks_of_rows
from ops.target import Target
from ops.trace.entry import answer_text

_TITLES = ("event", "time", "type", "order", "webhook", "status", "attempts", "last answer", "next")


def deliveries(target: Target, options: Namespace) -> Report:
    """List deliveries, the newest event first, or summarize them for the client."""
    query = DeliveryQuery(
        since=instant_of(options.since, target.now()),
        webhook_id=options.webhook,
        client_id=options.client,
        status=options.status,
    )
    if options.summary and query.webhook_id is None and query.client_id is None:
        raise UsageError("--summary is for one client: name it with --client, or its webhook with --webhook.")
    chosen = choose(target, query)
    counts = dict(Counter(each.state.value for each in chosen.rows))
    if options.summary:
        text = summary_of(chosen, query.since, target.now())
        return Report(
            document={"summary": text, "counts": counts, "notes": chosen.notes}, views=[text, *chosen.notes]
        )
    shown = chosen.rows[: options.limit]
    if not chosen.webhooks:
        chosen = replace(chosen, webhooks=webhooks_of_rows(target, shown))
    attempts = _attempts(target, shown)
    return Report(
        document={
            "deliveries": [_document(each, attempts[each.webhook_id, each.event_id]) for each in shown],
            "counts": counts,
            "more": len(chosen.rows) > len(shown),
            "notes": chosen.notes,
        },
        views=_views(chosen, shown, attempts if options.attempts else {}, counts, target.now()),
    )


def _attempts(target: Target, rows: Sequence[Row]) -> Mapping[tuple[str, str], Sequence[Attempt]]:
    read = in_parallel(lambda row: attempts_of_row(target, row), rows)
    return {(row.webhook_id, row.event_id): found for row, found in zip(rows, read, strict=True)}


def _views(
    chosen: Chosen,
    shown: Sequence[Row],
    attempts: Mapping[tuple[str, str], Sequence[Attempt]],
    counts: Mapping[str, int],
    now: datetime,
) -> list[RenderableType]:
    if not shown:
        return ["No delivery was found.", *chosen.notes]
    counted = ", ".join(f"{number} {status}" for status, number in counts.items())
    first = f"; the newest {len(shown)}" if len(chosen.rows) > len(shown) else ""
    views: list[RenderableType] = [Text(f"Deliveries: {counted}{first}.", style="bold")]
    cells = [_row(each, chosen.webhooks, now) for each in shown]
    if attempts:
        for row, of_row in zip(shown, cells, strict=True):
            views.append(Records(_TITLES, [of_row]))
            views += [_attempt(each) for each in attempts[row.webhook_id, row.event_id]]
    else:
        views.append(Records(_TITLES, cells))
    return [*views, *(Text(f"note: {each}", style="dim") for each in chosen.notes)]


def _row(row: Row, webhooks: Mapping[str, KnownWebhook], now: datetime) -> tuple[str, ...]:
    webhook = webhooks.get(row.webhook_id)
    return (
        row.event_id,
        row.event_time,
        row.event_type,
        row.subject,
        row.webhook_id,
        row.state.value,
        str(row.attempts),
        last_answer(row) or NO_ATTEMPT,
        following(row, webhook.status if webhook else None, now).written(now),
    )


def _attempt(attempt: Attempt) -> Text:
    after = (
        "" if attempt.duration_ms is None else f", {span(attempt.duration_ms / 1000)} after it was published"
    )
    return Text(
        f"    {attempt.at:%Y-%m-%d %H:%M:%S} UTC  attempt {attempt.number} of SNS message "
        f"{attempt.sns_message_id}: {answer_text(attempt.status, attempt.response)}{after}"
    )


def _document(row: Row, attempts: Sequence[Attempt]) -> dict[str, Any]:
    return {
        "webhook_id": row.webhook_id,
        "client_id": row.client_id,
        "event_id": row.event_id,
        "event_type": row.event_type,
        "event_time": row.event_time,
        "order": row.subject,
        "status": row.state.value,
        "reason": row.reason,
        "next_attempt_at": row.due_at,
        "delivered_at": row.delivered_at,
        "dead_at": row.dead_at,
        "attempts": [
            {
                "sns_message_id": each.sns_message_id,
                "number": each.number,
                "at": each.at,
                "status_code": each.status,
                "response": each.response,
                "duration_ms": each.duration_ms,
            }
            for each in attempts
        ],
    }
