"""An event's first publication: a row for each recipient, then one SNS message for each topic concerned.

Killed between any two steps and repeated, it loses nothing: what exists is never changed, and a topic whose
publication is not recorded is published to once more, under the same event ID.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.domain.deliveries.changes import Versioned, state_for, wake_webhook
from functions.domain.deliveries.envelope import md5_of
from functions.domain.deliveries.publication import first_claim, publishing
from functions.domain.deliveries.row import Row, RowState, Trigger
from functions.domain.deliveries.stored import Message, StoredEvent
from functions.domain.deliveries.timing import Timing
from functions.domain.deliveries.webhook_state import Recipient, Standing, WebhookState, standing_of
from functions.domain.event import AUDIENCE_ALL, Event


class Messages(Protocol):
    """Where messages are stored."""

    def put_message(self, message: Message) -> None: ...  # noqa: D102


class Deliveries(Versioned, Messages, Protocol):
    """Where events, rows and messages are stored."""

    def create_event(self, event: StoredEvent, now: datetime) -> StoredEvent | None: ...  # noqa: D102

    def create_rows(self, rows: Sequence[Row]) -> list[Row]: ...  # noqa: D102

    def find_states(self, webhook_ids: Sequence[str]) -> dict[str, WebhookState]: ...  # noqa: D102

    def record_topic(self, event_id: str, topic_arn: str, sns_message_id: str) -> None: ...  # noqa: D102


class Topics(Protocol):
    """The SNS topics."""

    def publish(self, topic_arn: str, event: StoredEvent, audience: Sequence[str]) -> str:
        """Publish an event and return the SNS message ID."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Publishes new events. `first_topic_arn` is the topic of subscribers that the operator has added."""

    deliveries: Deliveries
    topics: Topics
    clock: Callable[[], datetime]
    timing: Timing
    first_topic_arn: str

    def publish(self, event: Event, recipients: Sequence[Recipient]) -> list[str]:
        """Publish an event for its recipients, and for everybody else; return the SNS message IDs."""
        stored = stored_event(event, recipients)
        if not recipients:
            return [self.topics.publish(self.first_topic_arn, stored, [AUDIENCE_ALL])]
        return self._publish(stored, recipients, Trigger.ORDER, {self.first_topic_arn: [AUDIENCE_ALL]})

    def publish_to(self, event: Event, recipients: Sequence[Recipient], trigger: Trigger) -> list[str]:
        """Publish an event for these webhooks alone, whatever they wait for; return the SNS message IDs."""
        return self._publish(stored_event(event, recipients), recipients, trigger, {})

    def _publish(
        self,
        event: StoredEvent,
        recipients: Sequence[Recipient],
        trigger: Trigger,
        audiences: dict[str, list[str]],
    ) -> list[str]:
        now = self.clock()
        stored = self.deliveries.create_event(event, now) or event
        # A retry addresses whom the first run has, also where webhooks were registered meanwhile.
        addressed = [each for each in recipients if each.webhook_id in stored.webhook_ids]
        rows = self._create_rows(stored, addressed, trigger, now)
        claim = first_claim(stored.event_id)
        for recipient, row in zip(addressed, rows, strict=True):
            if row.state is RowState.PENDING and row.claim == claim:
                audiences.setdefault(recipient.topic_arn, []).insert(0, row.webhook_id)
        published = dict(stored.topics_published)
        for topic_arn, audience in audiences.items():
            if topic_arn not in published:
                published[topic_arn] = self._publish_to_topic(topic_arn, stored, audience, claim)
        return list(published.values())

    def _create_rows(
        self, event: StoredEvent, recipients: Sequence[Recipient], trigger: Trigger, now: datetime
    ) -> list[Row]:
        states = self.deliveries.find_states([each.webhook_id for each in recipients])
        rows = []
        for recipient in recipients:
            state = states.get(recipient.webhook_id)
            row = new_row(event, recipient, trigger, now)
            if trigger is Trigger.ORDER and not _is_active(recipient, state, now):
                wake_webhook(self.deliveries, recipient, state, now)
            else:
                row = publishing(row, now, self.timing)
            rows.append(row)
        return self.deliveries.create_rows(rows)

    def _publish_to_topic(
        self, topic_arn: str, event: StoredEvent, audience: Sequence[str], claim: str
    ) -> str:
        message = publish_message(
            self.deliveries, self.topics, event, topic_arn, audience, claim=claim, clock=self.clock
        )
        self.deliveries.record_topic(event.event_id, topic_arn, message.sns_message_id)
        return message.sns_message_id


def publish_message(
    messages: Messages,
    topics: Topics,
    event: StoredEvent,
    topic_arn: str,
    audience: Sequence[str],
    *,
    claim: str,
    clock: Callable[[], datetime],
) -> Message:
    """Publish an event, and store what the SNS message has published."""
    sns_message_id = topics.publish(topic_arn, event, audience)
    message = Message(
        sns_message_id=sns_message_id,
        event_id=event.event_id,
        event_time=event.event_time,
        claim=claim,
        webhook_ids=tuple(each for each in audience if each != AUDIENCE_ALL),
        published_at=clock(),
    )
    messages.put_message(message)
    return message


def stored_event(event: Event, recipients: Sequence[Recipient]) -> StoredEvent:
    """Return an event as it is stored, with its recipients."""
    document = event.message()
    return StoredEvent(
        event_id=event.id,
        client_id=event.client_id,
        event_type=event.type,
        subject=event.subject,
        event_time=event.time,
        document=document,
        md5=md5_of(document),
        webhook_ids=tuple(each.webhook_id for each in recipients),
    )


def new_row(event: StoredEvent, recipient: Recipient, trigger: Trigger, now: datetime) -> Row:
    """Return a row that is owed."""
    return Row(
        webhook_id=recipient.webhook_id,
        event_id=event.event_id,
        event_time=event.event_time,
        client_id=event.client_id,
        registration=recipient.registration,
        event_type=event.event_type,
        subject=event.subject,
        document_md5=event.md5,
        state=RowState.OWED,
        trigger=trigger,
        created_at=now,
    )


def _is_active(recipient: Recipient, state: WebhookState | None, now: datetime) -> bool:
    return standing_of(recipient, state_for(recipient, state, now)) is Standing.ACTIVE
