"""The counters of signals: this hour and the last count, and their items expire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from functions.adapters import aws
from functions.adapters.signal_counters import SignalCounters
from functions.domain.deliveries.silence import SignalCounts
from tests.support.moto_cloud import Cloud

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


@pytest.fixture
def counters(cloud: Cloud) -> SignalCounters:
    return SignalCounters(aws.dynamodb(), "deliveries")


def test_this_hour_and_the_last_count(counters: SignalCounters) -> None:
    assert counters.signal_counts(NOW) == SignalCounts()
    counters.count_signals(NOW - timedelta(minutes=40), answered=7)
    counters.count_signals(NOW - timedelta(minutes=100), answered=100)
    counters.count_signals(NOW, silent=2)
    counters.count_signals(NOW + timedelta(minutes=29), silent=1, resent=1)
    assert counters.signal_counts(NOW) == SignalCounts(answered=7, silent=3, resent=1)


def test_an_hour_expires_two_days_after_it_began_to_count(counters: SignalCounters, cloud: Cloud) -> None:
    counters.count_signals(NOW, answered=1)
    counters.count_signals(NOW + timedelta(minutes=20), silent=1)
    (item,) = cloud.client("dynamodb").scan(TableName="deliveries")["Items"]
    assert item["expires_at"]["N"] == str(int((NOW + timedelta(days=2)).timestamp()))
