"""The search for delivery log entries: those of the publications asked for, and no others'."""

from __future__ import annotations

import itertools
import json
import re
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from functions.adapters.delivery_log import DeliveryLog
from functions.adapters.destinations import Destinations
from functions.adapters.recipients import RegisteredWebhook
from functions.domain.deliveries.serving.ports import OpenPublication
from functions.domain.deliveries.serving.silent_rows import SEARCHED_AT_ONCE
from functions.domain.deliveries.signal import SignalKind
from functions.domain.deliveries.stored import Message, StoredEvent
from functions.domain.deliveries.webhook_state import Recipient

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:order-events"
GROUPS = ("sns/eu-west-1/123456789012/order-events", "sns/eu-west-1/123456789012/order-events/Failure")


def publication(number: int, webhook_id: str = "wh_1") -> OpenPublication:
    return OpenPublication(
        webhook_id=webhook_id,
        sns_message_id=f"m-{number}",
        topic_arn=TOPIC,
        published_at=NOW + timedelta(minutes=max(0, number - 1)),
        until=NOW + timedelta(hours=3),
    )


def entry(number: int, destination: str, status: int) -> dict[str, Any]:
    document = {
        "notification": {
            "messageMD5Sum": "0" * 32,
            "messageId": f"m-{number}",
            "topicArn": TOPIC,
            "timestamp": "2026-11-27 09:31:00.000",
        },
        "delivery": {"destination": destination, "statusCode": status, "attempts": 1, "dwellTimeMs": 20},
        "status": "SUCCESS" if status < 300 else "FAILURE",
    }
    return {"message": json.dumps(document), "timestamp": int(NOW.timestamp() * 1000)}


