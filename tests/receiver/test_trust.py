"""The failure this guards against: a receiver set up to believe more than its owner meant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from receiver import Refused, SigningAuthority, Trust
from receiver.envelope import Envelope, open_envelope

from .signing import TOPIC, body_of, headers_of, make_trust, notification, signed


@pytest.mark.parametrize(
    "topic_arns",
    [
        set(),
        [],
        None,
        [None],
        {"": 1},
        TOPIC,
        {"*"},
        {"order-events"},
        {TOPIC, "arn:aws:sns:eu-west-1:123456789012:*"},
        {TOPIC + ":c9135db0-26c4-47ec-8998-413945fb5a96"},
        {"arn:aws:sqs:eu-west-1:123456789012:orders"},
        {"arn:aws:sns:eu-west-1.evil.com/:123456789012:orders"},
        {"arn:aws-iso:sns:us-iso-east-1:123456789012:orders"},
        {"arn:aws:sns:eu-west-1:123456789012:orders.fifo"},
    ],
)
def test_topics_are_named_one_by_one(topic_arns: Any) -> None:
    with pytest.raises(ValueError, match="topic"):
        make_trust(topic_arns=topic_arns)


def test_topics_cannot_be_added_later() -> None:
    topics = {TOPIC}
    trust = make_trust(topic_arns=topics)
    topics.add("arn:aws:sns:eu-west-1:123456789012:evil")
    assert trust.topic_arns == {TOPIC}


@pytest.mark.parametrize("version", [0, 3, "2", True, 1.0, None, float("nan")])
def test_signature_versions_are_1_and_2(version: Any) -> None:
    with pytest.raises(ValueError, match="minimum_signature_version"):
        make_trust(minimum_signature_version=version)


@pytest.mark.parametrize("client_id", ["", None, 7, ["shop"], {"shop"}])
def test_the_client_is_one_text(client_id: Any) -> None:
    with pytest.raises(ValueError, match="client_id"):
        make_trust(client_id=client_id)


@pytest.mark.parametrize("webhook_ids", ["", "wh_1", b"wh_1", set(), [], (), None, {""}, [None], [7], 7])
def test_webhooks_are_named_one_by_one(webhook_ids: Any) -> None:
    with pytest.raises(ValueError, match="webhook_ids"):
        make_trust(webhook_ids=webhook_ids)


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("client_id", None, "such as .*role/Shop.*, not None"),
        ("topic_arns", TOPIC, r"a set of one or more topic ARNs, such as \{.*\}, not 'arn:aws:sns:"),
        ("webhook_ids", "webhook-ids.txt", r"webhook_ids_in\(path\), not 'webhook-ids.txt'"),
        ("webhook_ids", set(), r"a set of one or more webhook IDs, .*, not set\(\)"),
    ],
)
def test_an_error_says_what_to_pass_and_what_was_passed(name: str, value: Any, advice: str) -> None:
    with pytest.raises(ValueError, match=advice):
        make_trust(**{name: value})


@pytest.mark.parametrize("missing", ["client_id", "topic_arns", "webhook_ids"])
def test_what_is_expected_has_no_default(missing: str) -> None:
    options = {"client_id": "shop", "topic_arns": {TOPIC}, "webhook_ids": {"wh_1"}}
    del options[missing]
    with pytest.raises(TypeError, match=missing):
        Trust(**options)  # type: ignore[arg-type] - one is missing


@pytest.mark.parametrize("name", ["maximum_age_seconds", "maximum_lead_seconds"])
@pytest.mark.parametrize(
    "value", [-1, -0.5, float("nan"), float("inf"), float("-inf"), "5400", None, True, [5400]]
)
def test_times_are_finite_and_not_negative(name: str, value: Any) -> None:
    make_trust(**{name: 0})
    with pytest.raises(ValueError, match=name):
        make_trust(**{name: value})


@pytest.mark.parametrize("authority", [False, {}, "https://localhost:4443"])
def test_an_authority_is_a_signing_authority(authority: Any) -> None:
    with pytest.raises(ValueError, match="authority"):
        make_trust(authority=authority)


@pytest.mark.parametrize("ca_file", [None, "", "ca.pem"])
def test_an_extra_authority_has_a_file_of_its_own(ca_file: Any) -> None:
    with pytest.raises(TypeError, match="ca_file"):
        SigningAuthority(
            ca_file=ca_file,
            certificate_origin="https://localhost:4443",
            confirmation_origin="http://127.0.0.1:4566",
        )


@pytest.mark.parametrize(
    "origins",
    [
        {"certificate_origin": "http://localhost:4443"},
        {"certificate_origin": "https://localhost:4443/"},
        {"certificate_origin": "https://localhost:4443/x"},
        {"certificate_origin": "https://user@localhost:4443"},
        {"certificate_origin": "https://"},
        {"certificate_origin": "localhost:4443"},
        {"certificate_origin": ""},
        {"confirmation_origin": "http://192.0.2.1:4566"},
        {"confirmation_origin": "http://localhost.evil.com:4566"},
        {"confirmation_origin": "http://127.0.0.1:4566/?"},
        {"confirmation_origin": "file://localhost"},
    ],
)
def test_an_extra_authority_is_https_or_this_machine(origins: dict[str, str]) -> None:
    good = {"certificate_origin": "https://localhost:4443", "confirmation_origin": "http://127.0.0.1:4566"}
    SigningAuthority(ca_file=Path("ca.pem"), **good)
    with pytest.raises(ValueError, match=r"origin|must be https"):
        SigningAuthority(ca_file=Path("ca.pem"), **good | origins)


def make_envelope(topic_arn: str = TOPIC) -> Envelope:
    message = signed(notification(TopicArn=topic_arn))
    return open_envelope(headers_of(message).items(), body_of(message))


def refusal_of(action: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        action()
    return caught.value.sentence


def test_a_refused_topic_is_named_by_its_end_with_what_was_expected() -> None:
    envelope = make_envelope(f"{TOPIC}-{'x' * 150}-57b3524")
    sentence = refusal_of(lambda: make_trust().check(envelope, envelope.sent_at))
    assert "-57b3524' is not in topic_arns" in sentence
    assert repr(TOPIC) in sentence
    assert len(sentence) < 400


def test_a_refused_client_webhook_and_time_are_named_with_what_was_expected() -> None:
    trust = make_trust(client_id="shop", webhook_ids={f"wh_{number}" for number in range(9)})
    event = SimpleNamespace(client_id="thief")
    assert "'thief', not for 'shop'" in refusal_of(lambda: trust.check_client(event))
    sentence = refusal_of(lambda: trust.check_webhook("/hooks/a?webhook_id=wh_x"))
    assert "'wh_x' is not in webhook_ids (yet): 'wh_0', 'wh_1', 'wh_2', and 6 more" in sentence
    envelope = make_envelope()
    late = envelope.sent_at + timedelta(seconds=5401)
    assert "more than 5400 s before" in refusal_of(lambda: trust.check(envelope, late))
