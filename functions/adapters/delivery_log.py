"""The log groups of SNS's deliveries, searched for entries that no subscription filter has brought."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from functions.domain.deliveries.log_entry import LogEntry, UnreadableEntry, read_entry
from functions.domain.deliveries.serving.ports import OpenPublication
from functions.domain.deliveries.signal import Signal

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

    from functions.adapters.deliveries_table import DeliveriesTable
    from functions.adapters.destinations import Destinations

# Of one log group; a run has 50 seconds, and a page can take one of them in which CloudWatch reads what it
# filters. What is not found in this time counts as silent: its event is published once more, and the search
# is counted as cut short.
_MOST_SECONDS = 8.0
# The clocks of SNS and of the function that stored the publication differ a little.
_CLOCK_DIFFERENCE = timedelta(minutes=1)


class DeliveryLog:
    """Implements `functions.domain.deliveries.serving.ports.SignalLog`.

    `cut_short` counts the searches that ended before CloudWatch had read everything.
    """

    def __init__(
        self,
        client: CloudWatchLogsClient,
        deliveries: DeliveriesTable,
        destinations: Destinations,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._deliveries = deliveries
        self._destinations = destinations
        self._seconds = seconds
        self.cut_short = 0

    def search(self, publications: Sequence[OpenPublication]) -> list[Signal]:
        """Return the signals that the log groups have of at most fourteen publications on one topic."""
        (topic_arn,) = {each.topic_arn for each in publications}
        asked = {(each.sns_message_id, each.webhook_id) for each in publications}
        sns_message_ids = list(dict.fromkeys(each.sns_message_id for each in publications))
        since = min(each.published_at for each in publications) - _CLOCK_DIFFERENCE
        until = max(each.until for each in publications)
        entries = [
            entry
            for group in _log_groups(topic_arn)
            for entry in self._entries(group, sns_message_ids, since, until)
        ]
        return [
            entry.signal(webhook_id, None)
            for entry, webhook_id in self._addressed(entries)
            if (entry.sns_message_id, webhook_id) in asked
        ]

    def _addressed(self, entries: Sequence[LogEntry]) -> Iterator[tuple[LogEntry, str]]:
        """Yield the entries with their webhooks.

        Where SNS logs no query, other webhooks' entries of the same message look alike but for the URL.
        """
        unaddressed = (each.sns_message_id for each in entries if each.webhook_id is None)
        messages = self._deliveries.find_messages(unaddressed)
        for entry in entries:
            webhook_id = entry.webhook_id
            message = messages.get(entry.sns_message_id)
            if webhook_id is None and message is not None:
                webhook_id = self._destinations.webhook_of(entry, message)
            if webhook_id is not None:
                yield entry, webhook_id

    def _entries(
        self, group: str, sns_message_ids: Sequence[str], since: datetime, until: datetime
    ) -> Iterator[LogEntry]:
        pages = self._client.get_paginator("filter_log_events").paginate(
            logGroupName=group,
            startTime=int(since.timestamp() * 1000),
            endTime=int(until.timestamp() * 1000),
            filterPattern=_pattern(sns_message_ids),
        )
        end_seconds = self._seconds() + _MOST_SECONDS
        try:
            for page in pages:
                yield from (entry for each in page["events"] if (entry := _entry(each, group)) is not None)
                if self._seconds() >= end_seconds and "nextToken" in page:
                    self.cut_short += 1
                    return
        except self._client.exceptions.ResourceNotFoundException:
            # SNS has nothing to log yet where it makes the group.
            return


def _pattern(sns_message_ids: Sequence[str]) -> str:
    comparisons = (f'$.notification.messageId = "{each}"' for each in sns_message_ids)
    return f"{{ {' || '.join(comparisons)} }}"


def _entry(event: Any, group: str) -> LogEntry | None:  # noqa: ANN401 - the client's own type of an event
    try:
        return read_entry(
            event["message"],
            logged_at=datetime.fromtimestamp(event["timestamp"] / 1000, UTC),
            log_group=group,
        )
    except UnreadableEntry:
        return None


def _log_groups(topic_arn: str) -> tuple[str, str]:
    """Return the names that SNS gives a topic's log groups."""
    _, _, _, region, account, name = topic_arn.split(":")
    successes = f"sns/{region}/{account}/{name}"
    return successes, f"{successes}/Failure"