@pytest.fixture
def logs() -> Any:
    client = boto3.client("logs", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()


class TwoWebhooks:
    """The tables of a client with the webhooks `wh_1` and `wh_2`, to which every message was published."""

    def __init__(self) -> None:
        self.reads = 0

    def find_messages(self, sns_message_ids: Iterable[str]) -> dict[str, Message]:
        return {each: self._message(each) for each in sns_message_ids}

    def find_event(self, event_id: str) -> StoredEvent:
        return StoredEvent(
            event_id=event_id,
            client_id="shop",
            event_type="order.paid",
            subject="r-1",
            event_time="2026-11-27T09:30:00.000Z",
            document="{}",
            md5="0" * 32,
            webhook_ids=("wh_1", "wh_2"),
        )

    def of_client(self, client_id: str) -> list[RegisteredWebhook]:
        self.reads += 1
        return [
            RegisteredWebhook(
                recipient=Recipient(
                    client_id=client_id,
                    webhook_id=webhook_id,
                    registration="2026-11-27T09:00:00.000Z",
                    topic_arn=TOPIC,
                    subscription_arn=None,
                    is_paused=False,
                    confirmed_at=NOW,
                ),
                event_types=frozenset({"order.paid"}),
                url=url,
            )
            for webhook_id, url in (("wh_1", "https://a.example/"), ("wh_2", "https://b.example/?key=1"))
        ]

    def _message(self, sns_message_id: str) -> Message:
        return Message(
            sns_message_id=sns_message_id,
            event_id="evt_1",
            event_time="2026-11-27T09:30:00.000Z",
            claim="claim",
            webhook_ids=("wh_1", "wh_2"),
            published_at=NOW,
        )


def delivery_log_of(client: Any, tables: Any = None, **options: Any) -> DeliveryLog:
    tables = tables or TwoWebhooks()
    return DeliveryLog(client, tables, Destinations(tables, tables), **options)


def answer(stubber: Stubber, group: str, events: list[dict[str, Any]], pattern: Any = ANY) -> None:
    stubber.add_response(
        "filter_log_events",
        {"events": events},
        {
            "logGroupName": group,
            "startTime": int(NOW.timestamp() * 1000) - 60_000,
            "endTime": ANY,
            "filterPattern": pattern,
        },
    )


def test_the_entries_of_both_groups_are_signals(logs) -> None:
    client, stubber = logs
    pattern = '{ $.notification.messageId = "m-1" || $.notification.messageId = "m-2" }'
    answer(stubber, GROUPS[0], [entry(1, "https://a.example/?webhook_id=wh_1", 200)], pattern)
    answer(stubber, GROUPS[1], [entry(2, "https://a.example/?webhook_id=wh_1", 404)], pattern)
    signals = delivery_log_of(client).search([publication(1), publication(2)])
    assert [(each.webhook_id, each.sns_message_id, each.kind) for each in signals] == [
        ("wh_1", "m-1", SignalKind.SUCCESS),
        ("wh_1", "m-2", SignalKind.REJECTED),
    ]


def test_another_webhooks_entry_of_the_same_message_is_left_out(logs) -> None:
    client, stubber = logs
    answer(stubber, GROUPS[0], [entry(1, "https://b.example/?webhook_id=wh_2", 200)])
    answer(stubber, GROUPS[1], [{"message": "no entry", "timestamp": 1}])
    assert delivery_log_of(client).search([publication(1)]) == []


def test_without_an_id_in_the_destination_the_url_shows_whose_entry_it_is(logs) -> None:
    client, stubber = logs
    found = [entry(1, "https://b.example/", 200), entry(1, "https://a.example/", 503)]
    for publications, expected in (
        ([publication(1)], {("wh_1", 503)}),
        ([publication(1, "wh_2")], {("wh_2", 200)}),
        ([publication(1), publication(1, "wh_2")], {("wh_1", 503), ("wh_2", 200)}),
    ):
        answer(stubber, GROUPS[0], found)
        answer(stubber, GROUPS[1], [])
        signals = delivery_log_of(client).search(publications)
        assert {(each.webhook_id, each.status) for each in signals} == expected


def test_another_webhooks_success_does_not_count_where_its_own_entry_was_lost(logs) -> None:
    client, stubber = logs
    answer(stubber, GROUPS[0], [entry(1, "https://b.example/", 200)])
    answer(stubber, GROUPS[1], [])
    assert delivery_log_of(client).search([publication(1)]) == []


def test_the_webhooks_of_an_events_client_are_read_once(logs) -> None:
    client, stubber = logs
    answer(stubber, GROUPS[0], [entry(1, "https://a.example/", 503), entry(1, "https://a.example/", 200)])
    answer(stubber, GROUPS[1], [entry(1, "https://b.example/", 404)])
    tables = TwoWebhooks()
    assert len(delivery_log_of(client, tables).search([publication(1), publication(1, "wh_2")])) == 3
    assert tables.reads == 1


def test_as_many_publications_as_are_searched_for_at_once_fit_into_a_pattern(logs) -> None:
    client, stubber = logs
    patterns: list[str] = []
    client.meta.events.register(
        "provide-client-params.cloudwatch-logs.FilterLogEvents",
        lambda params, **_: patterns.append(params["filterPattern"]),
    )
    for group in GROUPS:
        answer(stubber, group, [])
    publications = [
        replace(publication(1), sns_message_id=str(uuid.UUID(int=number)))
        for number in range(SEARCHED_AT_ONCE)
    ]
    assert delivery_log_of(client).search(publications) == []
    found = set(re.findall('"([^"]+)"', " ".join(patterns)))
    assert found == {each.sns_message_id for each in publications}
    assert max(map(len, patterns)) <= 1_024


def test_a_group_that_does_not_exist_yet_has_no_entries(logs) -> None:
    client, stubber = logs
    for _ in GROUPS:
        stubber.add_client_error("filter_log_events", "ResourceNotFoundException")
    assert delivery_log_of(client).search([publication(1)]) == []


def test_a_search_that_is_cut_short_is_counted_and_one_that_ends_at_the_last_page_is_not(
    logs,
) -> None:
    """Each page takes five seconds of the eight."""
    client, stubber = logs
    found = entry(1, "https://a.example/?webhook_id=wh_1", 200)
    for tokens in (["1", "2"], ["1", None]):
        for token in tokens:
            page = {"events": [found], **({"nextToken": token} if token else {})}
            stubber.add_response("filter_log_events", page)
    seconds = itertools.count(step=5)
    log = delivery_log_of(client, seconds=lambda: float(next(seconds)))
    assert len(log.search([publication(1)])) == 4
    assert log.cut_short == 1
