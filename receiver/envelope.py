"""The JSON document that SNS posts around a message, and the text that its signature covers."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from .headers import Headers, pairs_of
from .refusals import MalformedRequest, RequestTooLarge, shown
from .strict_json import parse_object

# SNS carries 256 KiB at most; as a JSON string that text may grow several times.
MAXIMUM_BODY_BYTES = 1024 * 1024

_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")


class Kind(StrEnum):
    """What SNS wants of the receiver."""

    NOTIFICATION = "Notification"
    SUBSCRIPTION_CONFIRMATION = "SubscriptionConfirmation"
    UNSUBSCRIBE_CONFIRMATION = "UnsubscribeConfirmation"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Hold what SNS signed, still unverified, and how to verify it.

    The unsigned rest of the document, MessageAttributes above all, is left behind on purpose.
    """

    kind: Kind
    message_id: str
    topic_arn: str
    message: str
    timestamp: str
    signature_version: str
    signature: bytes
    certificate_url: str
    subject: str | None = None
    token: str | None = None
    subscribe_url: str | None = None

    @property
    def sent_at(self) -> datetime:
        """Give the moment at which SNS took the message; every retry carries the same one."""
        return datetime.fromisoformat(self.timestamp)

    def signed_bytes(self) -> bytes:
        """Build the text under the signature.

        https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
        """
        fields = {
            "Message": self.message,
            "MessageId": self.message_id,
            "Subject": self.subject,
            "SubscribeURL": self.subscribe_url,
            "Timestamp": self.timestamp,
            "Token": self.token,
            "TopicArn": self.topic_arn,
            "Type": self.kind.value,
        }
        return "".join(f"{name}\n{value}\n" for name, value in fields.items() if value is not None).encode()


def open_envelope(headers: Headers, body: bytes) -> Envelope:
    """Read a request's body, checking its form and that the headers agree with it.

    Raises MalformedRequest or RequestTooLarge; TypeError for a body that is not bytes.
    """
    if not isinstance(body, bytes | bytearray | memoryview):
        # Not a refusal: the request may be genuine, so the framework must answer 5xx and SNS repeat it.
        raise TypeError(f"pass the raw bytes of the request's body, unparsed, not {type(body).__name__}")
    body = bytes(body)
    if len(body) > MAXIMUM_BODY_BYTES:
        raise RequestTooLarge("body_too_large", f"The body is longer than {MAXIMUM_BODY_BYTES} bytes.")
    named = _lower_case(headers)
    if named.get("x-amz-sns-rawdelivery", "").lower() == "true":
        raise MalformedRequest(
            "raw_delivery", "Raw deliveries carry no signature; turn raw message delivery off."
        )
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedRequest("not_utf8", "The body is not UTF-8.") from None
    envelope = _envelope(parse_object(text, "The body"))
    _check_header(named, "x-amz-sns-message-type", envelope.kind.value)
    _check_header(named, "x-amz-sns-message-id", envelope.message_id)
    _check_header(named, "x-amz-sns-topic-arn", envelope.topic_arn)
    return envelope


def _envelope(document: dict[str, Any]) -> Envelope:
    kind_name = _line(document, "Type")
    if kind_name not in list(Kind):
        raise MalformedRequest("unknown_type", f"The Type {shown(kind_name)} is not one that SNS sends.")
    kind = Kind(kind_name)
    confirmation = kind is not Kind.NOTIFICATION
    subject = _line(document, "Subject") if not confirmation and "Subject" in document else None
    return Envelope(
        kind=kind,
        message_id=_line(document, "MessageId"),
        topic_arn=_line(document, "TopicArn"),
        message=_text(document, "Message"),
        timestamp=_moment(document),
        signature_version=_line(document, "SignatureVersion"),
        signature=_signature(document),
        certificate_url=_line(document, "SigningCertURL"),
        subject=subject,
        token=_line(document, "Token") if confirmation else None,
        subscribe_url=_line(document, "SubscribeURL") if confirmation else None,
    )


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str):
        raise MalformedRequest("wrong_field", f"The field {name} is missing or is not text.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise MalformedRequest("not_utf8", f"The field {name} holds half a surrogate pair.") from None
    return value


def _line(document: dict[str, Any], name: str) -> str:
    # The signature covers names and values as lines. A line break inside a value would let the same signed
    # text be cut into other fields; only Message, which comes first, may safely hold one.
    value = _text(document, name)
    if _CONTROL_CHARACTER.search(value):
        raise MalformedRequest("wrong_field", f"The field {name} holds a control character.")
    return value


def _moment(document: dict[str, Any]) -> str:
    value = _line(document, "Timestamp")
    if not _TIMESTAMP.fullmatch(value) or not _is_moment(value):
        raise MalformedRequest("wrong_field", f"The Timestamp {shown(value)} is not SNS's form.")
    return value


def _is_moment(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _signature(document: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode(_line(document, "Signature"), validate=True)
    except (binascii.Error, ValueError):
        raise MalformedRequest("wrong_field", "The field Signature is not base64.") from None


def _lower_case(headers: Headers) -> dict[str, str]:
    named: dict[str, str] = {}
    for name, value in pairs_of(headers):
        key = name.lower()
        if key.startswith("x-amz-sns-") and named.get(key, value) != value:
            raise MalformedRequest("header_mismatch", f"The header {key} occurs twice, with two values.")
        named[key] = value
    return named


def _check_header(headers: dict[str, str], name: str, expected: str) -> None:
    # SNS sends these three, but a proxy may drop them and they prove nothing: the signed body decides.
    if headers.get(name, expected) != expected:
        raise MalformedRequest(
            "header_mismatch", f"The header {name} says {shown(headers[name])}, the body {shown(expected)}."
        )
