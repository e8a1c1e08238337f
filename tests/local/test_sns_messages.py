from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509.oid import ExtendedKeyUsageOID

from local.sns.messages import (
    Confirmation,
    Links,
    Publication,
    Scribe,
    format_timestamp,
    make_headers,
    render,
    text_to_sign,
)
from local.sns.signing import make_credentials
from tests.support.sns import SUBSCRIPTION_ARN, TOPIC_ARN

LINKS = Links(call_origin="http://127.0.0.1:4566", certificate_origin="https://localhost:4443")
SENT_AT = 1_700_000_000.1239
HASHES = {"1": hashes.SHA1(), "2": hashes.SHA256()}


@pytest.fixture(scope="module")
def credentials():
    return make_credentials()


@pytest.fixture
def scribe(credentials):
    return Scribe(credentials.signer, LINKS)


def publication(**changes):
    given = {
        "message_id": "1-2-3",
        "topic_arn": TOPIC_ARN,
        "message": '{"total": "12 €"}',
        "published_at": SENT_AT,
    }
    return Publication(**{**given, **changes})


def confirmation(kind="SubscriptionConfirmation"):
    return Confirmation(
        kind=kind,
        message_id="1-2-3",
        topic_arn=TOPIC_ARN,
        subscription_arn=SUBSCRIPTION_ARN,
        token="abc123",
        written_at=SENT_AT,
    )


def verify(credentials, body):
    certificate = x509.load_pem_x509_certificate(credentials.signer.certificate_pem)
    certificate.public_key().verify(
        base64.b64decode(body["Signature"]),
        text_to_sign(body),
        padding.PKCS1v15(),
        HASHES[body["SignatureVersion"]],
    )


def test_a_notification_has_exactly_the_fields_that_aws_sends(scribe):
    assert list(scribe.write_notification(publication(), SUBSCRIPTION_ARN, "1")) == [
        "Type",
        "MessageId",
        "TopicArn",
        "Message",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
        "UnsubscribeURL",
    ]


def test_a_notification_with_everything(scribe):
    attributes = {
        "event_type": {"DataType": "String", "StringValue": "order.paid"},
        "digest": {"DataType": "Binary", "BinaryValue": "eHl6"},
    }

    body = scribe.write_notification(
        publication(subject="An order", attributes=attributes), SUBSCRIPTION_ARN, "2"
    )

    del body["Signature"]
    assert re.fullmatch(
        r"https://localhost:4443/SimpleNotificationService-[0-9a-f]{32}\.pem", body.pop("SigningCertURL")
    )
    assert body == {
        "Type": "Notification",
        "MessageId": "1-2-3",
        "TopicArn": TOPIC_ARN,
        "Subject": "An order",
        "Message": '{"total": "12 €"}',
        "Timestamp": "2023-11-14T22:13:20.123Z",
        "SignatureVersion": "2",
        "UnsubscribeURL": f"http://127.0.0.1:4566/?Action=Unsubscribe&SubscriptionArn={SUBSCRIPTION_ARN}",
        "MessageAttributes": {
            "event_type": {"Type": "String", "Value": "order.paid"},
            "digest": {"Type": "Binary", "Value": "eHl6"},
        },
    }


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("SubscriptionConfirmation", f"subscribe to the topic {TOPIC_ARN}.\nTo confirm"),
        ("UnsubscribeConfirmation", f"deactivate subscription {SUBSCRIPTION_ARN}.\nTo cancel"),
    ],
)
def test_both_confirmations_have_exactly_the_fields_that_aws_sends(scribe, kind, words):
    body = scribe.write_confirmation(confirmation(kind), "1")

    assert words in body.pop("Message")
    del body["Signature"], body["SigningCertURL"]
    assert body == {
        "Type": kind,
        "MessageId": "1-2-3",
        "Token": "abc123",
        "TopicArn": TOPIC_ARN,
        "SubscribeURL": f"http://127.0.0.1:4566/?Action=ConfirmSubscription&TopicArn={TOPIC_ARN}&Token=abc123",
        "Timestamp": "2023-11-14T22:13:20.123Z",
        "SignatureVersion": "1",
    }


def test_the_signed_text_of_a_notification_is_the_documented_one(scribe):
    body = scribe.write_notification(publication(subject="S"), SUBSCRIPTION_ARN, "1")

    assert text_to_sign(body).decode() == (
        'Message\n{"total": "12 €"}\nMessageId\n1-2-3\nSubject\nS\n'
        f"Timestamp\n2023-11-14T22:13:20.123Z\nTopicArn\n{TOPIC_ARN}\nType\nNotification\n"
    )


