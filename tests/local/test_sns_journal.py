from __future__ import annotations

import json
from random import Random

import pytest

from local.sns.behaviour import SnsBehaviour, parse_behaviour
from local.sns.engine import DeliveryAttempt, Verdict
from local.sns.journal import (
    AttemptLog,
    choose_log_group,
    hide_credentials,
    make_attempt_line,
    make_log_entry,
    wants_log_entry,
)
from local.sns.policy import plan_delivery
from tests.support.sns import START, SUBSCRIPTION_ARN, TOPIC_ARN, SteadyRandom, make_delivery

DELIVERY = make_delivery(plan_delivery(None, None))
GROUP = "sns/eu-west-1/123456789012/events"


def attempt(verdict=Verdict.DELIVERED, **changes):
    given = {
        "number": 3,
        "started_at": START + 40,
        "finished_at": START + 40.25,
        "status": 200,
        "response": "ok",
        "verdict": verdict,
        "next_attempt_at": None,
    }
    return DeliveryAttempt(**{**given, **changes})


def test_a_success_is_logged_as_sns_logs_it():
    assert make_log_entry(DELIVERY, attempt(), SnsBehaviour()) == {
        "notification": {
            "messageMD5Sum": "5d41402abc4b2a76b9719d911017c592",
            "messageId": "message-1",
            "topicArn": TOPIC_ARN,
            "timestamp": "1970-01-12 13:46:40.000",
        },
        "delivery": {
            "deliveryId": "delivery-1",
            "destination": "https://client.example/hook",
            "providerResponse": "ok",
            "dwellTimeMs": 40250,
            "attempts": 3,
            "statusCode": 200,
        },
        "status": "SUCCESS",
    }


def test_a_failure_without_a_reply_has_no_status_code():
    entry = make_log_entry(
        DELIVERY, attempt(Verdict.FAILED, status=None, response="no reply"), SnsBehaviour()
    )

    assert entry["status"] == "FAILURE"
    assert entry["delivery"]["providerResponse"] == "no reply"
    assert "statusCode" not in entry["delivery"]


@pytest.mark.parametrize(
    ("verdict", "attributes", "group"),
    [
        (Verdict.DELIVERED, {}, ""),
        (Verdict.FAILED, {}, ""),
        (Verdict.FAILED, {"HTTPFailureFeedbackRoleArn": "arn:role"}, f"{GROUP}/Failure"),
        (Verdict.REJECTED, {"HTTPFailureFeedbackRoleArn": "arn:role"}, f"{GROUP}/Failure"),
        (Verdict.RETRY, {"HTTPFailureFeedbackRoleArn": "arn:role"}, f"{GROUP}/Failure"),
        (Verdict.DELIVERED, {"HTTPFailureFeedbackRoleArn": "arn:role"}, ""),
        (Verdict.DELIVERED, {"HTTPSuccessFeedbackRoleArn": "arn:role"}, ""),
        (
            Verdict.DELIVERED,
            {"HTTPSuccessFeedbackRoleArn": "arn:role", "HTTPSuccessFeedbackSampleRate": "100"},
            GROUP,
        ),
        (
            Verdict.FAILED,
            {"HTTPSuccessFeedbackRoleArn": "arn:role", "HTTPSuccessFeedbackSampleRate": "100"},
            "",
        ),
    ],
)
def test_the_topic_chooses_what_is_logged(verdict, attributes, group):
    assert choose_log_group(attributes, DELIVERY, attempt(verdict), Random(1)) == group


@pytest.mark.parametrize(("share", "logged"), [(0.0, True), (0.29, True), (0.31, False), (1.0, False)])
def test_successes_are_sampled(share, logged):
    attributes = {"HTTPSuccessFeedbackRoleArn": "arn:role", "HTTPSuccessFeedbackSampleRate": "30"}

    assert bool(choose_log_group(attributes, DELIVERY, attempt(), SteadyRandom(share))) is logged


def test_a_sample_of_nothing_is_nothing():
    attributes = {"HTTPSuccessFeedbackRoleArn": "arn:role", "HTTPSuccessFeedbackSampleRate": "0"}

    assert choose_log_group(attributes, DELIVERY, attempt(), SteadyRandom(0.0)) == ""


@pytest.mark.parametrize(
    ("verdict", "log_entries", "logged"),
    [
        (Verdict.RETRY, "delivery", False),
        (Verdict.RETRY, "attempt", True),
        (Verdict.FAILED, "delivery", True),
        (Verdict.DELIVERED, "attempt", True),
    ],
)
def test_an_entry_is_written_for_each_attempt_or_for_the_last_one(verdict, log_entries, logged):
    assert wants_log_entry(DELIVERY, attempt(verdict), SnsBehaviour(log_entries=log_entries)) is logged


def test_a_confirmation_is_not_logged():
    confirmation = make_delivery(plan_delivery(None, None), message_type="SubscriptionConfirmation")

    assert not wants_log_entry(confirmation, attempt(), SnsBehaviour(log_entries="attempt"))


def test_the_destination_can_lack_its_query():
    delivery = make_delivery(plan_delivery(None, None), endpoint="https://client.example/hook?webhook_id=w")

    with_query = make_log_entry(delivery, attempt(), SnsBehaviour())
    without = make_log_entry(delivery, attempt(), SnsBehaviour(destination_query=False))

    assert with_query["delivery"]["destination"] == "https://client.example/hook?webhook_id=w"
    assert without["delivery"]["destination"] == "https://client.example/hook"


def test_the_switches_come_back_from_the_environment_as_they_were():
    behaviour = SnsBehaviour(client_errors="success", log_entries="attempt", retries_429=False)

    assert parse_behaviour(behaviour.to_json()) == behaviour


def test_an_attempt_is_one_line():
    line = make_attempt_line(
        DELIVERY, attempt(Verdict.RETRY, status=None, response="no reply", next_attempt_at=START + 60.5)
    )

    assert line == {
        "time": "1970-01-12T13:47:20.000Z",
        "topic_arn": TOPIC_ARN,
        "subscription_arn": SUBSCRIPTION_ARN,
        "endpoint": "https://client.example/hook",
        "message_type": "Notification",
        "message_id": "message-1",
        "message": "hello",
        "delivery_id": "delivery-1",
        "attempt": 3,
        "attempts_planned": 4,
        "status_code": None,
        "response": "no reply",
        "duration_ms": 250,
        "verdict": "retry",
        "next_attempt_time": "1970-01-12T13:47:40.500Z",
    }


def test_lines_are_appended(tmp_path):
    path = tmp_path / "new" / "attempts.jsonl"
    AttemptLog(path).write(DELIVERY, attempt(response="zwei\nZeilen"))
    AttemptLog(path).write(DELIVERY, attempt(number=4))

    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["attempt"] for line in lines] == [3, 4]


def test_a_password_in_a_url_stays_out_of_every_log():
    url = "https://user:secret@client.example:8443/hook?a=1"

    assert hide_credentials(url) == "https://user:****@client.example:8443/hook?a=1"
    delivery = make_delivery(plan_delivery(None, None), endpoint=url)
    assert "secret" not in json.dumps(make_log_entry(delivery, attempt(), SnsBehaviour()))
    assert "secret" not in json.dumps(make_attempt_line(delivery, attempt()))
