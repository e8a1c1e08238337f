"""Why a webhook receives nothing, or not everything."""

from __future__ import annotations

from datetime import datetime

from functions.domain.deliveries.webhook_state import DisabledReason, WebhookState
from functions.domain.handshake import explain_handshake
from functions.domain.pending_subscription import PendingSubscription
from ops.instants import moment
from ops.tables import KnownWebhook
from ops.trace.entry import answer_text

_UNTIL_ACTIVE = "until its client PATCHes its status to active."


def reason_of(webhook: KnownWebhook, pending: PendingSubscription | None, now: datetime) -> str:
    """Return why a webhook's status is what it is, "" for an active one."""
    state = webhook.state
    if webhook.status == "pending_confirmation":
        return explain_handshake(webhook.subscription_arn, pending, now)
    if webhook.status == "unsubscribed":
        return (
            "SNS has no subscription any more: the endpoint has visited the UnsubscribeURL, or never "
            "confirmed. Its client must register the URL again."
        )
    if webhook.status == "paused":
        return "Its client has paused it."
    if state is None:
        return ""
    if webhook.status == "disabled":
        return f"{_disabled(state)} {_last_failure(state, now)}".strip()
    if webhook.status == "failing":
        events = f"{state.failures_in_row} failures in a row: one event at a time is tried."
        return f"{events} {_last_failure(state, now)}".strip()
    return ""


def since_of(webhook: KnownWebhook) -> datetime | None:
    """Return since when a webhook has been failing, disabled or unsubscribed, where that is known."""
    state = webhook.state
    if state is None:
        return None
    times = {
        "failing": state.failing_since,
        "disabled": state.disabled_at,
        "unsubscribed": state.unsubscribed_at,
    }
    return times.get(webhook.status)


def _disabled(state: WebhookState) -> str:
    if state.disabled_reason is DisabledReason.GONE:
        return f"It answered 410, so it was disabled {_UNTIL_ACTIVE}"
    return f"It failed for days without a success, so it was disabled {_UNTIL_ACTIVE}"


def _last_failure(state: WebhookState, now: datetime) -> str:
    failure = state.last_failure
    if failure is None:
        return ""
    answered = answer_text(failure.status, failure.response)
    return f"Last answer: {answered}, {moment(failure.at, now)}."
