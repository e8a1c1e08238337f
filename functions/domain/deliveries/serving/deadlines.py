"""Publications whose final signal has not come in time."""

from __future__ import annotations

from functions.domain.deliveries.outcome import end, owed_again
from functions.domain.deliveries.row import Reason, Row
from functions.domain.deliveries.serving.late_signals import apply_late, change_overdue, is_overdue
from functions.domain.deliveries.serving.run_context import Event, RunContext
from functions.domain.deliveries.serving.silent_rows import Silence, SilentRow
from functions.domain.deliveries.silence import given_up
from functions.domain.deliveries.webhook_state import Recipient

_PAGE = 100


class Deadlines:
    """Processes the rows whose deadline has passed, page by page."""

    def __init__(self, context: RunContext) -> None:
        self._context = context
        self._done: set[tuple[str, str]] = set()
        self._recipients: dict[tuple[str, str], Recipient | None] = {}
        self._silence = Silence(context)

    def process(self, seconds: float) -> None:
        """Process pages until none is left or so much time is used up."""
        leave_seconds = self._context.seconds_left() - seconds
        while self._context.seconds_left() > max(0.0, leave_seconds):
            overdue = self._context.schedule.overdue_rows(self._context.clock(), _PAGE)
            page = [each for each in overdue if each not in self._done]
            if not page:
                return
            self._done.update(page)
            self._process_page(page)

    def _process_page(self, page: list[tuple[str, str]]) -> None:
        candidates = [each for each in (self._candidate(*key) for key in page) if each is not None]
        counts = self._context.counters.signal_counts(self._context.clock())
        # While the path is known to be broken, the log groups are searched only once for each publication.
        held = [each for each in candidates if each.row.silent_at is not None and counts.is_path_broken]
        searched = [each for each in candidates if each not in held]
        self._silence.hold(held)
        self._silence.search_and_resend(searched)

    def _candidate(self, webhook_id: str, key: str) -> SilentRow | None:
        """Return the row where it is silent, after everything else that a deadline can mean was done."""
        row = self._context.deliveries.find_row(webhook_id, key)
        now = self._context.clock()
        if row is None or not is_overdue(row, now):
            return None
        recipient = self._recipient(row)
        if recipient is None or recipient.registration != row.registration:
            change_overdue(self._context, row, lambda each: end(each, Reason.WEBHOOK_DELETED, now))
            return None
        sns_message_id = self._message_id(row, recipient)
        if sns_message_id is None:
            self._context.wake(recipient, now)
            change_overdue(
                self._context, row, lambda each: owed_again(each, each.trigger, restart_schedule=False)
            )
            self._context.report.add(Event.INTERRUPTED)
            return None
        signal = given_up(row, sns_message_id)
        if signal is not None:
            apply_late(self._context, row, recipient, signal)
            return None
        return SilentRow(row=row, recipient=recipient, sns_message_id=sns_message_id)

    def _message_id(self, row: Row, recipient: Recipient) -> str | None:
        """Return the message ID of the row's publication, or None where none is known."""
        if row.sns_message_id is not None or row.published_at is None:
            return row.sns_message_id
        event = self._context.deliveries.find_event(row.event_id)
        return None if event is None else event.topics_published.get(recipient.topic_arn)

    def _recipient(self, row: Row) -> Recipient | None:
        key = (row.client_id, row.webhook_id)
        if key not in self._recipients:
            self._recipients[key] = self._context.recipients.find(*key)
        return self._recipients[key]
