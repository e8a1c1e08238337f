"""Publications that no signal has ended: searched for in the log groups, then made once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.domain.deliveries.outcome import owed_again
from functions.domain.deliveries.row import Row, Trigger
from functions.domain.deliveries.serving.late_signals import apply_late, change_overdue, is_overdue
from functions.domain.deliveries.serving.ports import OpenPublication
from functions.domain.deliveries.serving.run_context import Event, RunContext
from functions.domain.deliveries.silence import defer, given_up, postpone, resend
from functions.domain.deliveries.webhook_state import Recipient, unsubscribe

# A filter pattern has 1,024 characters at most, and the comparison with a message ID takes 68:
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
SEARCHED_AT_ONCE = 14
# Of a run; the rest of it is for the webhooks that have work.
_SECONDS_FOR_WEBHOOKS = 30.0
# Deliveries have been seen 45 minutes late without a failure.
_LATE_ENTRY = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentRow:
    """A row whose publication has no final signal."""

    row: Row
    recipient: Recipient
    sns_message_id: str


class Silence:
    """What a run does about silent rows."""

    def __init__(self, context: RunContext) -> None:
        self._context = context
        self._gone: dict[str, bool] = {}

    def hold(self, silent: Sequence[SilentRow]) -> None:
        """Defer rows while the signal path is broken."""
        now = self._context.clock()
        for each in silent:
            change_overdue(self._context, each.row, lambda row: defer(row, now))
        self._context.report.add(Event.DEFERRED, len(silent))

    def search_and_resend(self, searched: Sequence[SilentRow]) -> None:
        """Apply what the log groups have of these rows, and publish the others once more.

        A search may take long. What there is no time for is left for the next run.
        """
        for topic_arn in dict.fromkeys(each.recipient.topic_arn for each in searched):
            of_topic = [each for each in searched if each.recipient.topic_arn == topic_arn]
            for start in range(0, len(of_topic), SEARCHED_AT_ONCE):
                if self._context.seconds_left() < _SECONDS_FOR_WEBHOOKS:
                    return
                self._search_and_resend(of_topic[start : start + SEARCHED_AT_ONCE])

    def _search_and_resend(self, searched: Sequence[SilentRow]) -> None:
        """Search for some rows of one topic; an error defers them, so that others have their turn."""
        try:
            silent = self._search(searched)
            if silent:
                self._resend(silent)
        except Exception as error:  # noqa: BLE001 - noted, and tried again
            self._context.report.fail(error)
            now = self._context.clock()
            for each in searched:
                change_overdue(self._context, each.row, lambda row: postpone(row, now))

    def _search(self, searched: Sequence[SilentRow]) -> list[SilentRow]:
        """Apply what the log groups have; return the rows that they have nothing final for."""
        publications = [self._publication(each) for each in searched]
        signals = self._context.signal_log.search(publications)
        silent = []
        for each in searched:
            row = each.row
            for signal in signals:
                is_its = signal.webhook_id == row.webhook_id and signal.sns_message_id == each.sns_message_id
                if is_its:
                    row = apply_late(self._context, row, each.recipient, replace(signal, claim=row.claim))
            ending = given_up(row, each.sns_message_id)
            if ending is not None:
                row = apply_late(self._context, row, each.recipient, ending)
            if is_overdue(row, self._context.clock()):
                silent.append(replace(each, row=row))
            else:
                self._context.report.add(Event.ANSWERED_LATE)
        return silent

    def _publication(self, silent: SilentRow) -> OpenPublication:
        published_at = silent.row.published_at or silent.row.created_at
        longest_delivery = timedelta(seconds=self._context.timing.longest_delivery_seconds)
        return OpenPublication(
            webhook_id=silent.row.webhook_id,
            sns_message_id=silent.sns_message_id,
            topic_arn=silent.recipient.topic_arn,
            published_at=published_at,
            until=published_at + longest_delivery + _LATE_ENTRY,
        )

    def _resend(self, silent: Sequence[SilentRow]) -> None:
        """Publish silent rows once more, unless so many are silent that the signals must be missing."""
        context, now = self._context, self._context.clock()
        newly = sum(each.row.silent_at is None for each in silent)
        context.report.add(Event.SILENT, newly)
        if newly:
            context.counters.count_signals(now, silent=newly)
        resendable = context.counters.signal_counts(now).resendable
        count = len(silent) if resendable is None else min(resendable, len(silent))
        for each in silent[:count]:
            self._resend_one(each, now)
        if count:
            context.report.add(Event.RESENT, count)
            context.counters.count_signals(now, resent=count)
        self.hold(silent[count:])

    def _resend_one(self, silent: SilentRow, now: datetime) -> None:
        context = self._context
        context.wake(silent.recipient, now)
        if self._is_gone(silent.recipient):
            change_overdue(
                context, silent.row, lambda row: owed_again(row, Trigger.SILENCE, restart_schedule=False)
            )
        else:
            change_overdue(context, silent.row, lambda row: resend(row, now, context.timing))

    def _is_gone(self, recipient: Recipient) -> bool:
        """Whether SNS has no subscription any more: the webhook is then unsubscribed."""
        known = self._gone.get(recipient.webhook_id)
        if known is not None:
            return known
        now = self._context.clock()
        is_gone = self._context.sns.pending_confirmation(recipient) is None
        if is_gone:
            self._context.change_state(recipient.webhook_id, lambda state: unsubscribe(state, recipient, now))
        self._gone[recipient.webhook_id] = is_gone
        return is_gone
