"""The failure this guards against: a receiver set up to believe more than its owner meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from receiver import SigningAuthority, Trust

from .signing import TOPIC


@pytest.mark.parametrize(
    "topic_arns",
    [
        set(),
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
        Trust(topic_arns=topic_arns)


def test_topics_cannot_be_added_later() -> None:
    topics = {TOPIC}
    trust = Trust(topic_arns=topics)
    topics.add("arn:aws:sns:eu-west-1:123456789012:evil")
    assert trust.topic_arns == {TOPIC}


@pytest.mark.parametrize("version", [0, 3, "2"])
def test_signature_versions_are_1_and_2(version: Any) -> None:
    with pytest.raises(ValueError, match="minimum_signature_version"):
        Trust(topic_arns={TOPIC}, minimum_signature_version=version)


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
