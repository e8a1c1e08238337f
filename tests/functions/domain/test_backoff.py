"""The queue's numbers, chosen from each other: an order is not given up for being late, nor lost for it."""

from __future__ import annotations

import pytest

from functions.domain.backoff import FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, backoff_seconds
from infra.settings import ORDERS_RETENTION_SECONDS, Settings
from infra.work_queue import MAX_RETENTION_SECONDS

HOUR_SECONDS = 3600
# As near to 1 as a draw comes.
LARGEST_DRAW = 1 - 2**-53


def late_seconds(draw: float, receipts: int) -> int:
    """How long a message that is refused at every receipt is in the queue before it is given up."""
    return sum(backoff_seconds(receipt, draw) for receipt in range(1, receipts + 1))


def test_each_wait_doubles_up_to_the_longest() -> None:
    waits = [backoff_seconds(receipt, 0.0) for receipt in range(1, 12)]
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert waits[0] == FIRST_DELAY_SECONDS
    assert backoff_seconds(1_000, 0.0) == LONGEST_DELAY_SECONDS


@pytest.mark.parametrize("receipt", [1, 2, 5, 10, 100])
def test_luck_takes_off_half_of_a_wait_at_most(receipt: int) -> None:
    whole = backoff_seconds(receipt, 0.0)
    assert backoff_seconds(receipt, LARGEST_DRAW) == whole / 2
    assert whole / 2 <= backoff_seconds(receipt, 0.5) <= whole


def test_a_late_order_is_not_given_up_for_many_hours_and_never_outlives_its_queue() -> None:
    receipts = Settings().queue.max_receive_count
    assert late_seconds(LARGEST_DRAW, receipts) > 11 * HOUR_SECONDS
    assert late_seconds(0.0, receipts) < 24 * HOUR_SECONDS < ORDERS_RETENTION_SECONDS
    # As a dead letter it keeps its age: what is left is the operator's time.
    assert MAX_RETENTION_SECONDS - late_seconds(0.0, receipts) > 12 * 24 * HOUR_SECONDS


def test_a_message_that_kills_the_function_is_given_up_within_hours() -> None:
    settings = Settings()
    receipts = settings.queue.max_receive_count
    assert receipts * settings.visibility_timeout_seconds < 4 * HOUR_SECONDS


def test_a_backlog_shrinks_while_orders_keep_coming() -> None:
    settings = Settings()
    # A batch's orders are started one after the other, at some 50 milliseconds each.
    starts_per_second = settings.queue.max_concurrency / 0.05
    assert starts_per_second >= 2 * settings.api.throttle.rate_per_second
