"""CloudWatch Logs that sends no log entries for an hour: none is lost, since the log groups have them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.faults.claims import DELIVERY_CLAIMS
from tests.faults.proof import Claim, Outcome, Report, prove
from tests.faults.switches import SETTINGS
from tests.faults.webhook_bench import WebhookBench, running_bench

_HOOKS = ("one", "two", "three")
_HOUR_SECONDS = 3_600.0
# An hour is half a minute.
_SPEED_DURING = 120.0
_SPEED_AFTER = 2_000.0


def run_filter_outage(directory: Path, *, orders: int, say: Callable[[str], object] = print) -> Outcome:
    """Return what is found after an hour without subscription filters, and a day after it."""
    with running_bench(directory, _HOOKS, settings=SETTINGS) as bench:
        for hook in _HOOKS:
            bench.register(hook)
        with without_filters(bench):
            bench.clock.run_at(_SPEED_DURING)
            ends_at = bench.clock.now() + _HOUR_SECONDS
            for number in range(orders):
                bench.post(number)
            bench.wait_until_published()
            while bench.clock.now() < ends_at:
                time.sleep(0.2)
        silent = sum(each.state == "pending" for each in bench.facts().deliveries)
        say(f"{silent} publications without a signal after an hour without subscription filters")
        bench.clock.run_at(_SPEED_AFTER)
        facts = bench.wait_until_quiet()
    again = tuple(f"{each.request_id} at {each.hook}" for each in facts.repetitions)
    claim = Claim(
        kind="other", text="events sent again though the log groups had their entries", against=again
    )
    return Outcome(facts, Report((*prove(facts, DELIVERY_CLAIMS).claims, claim)))


@contextmanager
def without_filters(bench: WebhookBench) -> Iterator[None]:
    """Take the subscription filters away for the length of the block."""
    logs: Any = bench.chain.emulator.client("logs")
    groups = [
        group["logGroupName"]
        for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="sns/")
        for group in page["logGroups"]
    ]
    found = [
        each
        for group in groups
        for each in logs.describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
    ]
    assert found, "the stack has no subscription filters"
    for each in found:
        logs.delete_subscription_filter(logGroupName=each["logGroupName"], filterName=each["filterName"])
    try:
        yield
    finally:
        for each in found:
            logs.put_subscription_filter(
                logGroupName=each["logGroupName"],
                filterName=each["filterName"],
                filterPattern=each["filterPattern"],
                destinationArn=each["destinationArn"],
            )
