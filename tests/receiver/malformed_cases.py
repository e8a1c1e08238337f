"""Requests of the wrong form, time or topic."""

from __future__ import annotations

import json
from datetime import timedelta

from .cases import Case, case
from .genuine_cases import nested
from .signing import (
    NOW,
    OTHER_TOPIC,
    TOPIC,
    body_of,
    confirmation,
    event_text,
    headers_of,
    notification,
    signed,
    sns_time,
    without,
)


def moment_and_topic_cases() -> list[Case]:
    """Genuine messages at the wrong time or of the wrong topic."""
    return [
        case(
            "91 minutes old",
            "too_old",
            signed(notification(Timestamp=sns_time(NOW - timedelta(minutes=91)))),
            visits=[],
        ),
        # The general rule: what a redelivery, signed again, can still bring is not refused for good.
        case(
            "5401 seconds old",
            "too_old",
            signed(notification(Timestamp=sns_time(NOW - timedelta(seconds=5401)))),
        ),
        case(
            "6 minutes ahead",
            "from_the_future",
            signed(notification(Timestamp=sns_time(NOW + timedelta(minutes=6)))),
            visits=[],
        ),
        *(
            case(f"Timestamp {text!r}", "wrong_field", signed(notification(Timestamp=text)), visits=[])
            for text in (
                "now",
                "",
                "2026-11-25T12:00:00",
                "2026-11-25 12:00:00Z",
                "2026-13-25T12:00:00Z",
                "2026-11-25T12:00:00+00:00",
            )
        ),
        *(
            case(f"topic {arn!r}", "topic_not_allowed", signed(notification(TopicArn=arn)), visits=[])
            for arn in (
                OTHER_TOPIC,
                f"{TOPIC}x",
                TOPIC.upper(),
                f"{TOPIC} ",
                TOPIC.replace("eu-west-1", "us-east-1"),
                "",
            )
        ),
    ]


def malformed_cases() -> list[Case]:
    """Bodies and headers that SNS does not send."""
    good = signed(notification())
    headers = headers_of(good)
    text = json.dumps(good)
    bodies = {
        "an empty body": ("not_json", b""),
        "an array": ("not_json", b"[]"),
        "half a body": ("not_json", text[:-1].encode()),
        "a byte order mark": ("not_json", b"\xef\xbb\xbf" + text.encode()),
        "NaN": ("not_json", b'{"a": NaN, ' + text[1:].encode()),
        "Latin-1": ("not_utf8", text.replace("Notification", "Notificaci\u00f3n").encode("latin-1")),
        "half a surrogate pair": ("not_utf8", body_of(good | {"Message": "x"}).replace(b'"x"', rb'"\ud800"')),
        "a repeated key": ("duplicate_key", b'{"TopicArn": "x", ' + text[1:].encode()),
        "a repeated key in disguise": ("duplicate_key", rb'{"Topic\u0041rn": "x", ' + text[1:].encode()),
        "a repeated key in colours": ("duplicate_key", rb'{"\u001b[31m": 1, "\u001b[31m": 2}'),
        "a repeated key inside": (
            "duplicate_key",
            b'{"MessageAttributes": {"a": 1, "a": 2}, ' + text[1:].encode(),
        ),
        "deep objects": ("too_deep", body_of(good | {"x": nested(70)})),
        "very deep arrays": ("too_deep", b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        "a huge body": ("body_too_large", body_of(good | {"x": "x" * 1024 * 1024})),
    }
    return [
        *(case(name, outcome, good, body=body, visits=[]) for name, (outcome, body) in bodies.items()),
        case(
            "a raw delivery",
            "raw_delivery",
            good,
            body=event_text().encode(),
            headers=headers | {"x-amz-sns-rawdelivery": "true"},
        ),
        *(
            case(
                f"header {name} of another message",
                "header_mismatch",
                good,
                headers=headers | {name: "another"},
                visits=[],
            )
            for name in ("x-amz-sns-message-type", "x-amz-sns-message-id", "x-amz-sns-topic-arn")
        ),
        case(
            "a header in capitals of another message",
            "header_mismatch",
            good,
            headers=headers | {"X-AMZ-SNS-TOPIC-ARN": "another"},
        ),
        case("an unknown type", "unknown_type", good | {"Type": "notification"}),
        *(
            case(f"no {name}", "wrong_field", without(good, name), headers={})
            for name in good
            if name != "UnsubscribeURL"
        ),
        *(
            case(
                f"no {name} in a confirmation",
                "wrong_field",
                without(signed(confirmation()), name),
                headers={},
            )
            for name in ("Token", "SubscribeURL")
        ),
        *(
            case(f"Message {value!r}", "wrong_field", good | {"Message": value})
            for value in (None, 1, {"a": 1}, ["a"])
        ),
        case("Subject null", "wrong_field", good | {"Subject": None}),
        *(
            case(f"Signature {value!r}", "wrong_field", good | {"Signature": value})
            for value in ("é", "abc", "ab=c", "a b=", "-_-_")
        ),
    ]


def event_cases() -> list[Case]:
    """Genuine notifications that hold no event of ours."""
    texts = {
        "text": "Hello!",
        "an array": "[]",
        "a repeated key": event_text()[:-1] + ', "id": "evt-2"}',
        "deep data": event_text(data=nested(70)),
        "another specversion": event_text(specversion="0.3"),
        "a number as specversion": event_text(specversion=1.0),
        "no specversion": event_text(specversion=...),
        "XML": event_text(datacontenttype="application/xml"),
        "no content type but null": event_text(datacontenttype=None),
        "no data": event_text(data=...),
        "data in base64": event_text(data=..., data_base64="e30="),
        "data as text": event_text(data="{}"),
        "data null": event_text(data=None),
        "data as an array": event_text(data=[]),
        **{f"no {name}": event_text(**{name: ...}) for name in ("id", "source", "type", "subject", "time")},
        "an empty id": event_text(id=""),
        "a number as id": event_text(id=7),
        "a time without a zone": event_text(time="2026-11-25T12:00:00"),
        "a time that is none": event_text(time="2026-11-25T99:00:00Z"),
    }
    return [
        case(f"event: {name}", "not_cloudevents", signed(notification(Message=text)))
        for name, text in texts.items()
    ]
