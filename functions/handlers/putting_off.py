"""What the queues' consumers do with a message whose time has not come: it comes again, later each time."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.exceptions import BotoCoreError, ClientError

from functions.domain.backoff import backoff_seconds
from functions.handlers.invocation import count


def put_off(
    record: SQSRecord, hide: Callable[[str, int], None], line: dict[str, Any], *, metric: str
) -> None:
    """Hide a message for a while that grows with its receipts, and count it in a metric.

    `hide` gets the receipt handle and the seconds; the log line is told of them.
    """
    spread = random.random()  # noqa: S311 - spreads load, guards nothing
    seconds = backoff_seconds(int(record.attributes.approximate_receive_count), spread)
    count(metric)
    try:
        hide(record.receipt_handle, seconds)
        line["hidden_seconds"] = seconds
    except (BotoCoreError, ClientError) as error:
        # Then the queue's own visibility time-out brings it back.
        line["not_hidden"] = str(error)
