"""A little SNS for the tests: it signs messages and serves its certificate from a table."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from receiver import Reply, Source, Trust

NOW = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:order-events"
OTHER_TOPIC = "arn:aws:sns:eu-west-1:123456789012:other-events"
HOST = "https://sns.eu-west-1.amazonaws.com"
PEM_PATH = "/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
CERTIFICATE_URL = HOST + PEM_PATH
CLIENT_ID = "shop"
WEBHOOK_ID = "wh_1"
HOOK_URL = f"/hooks/orders?webhook_id={WEBHOOK_ID}"
TOKEN = "2336412f37fb687f5d51e6e2425929f5"

_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


def make_trust(**changes: Any) -> Trust:
    return Trust(**{"client_id": CLIENT_ID, "topic_arns": {TOPIC}, "webhook_ids": {WEBHOOK_ID}} | changes)


@cache
def rsa_key(name: str = "sns", bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def certificate(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    *,
    starts: datetime = NOW - timedelta(days=30),
    ends: datetime = NOW + timedelta(days=30),
) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


@cache
def sns_certificate() -> bytes:
    return certificate(rsa_key())


def event_text(event_id: str = "evt-1", **changes: object) -> str:
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": "/orders",
        "type": "order.paid",
        "subject": "req-1",
        "time": "2026-11-25T11:59:58.123Z",
        "datacontenttype": "application/json",
        "clientid": CLIENT_ID,
        "data": {"reference": 'PO "1001", Zürich €\n', "total_amount": 9990},
        **changes,
    }
    return json.dumps({name: value for name, value in event.items() if value is not ...}, ensure_ascii=False)


def notification(**changes: object) -> dict[str, object]:
    return {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": event_text(),
        "Timestamp": sns_time(NOW - timedelta(seconds=3)),
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE_URL,
        "UnsubscribeURL": f"{HOST}/?Action=Unsubscribe&SubscriptionArn={TOPIC}:c9135db0",
        **changes,
    }


def confirmation(**changes: object) -> dict[str, object]:
    fields: dict[str, object] = {
        "Type": "SubscriptionConfirmation",
        "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
        "Token": TOKEN,
        "TopicArn": TOPIC,
        "Message": f"You have chosen to subscribe to the topic {TOPIC}.\nTo confirm, visit the SubscribeURL.",
        "Timestamp": sns_time(NOW - timedelta(seconds=3)),
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE_URL,
    } | changes
    return {"SubscribeURL": subscribe_url(str(fields["TopicArn"]), str(fields["Token"])), **fields}


def subscribe_url(topic_arn: str = TOPIC, token: str = TOKEN, origin: str = HOST) -> str:
    return f"{origin}/?Action=ConfirmSubscription&TopicArn={topic_arn}&Token={token}"


def sns_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def signed(
    message: dict[str, object], *, key: rsa.RSAPrivateKey | None = None, version: str | None = None
) -> dict[str, object]:
    """Sign as SNS does; `version` signs otherwise than the message says."""
    names = _NOTIFICATION if message["Type"] == "Notification" else _CONFIRMATION
    text = "".join(f"{name}\n{message[name]}\n" for name in names if name in message)
    algorithm = hashes.SHA1() if (version or message["SignatureVersion"]) == "1" else hashes.SHA256()
    signature = (key or rsa_key()).sign(text.encode(), padding.PKCS1v15(), algorithm)
    return message | {"Signature": base64.b64encode(signature).decode()}


def body_of(message: dict[str, object]) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode()


def headers_of(message: dict[str, object]) -> dict[str, str]:
    return {
        "x-amz-sns-message-type": str(message["Type"]),
        "x-amz-sns-message-id": str(message["MessageId"]),
        "x-amz-sns-topic-arn": str(message["TopicArn"]),
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": "Amazon Simple Notification Service Agent",
    }


def without(message: dict[str, object], name: str) -> dict[str, object]:
    return {key: value for key, value in message.items() if key != name}


class Web:
    """Answer GETs from a table and remember which were made; None stands for a network that fails."""

    def __init__(self, replies: dict[str, Reply | None] | None = None) -> None:
        self.replies = {CERTIFICATE_URL: Reply(200, sns_certificate())} if replies is None else replies
        self.visited: list[str] = []
        self.ca_files: list[Path | None] = []

    def __call__(self, source: Source, /) -> Reply:
        self.visited.append(source.url)
        self.ca_files.append(source.ca_file)
        reply = self.replies.get(source.url)
        if reply is None:
            raise ConnectionError("no such host")
        return reply
