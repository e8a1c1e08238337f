"""A burst far above what the workflow takes waits in the queue, and nothing is given up for being late."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from functions.domain.backoff import backoff_seconds
from tests.faults.burst import burst, throttled_chain
from tests.faults.collect import resting_messages, stored_orders
from tests.faults.plugged_bucket import Bucket, count
from tests.local.chain import Chain

pytestmark = pytest.mark.e2e

ORDERS = 200
_LONGEST_WAIT_SECONDS = 240


def put_off(chain: Chain) -> dict[str, list[tuple[int, int]]]:
    """Return of each message the receipts at which it was put off, and for how many seconds."""
    logs = chain.emulator.client("logs")
    (group,) = [
        each["logGroupName"]
        for each in logs.describe_log_groups()["logGroups"]
        if "start-execution" in each["logGroupName"]
    ]
    found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
        for event in page["events"]:
            for text in event["message"].splitlines():
                line = _json(text)
                if line.get("outcome") == "put_off":
                    found[line["message_id"]].append((line["receive_count"], line["hidden_seconds"]))
    return dict(found)


def _json(text: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def test_a_burst_waits_in_the_queue_and_every_order_ends(tmp_path: Path) -> None:
    with throttled_chain(tmp_path, size=10, per_second=6) as (chain, journal):
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
        resting = resting_messages(chain, ())
        assert [each for each in resting if each.queue == "orders-dead-letters"] == []
        assert ended == accepted

        started, refused = count(journal)
        assert started >= ORDERS
        waits = put_off(chain)
        # Else there was no burst. A batch is put off at its first refusal, which an SDK's retries make three.
        assert refused > 0
        assert len(waits) > ORDERS / 4
        assert refused <= 3 * sum(map(len, waits.values()))
        for receipts in waits.values():
            for receive_count, hidden_seconds in receipts:
                longest = backoff_seconds(receive_count, 0.0)
                assert longest / 2 <= hidden_seconds <= longest


def test_the_bucket_holds_what_it_is_filled_with() -> None:
    bucket = Bucket(size=3, per_second=0.0)
    assert [bucket.take() for _ in range(5)] == [True, True, True, False, False]
    refilled = Bucket(size=1, per_second=1e9)
    assert [refilled.take() for _ in range(3)] == [True, True, True]
