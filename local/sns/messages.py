"""What SNS puts on the wire: the three bodies, the text that is signed, and the headers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.sns.policy import DEFAULT_CONTENT_TYPE
from local.sns.signing import MessageSigner

NOTIFICATION = "Notification"
SUBSCRIPTION_CONFIRMATION = "SubscriptionConfirmation"
UNSUBSCRIBE_CONFIRMATION = "UnsubscribeConfirmation"

# https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
_NOTIFICATION_FIELDS = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION_FIELDS = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One published message, for one protocol.

    `attributes` are in the Publish call's own shape: `{name: {DataType, StringValue | BinaryValue}}`.
    """

    message_id: str
    topic_arn: str
    message: str
    published_at: float
    subject: str = ""
    attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A SubscriptionConfirmation or an UnsubscribeConfirmation, by `kind`."""

    kind: str
    message_id: str
    topic_arn: str
    subscription_arn: str
    token: str
    written_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Make the addresses in messages; both origins are `scheme://host:port`.

    On AWS the two are one. Here the emulator answers calls, and the certificates have a server of their own.
    """

    call_origin: str
    certificate_origin: str

    def subscribe_url(self, topic_arn: str, token: str) -> str:
        """Return the address that confirms, or restores, a subscription."""
        return f"{self.call_origin}/?Action=ConfirmSubscription&TopicArn={topic_arn}&Token={token}"

    def unsubscribe_url(self, subscription_arn: str) -> str:
        """Return the address that ends a subscription."""
        return f"{self.call_origin}/?Action=Unsubscribe&SubscriptionArn={subscription_arn}"

    def certificate_url(self, path: str) -> str:
        """Return the address of a signing certificate."""
        return f"{self.certificate_origin}{path}"


class Scribe:
    """Write signed bodies."""

    def __init__(self, signer: MessageSigner, links: Links) -> None:
        self._signer = signer
        self._links = links

    def write_notification(
        self, publication: Publication, subscription_arn: str, signature_version: str
    ) -> dict[str, Any]:
        """Return the enveloped body of a published message."""
        body: dict[str, Any] = {
            "Type": NOTIFICATION,
            "MessageId": publication.message_id,
            "TopicArn": publication.topic_arn,
        }
        if publication.subject:
            body["Subject"] = publication.subject
        body["Message"] = publication.message
        body["Timestamp"] = format_timestamp(publication.published_at)
        self._sign(body, signature_version)
        body["UnsubscribeURL"] = self._links.unsubscribe_url(subscription_arn)
        if publication.attributes:
            body["MessageAttributes"] = {
                name: {
                    "Type": attribute["DataType"],
                    "Value": attribute.get("StringValue") or attribute.get("BinaryValue", ""),
                }
                for name, attribute in publication.attributes.items()
            }
        return body

    def write_confirmation(self, confirmation: Confirmation, signature_version: str) -> dict[str, Any]:
        """Return the body that asks an endpoint to confirm, or notifies it that it is unsubscribed."""
        body: dict[str, Any] = {
            "Type": confirmation.kind,
            "MessageId": confirmation.message_id,
            "Token": confirmation.token,
            "TopicArn": confirmation.topic_arn,
            "Message": _explain(confirmation),
            "SubscribeURL": self._links.subscribe_url(confirmation.topic_arn, confirmation.token),
            "Timestamp": format_timestamp(confirmation.written_at),
        }
        self._sign(body, signature_version)
        return body

    def _sign(self, body: dict[str, Any], signature_version: str) -> None:
        body["SignatureVersion"] = signature_version
        body["Signature"] = self._signer.sign(text_to_sign(body), signature_version)
        body["SigningCertURL"] = self._links.certificate_url(self._signer.certificate_path)


def _explain(confirmation: Confirmation) -> str:
    if confirmation.kind == UNSUBSCRIBE_CONFIRMATION:
        return (
            f"You have chosen to deactivate subscription {confirmation.subscription_arn}.\n"
            "To cancel this operation and restore the subscription, "
            "visit the SubscribeURL included in this message."
        )
    return (
        f"You have chosen to subscribe to the topic {confirmation.topic_arn}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message."
    )


def text_to_sign(body: Mapping[str, str]) -> bytes:
    """Return the canonical text that a body's signature covers."""
    fields = _NOTIFICATION_FIELDS if body["Type"] == NOTIFICATION else _CONFIRMATION_FIELDS
    return "".join(f"{name}\n{body[name]}\n" for name in fields if name in body).encode()


def render(body: Mapping[str, Any]) -> bytes:
    """Return a body's bytes, laid out as SNS lays them out."""
    return json.dumps(body, indent=2, separators=(",", " : "), ensure_ascii=False).encode()


def make_headers(
    *,
    message_type: str,
    message_id: str,
    topic_arn: str,
    subscription_arn: str,
    raw: bool = False,
    content_type: str = DEFAULT_CONTENT_TYPE,
) -> dict[str, str]:
    """Return the headers of a delivery; the values are those recorded from AWS."""
    headers = {
        "x-amz-sns-message-type": message_type,
        "x-amz-sns-message-id": message_id,
        "x-amz-sns-topic-arn": topic_arn,
    }
    if message_type != SUBSCRIPTION_CONFIRMATION:
        headers["x-amz-sns-subscription-arn"] = subscription_arn
    if raw:
        headers["x-amz-sns-rawdelivery"] = "true"
    headers["Content-Type"] = content_type
    headers["Connection"] = "Keep-Alive"
    headers["User-Agent"] = "Amazon Simple Notification Service Agent"
    headers["Accept-Encoding"] = "gzip,deflate"
    return headers


def format_timestamp(seconds: float) -> str:
    """Return a time since the epoch as SNS writes it, to the millisecond."""
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
