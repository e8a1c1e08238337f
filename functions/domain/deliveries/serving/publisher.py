"""One more publication of a row: claim, publish, store the message ID."""

from __future__ import annotations

from datetime import datetime

from functions.domain.deliveries.first_publication import publish_message
from functions.domain.deliveries.outcome import end
from functions.domain.deliveries.publication import claim, record_publication
from functions.domain.deliveries.row import Reason, Row, Trigger
from functions.domain.deliveries.serving.run_context import Event, RunContext
from functions.domain.deliveries.webhook_state import Recipient


def publish(
    context: RunContext, recipient: Recipient, row: Row, token: str, trigger: Trigger
) -> datetime | None:
    """Publish a row's event for its webhook; return when, or None where the row has no need of it any more.

    A kill after the claim leaves a row whose deadline is near.
    """
    claimed = _claim(context, row, token, trigger)
    if claimed is None:
        return None
    event = context.deliveries.find_event(row.event_id)
    if event is None:
        now = context.clock()
        context.change_row(
            claimed, lambda each: end(each, Reason.DOCUMENT_EXPIRED, now) if each.claim == token else each
        )
        return None
    message = publish_message(
        context.deliveries,
        context.sns,
        event,
        recipient.topic_arn,
        [recipient.webhook_id],
        claim=token,
        clock=context.clock,
    )
    context.change_row(
        claimed,
        lambda each: record_publication(
            each, token, message.sns_message_id, message.published_at, context.timing
        ),
    )
    context.report.add(Event.PUBLISHED)
    return message.published_at


def _claim(context: RunContext, row: Row, token: str, trigger: Trigger) -> Row | None:
    claimed = claim(row, token, trigger, context.clock())
    if claimed is None:
        return None
    saved = context.deliveries.save_row(claimed)
    if saved is not None:
        return saved
    # The first answer may have been lost and the claim be one's own, or another run may have been faster.
    current = context.deliveries.find_row(row.webhook_id, row.key)
    return current if current is not None and current.claim == token else None
