"""Webhooks that receive nothing now: unconfirmed, paused, disabled, unsubscribed or deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from functions.domain.deliveries.due import wait_ends_at
from functions.domain.deliveries.row import Reason
from functions.domain.deliveries.serving.turn import Turn
from functions.domain.deliveries.webhook_state import Recipient, Standing, unsubscribe

_ROWS_A_TURN = 100
# Less than the minute between two runs, so that each of them looks at the subscription.
_CONFIRMATION_INTERVAL = timedelta(seconds=30)
# Nobody reports that the client has subscribed again.
_SUBSCRIPTION_INTERVAL = timedelta(minutes=10)
# SNS deletes an unconfirmed subscription after 48 hours:
# https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html
_UNCONFIRMED_KEPT = timedelta(hours=49)


def confirm(turn: Turn, recipient: Recipient) -> Recipient:
    """Ask SNS for the webhook's confirmation; return the webhook as it is now.

    It is unsubscribed where the subscription is gone, or still unconfirmed when SNS should have deleted it.
    """
    now = turn.context.clock()
    is_pending = turn.context.sns.pending_confirmation(recipient)
    if is_pending is False:
        return turn.context.recipients.confirm(recipient, now)
    waiting_since = turn.state.waiting_since or now
    if is_pending is None or now - waiting_since > _UNCONFIRMED_KEPT:
        turn.save(unsubscribe(turn.state, recipient, now))
    return recipient


def wait(turn: Turn, standing: Standing) -> datetime | None:
    """End the rows that have waited for too long; return the present where there may be more of them."""
    now = turn.context.clock()
    waiting_since = turn.state.waiting_since or now
    turn.state = replace(turn.state, waiting_since=waiting_since)
    confirmed_at = now + _CONFIRMATION_INTERVAL if standing is Standing.PENDING_CONFIRMATION else None
    subscribed_at = now + _SUBSCRIPTION_INTERVAL if standing is Standing.UNSUBSCRIBED else None
    entries = turn.scan.take(_ROWS_A_TURN, lambda _: True)
    for entry in entries:
        row = turn.waiting_row(entry.key)
        if row is None:
            continue
        ends_at = wait_ends_at(row, waiting_since)
        if ends_at > now:
            turn.rest(confirmed_at, subscribed_at, ends_at)
            return None
        turn.end_row(row, Reason.WAITED_TOO_LONG)
    if len(entries) == _ROWS_A_TURN:
        return now
    turn.rest(confirmed_at)
    return None


def end_rows(turn: Turn) -> datetime | None:
    """End the rows of a webhook that was deleted; return the present where there may be more of them."""
    entries = turn.scan.take(_ROWS_A_TURN, lambda _: True)
    for entry in entries:
        turn.waiting_row(entry.key)
    if len(entries) == _ROWS_A_TURN:
        return turn.context.clock()
    turn.state = replace(turn.state, probe=None, jobs=())
    turn.rest()
    return None
