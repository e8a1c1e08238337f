"""Read what happened to the order's event at the diagnostic webhooks."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from functions.domain.log_record import LogField
from ops.logs import Logs
from ops.target import Target
from ops.trace.deliveries_log import delivery_log_groups
from ops.verify.observation import CASES, LogEntry, Observation, Outcome
from ops.verify.webhooks import Diagnostics

FUNCTION = "diagnostics"
_NOTIFICATION = "Notification"


class Reader:
    """Reads the log of the diagnostic function, SNS's delivery logs and the run's own dead-letter queue.

    What is redelivered later has another SNS message ID: only the first publication is looked at.
    """

    def __init__(self, target: Target, diagnostics: Diagnostics, start: datetime) -> None:
        self._target = target
        self._logs = Logs(target)
        self._diagnostics = diagnostics
        self._start = start
        self._dead_letters: dict[str, dict[str, Any]] = {}

    def observe(self) -> Mapping[str, Observation]:
        """Return what is known by now, by case."""
        records = self._requests()
        by_webhook = {each.webhook_id: case for case, each in self._diagnostics.webhooks.items()}
        message_ids = _first_message_ids(records, by_webhook)
        requests: dict[str, int] = defaultdict(int)
        redirected: dict[str, int] = defaultdict(int)
        for record in records:
            case = by_webhook.get(record.get(LogField.WEBHOOK_ID) or "")
            if case is not None and record[LogField.SNS_MESSAGE_ID] == message_ids.get(case):
                requests[case] += 1
        # A redirect loses the query with the webhook's ID.
        for record in records:
            if not record.get(LogField.WEBHOOK_ID):
                redirected["301"] += 1
        entries = self._entries(set(message_ids.values()))
        dead = self._dead(set(message_ids.values()))
        return {
            case: Observation(
                case=case,
                requests=requests[case],
                redirected=redirected[case],
                entries=entries.get(case, ()),
                dead_letters=dead.get(case, 0),
            )
            for case in CASES
        }

    def _requests(self) -> Sequence[Mapping[LogField, Any]]:
        lines = self._logs.of_function(FUNCTION, {LogField.SNS_MESSAGE_TYPE: [_NOTIFICATION]}, self._start)
        return [
            {LogField(name): value for name, value in line.fields.items() if name in _FIELDS}
            for line in lines
        ]

    def _entries(self, message_ids: set[str]) -> Mapping[str, Sequence[LogEntry]]:
        found: dict[str, list[LogEntry]] = defaultdict(list)
        for group in delivery_log_groups(self._target):
            outcome: Outcome = "failure" if group.endswith("/Failure") else "success"
            for _, document in self._logs.of_group(group, "", self._start):
                if document.get("notification", {}).get("messageId") in message_ids:
                    entry = _entry(outcome, document["delivery"])
                    found[_case_of(entry.destination)].append(entry)
        return found

    def _dead(self, message_ids: set[str]) -> Mapping[str, int]:
        sqs, url = self._target.client("sqs"), self._diagnostics.dead_letters_url
        while received := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in received:
                self._dead_letters[message["MessageId"]] = json.loads(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        by_subscription = {each.subscription_arn: case for case, each in self._diagnostics.webhooks.items()}
        counts: dict[str, int] = defaultdict(int)
        for envelope in self._dead_letters.values():
            if envelope.get("MessageId") in message_ids:
                counts[by_subscription.get(_subscription_of(envelope), "")] += 1
        return counts


_FIELDS = frozenset({LogField.WEBHOOK_ID, LogField.SNS_MESSAGE_ID})


def _first_message_ids(
    records: Sequence[Mapping[LogField, Any]], by_webhook: Mapping[str, str]
) -> dict[str, str]:
    """Return for each case the SNS message ID of the first request."""
    first: dict[str, str] = {}
    for record in records:
        case = by_webhook.get(record.get(LogField.WEBHOOK_ID) or "")
        if case is not None:
            first.setdefault(case, record[LogField.SNS_MESSAGE_ID])
    return first


def _entry(outcome: Outcome, delivery: Mapping[str, Any]) -> LogEntry:
    return LogEntry(
        outcome=outcome,
        status_code=delivery.get("statusCode"),
        attempts=int(delivery.get("attempts") or 1),
        destination=str(delivery["destination"]),
    )


def _case_of(destination: str) -> str:
    path: str = urlsplit(destination).path
    return path.rpartition("/")[2]


def _subscription_of(envelope: Mapping[str, Any]) -> str:
    query = urlsplit(str(envelope.get("UnsubscribeURL", ""))).query
    return parse_qs(query).get("SubscriptionArn", [""])[0]


def metric_records(target: Target, start: datetime) -> Iterator[Mapping[str, Any]]:
    """Yield the metric records that the function accept-order has logged since then."""
    group = target.output("log_group_names")["accept-order"]
    for _, document in Logs(target).of_group(group, "", start):
        if "_aws" in document:
            yield document
