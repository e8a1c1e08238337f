"""Whether a webhook is failing or disabled.

Two different events in a row that ended in 429, 5xx or no answer make it failing: one event that a receiver
never takes says nothing of the others, and a lost signal says nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from functions.domain.deliveries.publication import is_current
from functions.domain.deliveries.row import Reason, Row, RowState
from functions.domain.deliveries.signal import GONE_STATUS, Signal, SignalKind, is_unavailable
from functions.domain.deliveries.timing import Timing
from functions.domain.deliveries.webhook_state import DisabledReason, LastFailure, WebhookState, wake

NoticeType = Literal["webhook.failing", "webhook.recovered", "webhook.disabled"]

_EVENTS_UNTIL_FAILING = 2
# Where SNS hardly retries, two events are little evidence: where 5 % of attempts fail, two in a row soon do,
# and five do not.
_ATTEMPTS_UNTIL_FAILING = 5
# A success is stored at most once in this time, so a failure less than this after it may be an older one.
_SUCCESS_INTERVAL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the client's other webhooks are informed of, at most once per webhook, type and hour.

    It is sent before the state is stored, and again where that fails.
    """

    type: NoticeType
    state: WebhookState
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthChange:
    """A webhook's state after a signal."""

    state: WebhookState
    notice: Notice | None = None


def apply_health(state: WebhookState, row: Row, signal: Signal, now: datetime) -> HealthChange:
    """Return what a signal makes of a webhook's health; `row` is the row that `outcome.apply` has returned.

    Signals that are older than what the state rests on change nothing.
    """
    if row.registration != state.registration:
        return HealthChange(state=state)
    if signal.kind is SignalKind.SUCCESS:
        return succeed(state, signal.at, now)
    if signal.status == GONE_STATUS and not row.is_sent_once:
        return _disable_gone(state, signal, now)
    if _ended_unavailable(row, signal):
        return _fail(state, row, now)
    return HealthChange(state=state)


def review(state: WebhookState, now: datetime, timing: Timing) -> HealthChange:
    """Disable a webhook that has been failing for too long."""
    if state.failing_since is None or state.disabled_at is not None:
        return HealthChange(state=state)
    if now - state.failing_since < timing.disable_after:
        return HealthChange(state=state)
    return _disable(state, DisabledReason.FAILING, now)


def activate(state: WebhookState, now: datetime) -> WebhookState:
    """Return the state after its client has resumed or re-enabled it: everything that waits is due."""
    return wake(
        replace(_recovered(state, now), disabled_at=None, disabled_reason=None, activated_at=now), now, now
    )


def succeed(state: WebhookState, at: datetime, now: datetime) -> HealthChange:
    """Return the state after a success at `at`, which ends `failing` unless the failures are younger."""
    is_older = state.failures_since is not None and at < state.failures_since
    if is_older or (state.failures_since is None and not _is_new_success(state, at)):
        return HealthChange(state=state)
    last_success_at = at if state.last_success_at is None else max(at, state.last_success_at)
    if not state.is_failing:
        after = replace(
            state,
            last_success_at=last_success_at,
            failures_in_row=0,
            failed_attempts=0,
            failures_since=None,
            last_failed_event_id=None,
        )
        return HealthChange(state=after)
    after = wake(replace(_recovered(state, now), last_success_at=last_success_at), now, now)
    return _noticed(after, "webhook.recovered", now)


def _is_new_success(state: WebhookState, at: datetime) -> bool:
    return state.last_success_at is None or at - state.last_success_at >= _SUCCESS_INTERVAL


def _recovered(state: WebhookState, now: datetime) -> WebhookState:
    return replace(
        state,
        failures_in_row=0,
        failed_attempts=0,
        failures_since=None,
        failing_since=None,
        last_failed_event_id=None,
        probe=None,
        released_at=now,
    )


def _ended_unavailable(row: Row, signal: Signal) -> bool:
    """Whether the row's latest publication has ended, and its last attempt is known to say why."""
    has_ended = row.reason is Reason.UNAVAILABLE or (
        row.state is RowState.DEAD and row.reason is Reason.SCHEDULE_EXHAUSTED
    )
    last = row.last_attempt
    return (
        has_ended
        and not row.is_sent_once
        and last is not None
        and last.sns_message_id == signal.sns_message_id
        and is_unavailable(last.status)
        and is_current(row, signal)
    )


def _fail(state: WebhookState, row: Row, now: datetime) -> HealthChange:
    last = row.last_attempt
    if last is None or row.event_id == state.last_failed_event_id:
        return HealthChange(state=state)
    if state.last_success_at is not None and last.at < state.last_success_at + _SUCCESS_INTERVAL:
        return HealthChange(state=state)
    if state.activated_at is not None and last.at < state.activated_at:
        return HealthChange(state=state)
    failed = replace(
        state,
        failures_in_row=state.failures_in_row + 1,
        failed_attempts=state.failed_attempts + last.number,
        failures_since=_earliest(state.failures_since, last.at),
        last_failed_event_id=row.event_id,
        last_failure=LastFailure(
            at=last.at, event_id=row.event_id, status=last.status, response=last.response
        ),
    )
    is_evidence = (
        failed.failures_in_row >= _EVENTS_UNTIL_FAILING and failed.failed_attempts >= _ATTEMPTS_UNTIL_FAILING
    )
    if failed.is_failing or not is_evidence:
        return HealthChange(state=failed)
    failing = wake(replace(failed, failing_since=failed.failures_since, probe=None), now, now)
    return _noticed(failing, "webhook.failing", now)


def _earliest(first: datetime | None, second: datetime) -> datetime:
    return second if first is None else min(first, second)


def _disable_gone(state: WebhookState, signal: Signal, now: datetime) -> HealthChange:
    published_at = signal.published_at or signal.at
    is_older = state.activated_at is not None and published_at < state.activated_at
    if state.disabled_at is not None or is_older:
        return HealthChange(state=state)
    return _disable(state, DisabledReason.GONE, now)


def _disable(state: WebhookState, reason: DisabledReason, now: datetime) -> HealthChange:
    disabled = wake(replace(state, disabled_at=now, disabled_reason=reason, probe=None), now, now)
    return _noticed(disabled, "webhook.disabled", now)


def _noticed(state: WebhookState, type_: NoticeType, now: datetime) -> HealthChange:
    return HealthChange(state=state, notice=Notice(type=type_, state=state, at=now))
