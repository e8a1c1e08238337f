"""Read every webhook with its health, those that need attention first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from functions.domain.handshake import RETRIED_FOR
from functions.domain.pending_subscription import PendingSubscription
from ops.deliveries import oldest_waiting_event
from ops.instants import read_instant
from ops.parallel import in_parallel
from ops.tables import KnownWebhook, all_webhooks, require_webhook, webhooks_of_client, webhooks_table
from ops.target import Target
from ops.webhooks.reasons import reason_of, since_of

# Their events wait for somebody; a paused webhook is as its client wants it.
_RANK = {"failing": 0, "disabled": 1, "unsubscribed": 2, "pending_confirmation": 3, "paused": 4}
_NEED_ATTENTION = ("failing", "disabled", "unsubscribed", "pending_confirmation")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookHealth:
    """A webhook, why it is not active, since when, and the oldest event that waits for it."""

    webhook: KnownWebhook
    reason: str
    since: datetime | None
    oldest_waiting: datetime | None
    needs_attention: bool
    """Whether its events wait, not because its client wants that, and not for a confirmation just sent."""


def read_webhooks(
    target: Target, *, client_id: str | None = None, webhook_id: str | None = None
) -> list[WebhookHealth]:
    """Return one webhook, a client's, or all; raise `NothingFound` where there is none of that ID."""
    return health_of(target, _known(target, client_id, webhook_id))


def health_of(target: Target, webhooks: Iterable[KnownWebhook]) -> list[WebhookHealth]:
    """Return webhooks with their health, those that need attention first."""
    known = sorted(webhooks, key=_rank)
    pending = _pending(target, known)
    read_at = target.now()

    def look(webhook: KnownWebhook) -> WebhookHealth:
        return WebhookHealth(
            webhook=webhook,
            reason=reason_of(webhook, pending.get(webhook.webhook_id), read_at),
            since=since_of(webhook),
            oldest_waiting=_oldest_waiting(target, webhook),
            needs_attention=webhook.status in _NEED_ATTENTION
            and not is_recent(pending.get(webhook.webhook_id), read_at),
        )

    return in_parallel(look, known)


def _known(target: Target, client_id: str | None, webhook_id: str | None) -> Sequence[KnownWebhook]:
    if webhook_id is not None:
        return [require_webhook(target, webhook_id, client_id)]
    return webhooks_of_client(target, client_id) if client_id is not None else all_webhooks(target)


def is_recent(pending: PendingSubscription | None, now: datetime) -> bool:
    """Whether SNS still tries to deliver a confirmation."""
    return pending is not None and now - read_instant(pending.requested_at) < RETRIED_FOR


def _pending(target: Target, known: Iterable[KnownWebhook]) -> Mapping[str, PendingSubscription]:
    """Return the unconfirmed subscriptions of the clients that have a pending webhook."""
    clients = sorted({each.client_id for each in known if each.status == "pending_confirmation"})
    table = webhooks_table(target)
    found = in_parallel(table.pending_of, clients)
    return {webhook_id: each for pending in found for webhook_id, each in pending.subscriptions.items()}


def _oldest_waiting(target: Target, webhook: KnownWebhook) -> datetime | None:
    # An active webhook may refuse single events, which then wait for their next publication.
    if webhook.status == "active" and (webhook.state is None or webhook.state.work_at is None):
        return None
    time = oldest_waiting_event(target, webhook.webhook_id)
    return None if time is None else read_instant(time)


def _rank(webhook: KnownWebhook) -> tuple[int, str, str]:
    return _RANK.get(webhook.status, len(_RANK)), webhook.client_id, webhook.webhook_id
