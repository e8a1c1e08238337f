"""Requests that are as they should be: made here, and recorded from the real SNS."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from receiver import Reply

from .cases import Case, case
from .signing import (
    CERTIFICATE_URL,
    NOW,
    PEM_PATH,
    confirmation,
    event_text,
    headers_of,
    notification,
    signed,
    sns_certificate,
    sns_time,
    subscribe_url,
)

VECTORS = Path(__file__).parent / "vectors"
LOCAL_CERTIFICATES = "https://localhost:4443"
LOCAL_CONFIRMATIONS = "http://127.0.0.1:4566"

_PEM = Reply(200, sns_certificate())
_OK = Reply(200, b"<ConfirmSubscriptionResponse/>")
_ATTRIBUTES = {"event_type": {"Type": "String", "Value": "order.refunded"}}


def generated_cases() -> list[Case]:
    """Messages of a test key that every receiver must accept."""
    return [
        case("notification", "event", signed(notification()), visits=[CERTIFICATE_URL]),
        case("with a subject", "event", signed(notification(Subject="Order paid"))),
        case("with an empty subject", "event", signed(notification(Subject=""))),
        case(
            "attributes are not signed", "event", signed(notification()) | {"MessageAttributes": _ATTRIBUTES}
        ),
        case("an unknown field", "event", signed(notification()) | {"SequenceNumber": "1"}),
        case("headers dropped by a proxy", "event", signed(notification()), headers={}),
        case(
            "headers in capitals",
            "event",
            signed(notification()),
            headers={name.upper(): value for name, value in headers_of(notification()).items()},
        ),
        case(
            "89 minutes old", "event", signed(notification(Timestamp=sns_time(NOW - timedelta(minutes=89))))
        ),
        case(
            "4 minutes ahead", "event", signed(notification(Timestamp=sns_time(NOW + timedelta(minutes=4))))
        ),
        case(
            "version 1 where it is allowed",
            "event",
            signed(notification(SignatureVersion="1")),
            minimum_signature_version=1,
        ),
        case("version 2 where 1 is allowed", "event", signed(notification()), minimum_signature_version=1),
        case("an unknown event type", "event", signed(notification(Message=event_text(type="order.new")))),
        case("an extension attribute", "event", signed(notification(Message=event_text(traceparent="00-1")))),
        case("no content type", "event", signed(notification(Message=event_text(datacontenttype=...)))),
        case(
            "a time with an offset",
            "event",
            signed(notification(Message=event_text(time="2026-11-25T12:00:00+01:00"))),
        ),
        case("deep, but not too deep", "event", signed(notification(Message=event_text(data=nested(61))))),
        case(
            "subscription confirmation",
            "confirmed",
            signed(confirmation()),
            replies={CERTIFICATE_URL: _PEM, subscribe_url(): _OK},
            visits=[CERTIFICATE_URL, subscribe_url()],
        ),
        case(
            "unsubscribe confirmation",
            "unsubscribed",
            signed(confirmation(Type="UnsubscribeConfirmation")),
            visits=[CERTIFICATE_URL],
        ),
        *(_region_case(*region) for region in _REGIONS),
        *_local_cases(),
    ]


_REGIONS = (
    ("arn:aws-cn:sns:cn-north-1:123456789012:orders", "https://sns.cn-north-1.amazonaws.com.cn"),
    ("arn:aws-us-gov:sns:us-gov-east-1:123456789012:orders", "https://sns.us-gov-east-1.amazonaws.com"),
    ("arn:aws-eusc:sns:eusc-de-east-1:123456789012:orders", "https://sns.eusc-de-east-1.amazonaws.eu"),
)


def _region_case(topic_arn: str, origin: str) -> Case:
    url = origin + PEM_PATH
    return case(
        f"at {origin}",
        "event",
        signed(notification(TopicArn=topic_arn, SigningCertURL=url)),
        topic_arns=(topic_arn,),
        replies={url: _PEM},
    )


def _local_cases() -> list[Case]:
    certificate_url = LOCAL_CERTIFICATES + PEM_PATH
    url = subscribe_url(origin=LOCAL_CONFIRMATIONS)
    local = signed(notification(SigningCertURL=certificate_url))
    replies = {certificate_url: _PEM, url: _OK}
    return [
        case("an emulator that is believed", "event", local, replies=replies, local=True),
        case("an emulator that is not", "certificate_url", local, replies=replies, visits=[]),
        case("AWS beside the emulator", "event", signed(notification()), local=True),
        case(
            "an emulator's handshake",
            "confirmed",
            signed(confirmation(SigningCertURL=certificate_url, SubscribeURL=url)),
            replies=replies,
            visits=[certificate_url, url],
            local=True,
        ),
        case(
            "the emulator's other origin",
            "certificate_url",
            signed(notification(SigningCertURL=LOCAL_CONFIRMATIONS + PEM_PATH)),
            local=True,
            visits=[],
        ),
    ]


def recorded_messages() -> dict[str, dict[str, object]]:
    """The bodies that SNS really sent, by file name."""
    return {path.stem: json.loads(path.read_bytes()) for path in sorted(VECTORS.glob("*.json"))}


def recorded_case(name: str, message: dict[str, object], **changes: object) -> Case:
    """Receive a recorded message at its own time; a notification's Message is no CloudEvents document."""
    url = str(message["SigningCertURL"])
    outcomes = {"SubscriptionConfirmation": "confirmed", "UnsubscribeConfirmation": "unsubscribed"}
    return case(
        name,
        str(changes.pop("outcome", outcomes.get(str(message["Type"]), "not_cloudevents"))),
        message | changes,
        topic_arns=(str(message["TopicArn"]),),
        minimum_signature_version=1,
        now=datetime.fromisoformat(str(message["Timestamp"])) + timedelta(seconds=2),
        replies={
            url: Reply(200, (VECTORS / url.rpartition("/")[2]).read_bytes()),
            str(message.get("SubscribeURL")): _OK,
        },
    )


def recorded_cases() -> list[Case]:
    """The recorded messages as they came, and with their text changed."""
    messages = recorded_messages().items()
    return [recorded_case(f"recorded {name}", message) for name, message in messages] + [
        recorded_case(
            f"altered {name}", message, outcome="signature_mismatch", Message=f"{message['Message']} "
        )
        for name, message in messages
    ]


def nested(levels: int) -> dict[str, object]:
    """Nest objects, so many of them."""
    value: dict[str, object] = {}
    for _ in range(levels):
        value = {"a": value}
    return value
