"""A client's own request for an event that may have been sent before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from functions.domain.deliveries.changes import change_row, state_for, wake_webhook
from functions.domain.deliveries.first_publication import (
    Deliveries,
    Topics,
    new_row,
    publish_message,
    stored_event,
)
from functions.domain.deliveries.outcome import owed_again
from functions.domain.deliveries.publication import claim, record_publication
from functions.domain.deliveries.row import Row, RowState, Trigger
from functions.domain.deliveries.stored import StoredEvent
from functions.domain.deliveries.timing import Timing
from functions.domain.deliveries.webhook_state import Recipient, standing_of
from functions.domain.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeater:
    """Publishes an event again under the same ID, to each webhook alone."""

    deliveries: Deliveries
    topics: Topics
    clock: Callable[[], datetime]
    new_token: Callable[[], str]
    timing: Timing

    def repeat(
        self, event: Event, recipients: Sequence[Recipient], *, addressed: Sequence[Recipient]
    ) -> list[str]:
        """Publish an event for these webhooks, and return the SNS message IDs.

        `addressed` are the webhooks that the event is for: where it has not been published yet, its first
        publication is still for all of them. A webhook that receives nothing now, since it is paused for
        example, gets it when it does again. A row that is delivered stays so.
        """
        if not recipients:
            return []
        now = self.clock()
        wanted = stored_event(event, addressed)
        stored = self.deliveries.create_event(wanted, now) or wanted
        states = self.deliveries.find_states([each.webhook_id for each in recipients])
        published = []
        for recipient in recipients:
            state = states.get(recipient.webhook_id)
            is_waiting = standing_of(recipient, state_for(recipient, state, now)).is_waiting
            # Before the row: a function that is killed in between leaves it to redeliver.
            wake_webhook(self.deliveries, recipient, state, now)
            (row,) = self.deliveries.create_rows([new_row(stored, recipient, Trigger.REDELIVER, now)])
            if is_waiting:
                change_row(self.deliveries, row, partial(_owed, recipient))
            else:
                published.append(self._publish(stored, recipient, row))
        return published

    def _publish(self, event: StoredEvent, recipient: Recipient, row: Row) -> str:
        token, now = self.new_token(), self.clock()
        claimed = change_row(
            self.deliveries,
            row,
            lambda each: claim(_of(recipient, each), token, Trigger.REDELIVER, now) or each,
        )
        message = publish_message(
            self.deliveries,
            self.topics,
            event,
            recipient.topic_arn,
            [recipient.webhook_id],
            claim=token,
            clock=self.clock,
        )
        change_row(
            self.deliveries,
            claimed or row,
            lambda each: record_publication(
                each, token, message.sns_message_id, message.published_at, self.timing
            ),
        )
        return message.sns_message_id


def _owed(recipient: Recipient, row: Row) -> Row:
    """Return the row due when the webhook receives events again, unless it is already, or is delivered."""
    is_due = row.state in (RowState.OWED, RowState.PENDING) and row.registration == recipient.registration
    if is_due or row.state is RowState.DELIVERED:
        return row
    return owed_again(_of(recipient, row), Trigger.REDELIVER, restart_schedule=True)


def _of(recipient: Recipient, row: Row) -> Row:
    """Return the row as one of the webhook's present registration: those of an earlier one are ended."""
    return replace(row, registration=recipient.registration)
