"""Signatures that prove nothing."""

from __future__ import annotations

from receiver import Reply

from .cases import Case, case
from .signing import (
    CERTIFICATE_URL,
    HOST,
    NOW,
    OTHER_TOPIC,
    PEM_PATH,
    TOKEN,
    TOPIC,
    certificate,
    confirmation,
    event_text,
    notification,
    rsa_key,
    signed,
    sns_time,
    subscribe_url,
    without,
)

_HEX = "0123456789abcdef0123456789abcdef"

# Every one of them could serve a certificate of the attacker's.
_CERTIFICATE_URLS = {
    "a bucket": f"https://my-bucket.s3.amazonaws.com{PEM_PATH}",
    "a bucket's path": f"https://s3.eu-west-1.amazonaws.com/sns.eu-west-1.amazonaws.com{PEM_PATH}",
    "a longer domain": f"{HOST}.evil.com{PEM_PATH}",
    "a dash for a dot": f"https://sns-eu-west-1.amazonaws.com{PEM_PATH}",
    "a prefix": f"https://evil.sns.eu-west-1.amazonaws.com{PEM_PATH}",
    "another service": f"https://sqs.eu-west-1.amazonaws.com{PEM_PATH}",
    "another region": f"https://sns.us-east-1.amazonaws.com{PEM_PATH}",
    "no region": f"https://sns.amazonaws.com{PEM_PATH}",
    "another partition": f"{HOST}.cn{PEM_PATH}",
    "punycode": f"https://sns.eu-west-1.xn--mazonaws-2fg.com{PEM_PATH}",
    "a Cyrillic a": f"https://sns.eu-west-1.\u0430mazonaws.com{PEM_PATH}",
    "a full-width dot": f"https://sns.eu-west-1\uff0eamazonaws.com{PEM_PATH}",
    "host as user": f"{HOST}@evil.com{PEM_PATH}",
    "user and password": f"https://a:b@sns.eu-west-1.amazonaws.com{PEM_PATH}",
    "a backslash": f"{HOST}\\@evil.com{PEM_PATH}",
    "a port": f"{HOST}:8443{PEM_PATH}",
    "the usual port": f"{HOST}:443{PEM_PATH}",
    "a trailing dot": f"{HOST}.{PEM_PATH}",
    "plain http": f"http://sns.eu-west-1.amazonaws.com{PEM_PATH}",
    "a file": f"file://{PEM_PATH}",
    "capitals": f"HTTPS://SNS.eu-west-1.amazonaws.com{PEM_PATH}",
    "a query": f"{CERTIFICATE_URL}?x=.pem",
    "a fragment": f"{CERTIFICATE_URL}#.pem",
    "another file": f"{HOST}/evil.pem",
    "another action": f"{HOST}/?Action=GetTopicAttributes&x=.pem",
    "a folder before": f"{HOST}/x{PEM_PATH}",
    "dots": f"{HOST}/x/..{PEM_PATH}",
    "two slashes": f"{HOST}/{PEM_PATH}",
    "something behind": f"{CERTIFICATE_URL}/x",
    "too few digits": f"{HOST}/SimpleNotificationService-{_HEX[:-1]}.pem",
    "digits in capitals": f"{HOST}/SimpleNotificationService-{_HEX.upper()}.pem",
    "full-width digits": f"{HOST}/SimpleNotificationService-{_HEX[:-1]}\uff11.pem",
    "no host": PEM_PATH,
    "nothing": "",
    "a space before": f" {CERTIFICATE_URL}",
}


