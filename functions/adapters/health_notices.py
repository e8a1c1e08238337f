"""The opt-in events `webhook.failing`, `webhook.recovered` and `webhook.disabled`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.recipients import Recipients
from functions.domain.deliveries.changes import state_for
from functions.domain.deliveries.first_publication import Publisher
from functions.domain.deliveries.health import Notice
from functions.domain.deliveries.row import Trigger
from functions.domain.deliveries.webhook_state import (
    Recipient,
    Standing,
    WebhookState,
    standing_of,
)
from functions.domain.event import webhook_health_event
from functions.domain.instant import timestamp


@dataclass(frozen=True, kw_only=True)
class HealthNotices:
    """Informs those of a client's other webhooks that receive events now and want the type."""

    deliveries: DeliveriesTable
    recipients: Recipients
    publisher: Publisher

    def send(self, notice: Notice) -> None:
        """Publish the event; a second one of its type within the hour has its ID and is not published."""
        changed = notice.state
        wanted = [
            each.recipient
            for each in self.recipients.of_client(changed.client_id)
            if notice.type in each.event_types and each.recipient.webhook_id != changed.webhook_id
        ]
        if not wanted:
            return
        states = self.deliveries.find_states([each.webhook_id for each in wanted])
        active = [each for each in wanted if _is_active(each, states.get(each.webhook_id), notice.at)]
        if not active:
            return
        event = webhook_health_event(
            changed.client_id,
            changed.webhook_id,
            notice.type,
            time=timestamp(notice.at),
            data=_data(changed),
        )
        self.publisher.publish_to(event, active, Trigger.ORDER)


def _is_active(recipient: Recipient, state: WebhookState | None, now: datetime) -> bool:
    return standing_of(recipient, state_for(recipient, state, now)) is Standing.ACTIVE


def _data(state: WebhookState) -> dict[str, Any]:
    failure = state.last_failure
    last_failure = None
    if failure is not None:
        last_failure = {**asdict(failure), "at": timestamp(failure.at)}
        # What the receiver answered may be a page: the API shows it.
        del last_failure["response"]
    return {"reason": state.disabled_reason, "last_failure": last_failure}
