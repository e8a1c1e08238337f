"""What the service knows of a webhook beside what its client has registered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# A wake is good for so long: redeliver looks at a webhook again until two minutes after it.
WAKE_INTERVAL = timedelta(seconds=30)


class Standing(StrEnum):
    """Whether a webhook receives events now, and if not, what its rows wait for."""

    ACTIVE = "active"
    FAILING = "failing"
    PENDING_CONFIRMATION = "pending_confirmation"
    PAUSED = "paused"
    DISABLED = "disabled"
    UNSUBSCRIBED = "unsubscribed"

    @property
    def is_waiting(self) -> bool:
        """Whether nothing is published until the client or its receiver does something."""
        return self not in (Standing.ACTIVE, Standing.FAILING)


class DisabledReason(StrEnum):
    """Why a webhook was disabled."""

    FAILING = "failing"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A webhook as its client has registered it, as far as deliveries depend on it.

    `registration` changes when a URL is registered again; rows belong to one registration.
    """

    client_id: str
    webhook_id: str
    registration: str
    topic_arn: str
    subscription_arn: str | None
    is_paused: bool
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastFailure:
    """The latest failure that counted."""

    at: datetime
    event_id: str
    status: int | None
    response: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """The one event that a failing webhook is tried with.

    `row_key` and `token` are those of its row and its claim. `passed_key` is the row after which the next
    probe is looked for: the last one whose probe was answered.
    """

    row_key: str
    token: str
    passed_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookState:
    """Health, work and rate of one registration of a webhook.

    `failures_in_row` counts different events since the last success, and `failed_attempts` what SNS has tried
    of them; the first failed at `failures_since`, and `failing_since` is set once they are evidence.
    `work_at` is when redeliver must look at the webhook, None where nothing is due; `woken_at` is when that
    was last asked for. `waiting_since` is when redeliver first found that the webhook waits. SNS had no
    subscription of the ARN `subscription_arn` any more at `unsubscribed_at`.
    `rate_used_until` bounds what is published again. `jobs` are the IDs of recoveries that have not ended.
    """

    client_id: str
    webhook_id: str
    registration: str
    failures_in_row: int = 0
    failed_attempts: int = 0
    failures_since: datetime | None = None
    failing_since: datetime | None = None
    last_failed_event_id: str | None = None
    last_failure: LastFailure | None = None
    last_success_at: datetime | None = None
    disabled_at: datetime | None = None
    disabled_reason: DisabledReason | None = None
    activated_at: datetime | None = None
    released_at: datetime | None = None
    subscription_arn: str | None = None
    unsubscribed_at: datetime | None = None
    waiting_since: datetime | None = None
    probe: Probe | None = None
    rate_used_until: datetime | None = None
    jobs: tuple[str, ...] = ()
    work_at: datetime | None = None
    woken_at: datetime | None = None
    version: int = 0

    @property
    def is_failing(self) -> bool:
        """Whether events are held back but for probes."""
        return self.failing_since is not None


def new_state(recipient: Recipient, now: datetime) -> WebhookState:
    """Return the state of a new registration: redeliver looks for its confirmation."""
    return WebhookState(
        client_id=recipient.client_id,
        webhook_id=recipient.webhook_id,
        registration=recipient.registration,
        subscription_arn=recipient.subscription_arn,
        work_at=now,
        woken_at=now,
    )


def standing_of(recipient: Recipient, state: WebhookState) -> Standing:
    """Return whether a webhook receives events, or why not."""
    if state.unsubscribed_at is not None and state.subscription_arn == recipient.subscription_arn:
        return Standing.UNSUBSCRIBED
    if recipient.confirmed_at is None:
        return Standing.PENDING_CONFIRMATION
    if recipient.is_paused:
        return Standing.PAUSED
    if state.disabled_at is not None:
        return Standing.DISABLED
    return Standing.FAILING if state.is_failing else Standing.ACTIVE


def unsubscribe(state: WebhookState, recipient: Recipient, now: datetime) -> WebhookState:
    """Return the state where SNS has the recipient's subscription no longer."""
    if standing_of(recipient, state) is Standing.UNSUBSCRIBED:
        return state
    return replace(state, subscription_arn=recipient.subscription_arn, unsubscribed_at=now)


def follow_subscription(state: WebhookState, recipient: Recipient) -> WebhookState:
    """Return the state with the recipient's subscription: a new one is waited for from the start."""
    if state.subscription_arn == recipient.subscription_arn:
        return state
    return replace(
        state, subscription_arn=recipient.subscription_arn, unsubscribed_at=None, waiting_since=None
    )


def wake(state: WebhookState, at: datetime, now: datetime) -> WebhookState:
    """Return the state with work no later than at `at`.

    It is a change even where there is earlier work: redeliver stores that nothing is left to do only on the
    condition that the state is as it has read it.
    """
    work_at = at if state.work_at is None else min(at, state.work_at)
    return replace(state, work_at=work_at, woken_at=now)