def forged_cases() -> list[Case]:
    """Signatures that prove nothing."""
    stranger = rsa_key("stranger")
    return [
        *(
            case(
                f"certificate at {name}",
                "certificate_url",
                signed(notification(SigningCertURL=url), key=stranger),
                replies={url: Reply(200, certificate(stranger))},
                visits=[],
            )
            for name, url in _CERTIFICATE_URLS.items()
        ),
        case(
            "certificate URL with a line break",
            "wrong_field",
            signed(notification(SigningCertURL=CERTIFICATE_URL + "\n")),
        ),
        case("another key", "signature_mismatch", signed(notification(), key=stranger)),
        case("an empty signature", "signature_mismatch", notification() | {"Signature": ""}),
        case(
            "another message's signature",
            "signature_mismatch",
            notification(Message="x") | _signature(notification()),
        ),
        *(
            case(
                f"altered {name}",
                "signature_mismatch",
                signed(notification(Subject="Paid")) | {name: value},
                topic_arns=(TOPIC, OTHER_TOPIC),
            )
            for name, value in {
                "Message": event_text(type="order.refunded"),
                "MessageId": "another",
                "Subject": "Declined",
                "Timestamp": sns_time(NOW),
                "TopicArn": OTHER_TOPIC,
            }.items()
        ),
        case("a subject added", "signature_mismatch", signed(notification()) | {"Subject": "Paid"}),
        case(
            "a subject removed",
            "signature_mismatch",
            without(signed(notification(Subject="Paid")), "Subject"),
        ),
        *(
            case(
                f"altered {name} of a confirmation",
                "signature_mismatch",
                signed(confirmation()) | changes,
                topic_arns=(TOPIC, OTHER_TOPIC),
            )
            for name, changes in {
                "Message": {"Message": "Come in."},
                "MessageId": {"MessageId": "another"},
                "Token": {"Token": "f00", "SubscribeURL": subscribe_url(token="f00")},
                "SubscribeURL": {"SubscribeURL": subscribe_url() + "&x=1"},
                "Timestamp": {"Timestamp": sns_time(NOW)},
                "TopicArn": {"TopicArn": OTHER_TOPIC, "SubscribeURL": subscribe_url(OTHER_TOPIC)},
                "Type": {"Type": "UnsubscribeConfirmation"},
            }.items()
        ),
        case(
            "a notification made a confirmation",
            "signature_mismatch",
            signed(notification())
            | {"Type": "SubscriptionConfirmation", "Token": TOKEN, "SubscribeURL": subscribe_url()},
        ),
        *_cut_cases(),
        *_version_cases(),
    ]


def _cut_cases() -> list[Case]:
    # SNS signed one Message that spells out further fields; cut elsewhere, the same text is another message.
    hidden = f"{event_text('evt-2')}\nMessageId\nfake-id\nSubject\nhello"
    truly = signed(notification(Message=hidden))
    cut_in_subject = {
        "Message": event_text("evt-2"),
        "MessageId": "fake-id",
        "Subject": f"hello\nMessageId\n{truly['MessageId']}",
    }
    cut_in_id = {
        "Message": hidden.partition("\n")[0],
        "MessageId": f"fake-id\nSubject\nhello\nMessageId\n{truly['MessageId']}",
    }
    foreign = signed(
        notification(
            TopicArn=OTHER_TOPIC,
            Message=f"{event_text()}\nMessageId\nx\nTimestamp\n{sns_time(NOW)}\nTopicArn\n{TOPIC}",
        )
    )
    return [
        case("fields cut into a subject", "wrong_field", truly | cut_in_subject, headers={}),
        case("fields cut into an id", "wrong_field", truly | cut_in_id, headers={}),
        case("a foreign topic cut short", "topic_not_allowed", foreign),
    ]


def _version_cases() -> list[Case]:
    first = signed(notification(SignatureVersion="1"))
    return [
        case("version 1", "signature_version", first, visits=[]),
        case("version 1 called 2", "signature_mismatch", first | {"SignatureVersion": "2"}),
        case(
            "version 2 called 1",
            "signature_mismatch",
            signed(notification()) | {"SignatureVersion": "1"},
            minimum_signature_version=1,
        ),
        *(
            case(
                f"version {version!r}",
                "signature_version",
                signed(notification()) | {"SignatureVersion": version},
                visits=[],
            )
            for version in ("0", "3", "02", "2 ", "")
        ),
    ]


def _signature(message: dict[str, object]) -> dict[str, object]:
    return {"Signature": signed(message)["Signature"]}
