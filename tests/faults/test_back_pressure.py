"""A burst far above what the workflow takes waits in the queue, and nothing is given up for being late."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from functions.domain.backoff import backoff_seconds
from tests.faults.burst import burst, throttled_chain
from tests.faults.collect import queued_messages, stored_orders
from tests.faults.plugged_bucket import Bucket, count
from tests.support.chain import Chain

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

ORDERS = 200
_LONGEST_WAIT_SECONDS = 240


@dataclass(frozen=True)
class Receipt:
    """One receipt of a message at which it was deferred."""

    at: datetime
    receive_count: int
    hidden_seconds: int


def deferred(chain: Chain) -> dict[str, list[Receipt]]:
    """Return the receipts at which each message was deferred, as the function logged them."""
    logs = chain.emulator.client("logs")
    (group,) = [
        each["logGroupName"]
        for each in logs.describe_log_groups()["logGroups"]
        if "start-execution" in each["logGroupName"]
    ]
    found: defaultdict[str, list[Receipt]] = defaultdict(list)
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
        for line in (_json(text) for event in page["events"] for text in event["message"].splitlines()):
            if line.get("outcome") == "deferred":
                at = datetime.strptime(line["timestamp"], "%Y-%m-%d %H:%M:%S,%f%z")
                receipt = Receipt(at, line["receive_count"], line["hidden_seconds"])
                found[line["message_id"]].append(receipt)
    return {message_id: sorted(each, key=lambda receipt: receipt.at) for message_id, each in found.items()}


def _json(text: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def test_a_burst_waits_in_the_queue_and_every_order_ends(tmp_path: Path) -> None:
    with throttled_chain(tmp_path, size=10, per_second=20, closed_seconds=15) as (chain, journal):
        posts = burst(chain, ORDERS)
        accepted = {each.request_id for each in posts}
        assert None not in accepted
        assert len(accepted) == ORDERS

        deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
        while time.monotonic() < deadline:
            ended = {each.request_id for each in stored_orders(chain) if each.status == "paid"}
            if ended == accepted:
                break
            time.sleep(0.5)
        queued = queued_messages(chain)
        assert [each for each in queued if each.queue == "orders-dead-letters"] == []
        assert ended == accepted

        started, refused = count(journal)
        assert started >= ORDERS
        assert refused > 0
        waits = deferred(chain)
        assert waits
        for receipts in waits.values():
            for each in receipts:
                longest = backoff_seconds(each.receive_count, 0.0)
                assert longest / 2 <= each.hidden_seconds <= longest
            for earlier, later in pairwise(receipts):
                assert later.at - earlier.at >= timedelta(seconds=earlier.hidden_seconds - 1)


def test_the_bucket_holds_what_it_is_filled_with() -> None:
    bucket = Bucket(size=3, per_second=0.0)
    assert [bucket.take() for _ in range(5)] == [True, True, True, False, False]
    refilled = Bucket(size=1, per_second=1e9)
    assert [refilled.take() for _ in range(4)] == [True, False, True, True]
    closed = Bucket(size=1, per_second=1e9, closed_seconds=3600)
    assert [closed.take() for _ in range(3)] == [True, False, False]