def test_the_signed_text_leaves_out_a_missing_subject(scribe):
    assert b"Subject" not in text_to_sign(scribe.write_notification(publication(), SUBSCRIPTION_ARN, "1"))


def test_the_signed_text_of_a_confirmation_is_the_documented_one(scribe):
    body = scribe.write_confirmation(confirmation(), "1")

    assert text_to_sign(body).decode() == (
        f"Message\n{body['Message']}\nMessageId\n1-2-3\nSubscribeURL\n{body['SubscribeURL']}\n"
        f"Timestamp\n2023-11-14T22:13:20.123Z\nToken\nabc123\nTopicArn\n{TOPIC_ARN}\n"
        "Type\nSubscriptionConfirmation\n"
    )


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("kind", ["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"])
def test_signatures_verify_and_an_altered_message_does_not(credentials, scribe, kind, version):
    body = (
        scribe.write_notification(publication(subject="S"), SUBSCRIPTION_ARN, version)
        if kind == "Notification"
        else scribe.write_confirmation(confirmation(kind), version)
    )

    verify(credentials, body)
    for name in body.keys() - {"Type", "SignatureVersion", "Signature", "SigningCertURL", "UnsubscribeURL"}:
        with pytest.raises(InvalidSignature):
            verify(credentials, {**body, name: body[name] + "!"})


def test_the_two_versions_differ_in_their_digest_only(credentials, scribe):
    body = scribe.write_notification(publication(), SUBSCRIPTION_ARN, "1")

    with pytest.raises(InvalidSignature):
        verify(credentials, {**body, "SignatureVersion": "2"})


def test_both_certificates_come_from_the_authority(credentials):
    authority = x509.load_pem_x509_certificate(credentials.authority_pem)
    server = x509.load_pem_x509_certificate(credentials.server_certificate_pem)
    signer = x509.load_pem_x509_certificate(credentials.signer.certificate_pem)

    server.verify_directly_issued_by(authority)
    signer.verify_directly_issued_by(authority)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    usage = server.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    # The signing certificate must not be able to pose as the server.
    with pytest.raises(x509.ExtensionNotFound):
        signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)


def test_every_run_has_a_certificate_of_its_own(credentials):
    other = make_credentials()

    assert other.signer.certificate_path != credentials.signer.certificate_path
    assert hashlib.sha256(other.authority_pem).digest() != hashlib.sha256(credentials.authority_pem).digest()


def test_bodies_have_the_layout_of_awss():
    text = render({"Type": "Notification", "Message": "12 € \\ \n"})

    assert text == '{\n  "Type" : "Notification",\n  "Message" : "12 € \\\\ \\n"\n}'.encode()
    assert json.loads(text)["Message"] == "12 € \\ \n"


def test_the_headers_are_the_recorded_ones():
    headers = make_headers(
        message_type="Notification",
        message_id="1-2-3",
        topic_arn=TOPIC_ARN,
        subscription_arn=SUBSCRIPTION_ARN,
    )

    assert headers == {
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": "1-2-3",
        "x-amz-sns-topic-arn": TOPIC_ARN,
        "x-amz-sns-subscription-arn": SUBSCRIPTION_ARN,
        "Content-Type": "text/plain; charset=UTF-8",
        "Connection": "Keep-Alive",
        "User-Agent": "Amazon Simple Notification Service Agent",
        "Accept-Encoding": "gzip,deflate",
    }


@pytest.mark.parametrize(
    ("kind", "present"), [("SubscriptionConfirmation", False), ("UnsubscribeConfirmation", True)]
)
def test_only_a_subscription_confirmation_lacks_the_subscription(kind, present):
    headers = make_headers(
        message_type=kind, message_id="1", topic_arn=TOPIC_ARN, subscription_arn=SUBSCRIPTION_ARN
    )

    assert ("x-amz-sns-subscription-arn" in headers) is present


def test_a_raw_delivery_says_so():
    headers = make_headers(
        message_type="Notification",
        message_id="1",
        topic_arn=TOPIC_ARN,
        subscription_arn=SUBSCRIPTION_ARN,
        raw=True,
        content_type="application/json",
    )

    assert headers["x-amz-sns-rawdelivery"] == "true"
    assert headers["Content-Type"] == "application/json"


def test_times_are_written_to_the_millisecond_without_rounding_up():
    assert format_timestamp(1_700_000_000.9999) == "2023-11-14T22:13:20.999Z"
