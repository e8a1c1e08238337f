"""Certificates and handshakes: what a receiver fetches, and what it must not."""

from __future__ import annotations

from datetime import timedelta

from receiver import Reply

from .cases import Case, case
from .signing import (
    CERTIFICATE_URL,
    HOST,
    NOW,
    OTHER_TOPIC,
    TOPIC,
    certificate,
    confirmation,
    ec_key,
    notification,
    rsa_key,
    signed,
    sns_certificate,
    subscribe_url,
)

_PEM = Reply(200, sns_certificate())
_OK = Reply(200, b"")

_SUBSCRIBE_URLS = {
    "elsewhere": subscribe_url(origin="https://evil.com"),
    "a longer domain": subscribe_url(origin=f"{HOST}.evil.com"),
    "another region": subscribe_url(origin="https://sns.us-east-1.amazonaws.com"),
    "plain http": subscribe_url(origin="http://sns.eu-west-1.amazonaws.com"),
    "the inside": subscribe_url(origin="http://169.254.169.254"),
    "this machine": subscribe_url(origin="http://127.0.0.1:4566"),
    "host as user": subscribe_url(origin=f"{HOST}@evil.com"),
    "a port": subscribe_url(origin=f"{HOST}:443"),
    "another path": subscribe_url(origin=f"{HOST}/x"),
    "another topic": subscribe_url(topic_arn=OTHER_TOPIC),
    "another token": subscribe_url(token="f00"),
    "another action": subscribe_url().replace("ConfirmSubscription", "Unsubscribe"),
    "two topics": f"{subscribe_url()}&TopicArn={OTHER_TOPIC}",
    "two actions": f"{subscribe_url()}&Action=Unsubscribe",
    "one more argument": f"{subscribe_url()}&AuthenticateOnUnsubscribe=true",
    "an argument missing": f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}",
    "a fragment": f"{subscribe_url()}#x",
    "a space": f"{subscribe_url()} ",
    "no place": subscribe_url().partition("?")[2],
    "two question marks": subscribe_url().replace("?", "??"),
    "nothing": "",
}


def certificate_cases() -> list[Case]:
    """Certificates that cannot be had or must not be used."""
    weak = rsa_key("weak", 1024)
    good = certificate(rsa_key())
    replies = {
        "expired": (
            "certificate_expired",
            Reply(200, certificate(rsa_key(), ends=NOW - timedelta(seconds=1))),
        ),
        "not yet valid": (
            "certificate_not_yet_valid",
            Reply(200, certificate(rsa_key(), starts=NOW + timedelta(minutes=1))),
        ),
        "of an elliptic curve": ("certificate_invalid", Reply(200, certificate(ec_key()))),
        "that is text": ("certificate_unavailable", Reply(200, b"<html>Welcome to our hotel</html>")),
        "that is empty": ("certificate_unavailable", Reply(200, b"")),
        "that is two": ("certificate_unavailable", Reply(200, good + good)),
        "not found": ("certificate_unavailable", Reply(404, good)),
        "moved": ("certificate_unavailable", Reply(302, good)),
        "of a failing server": ("certificate_unavailable", Reply(500, b"")),
        "out of reach": ("certificate_unavailable", None),
    }
    return [
        *(
            case(
                f"certificate {name}",
                outcome,
                signed(notification()),
                replies={CERTIFICATE_URL: reply},
                visits=[CERTIFICATE_URL],
            )
            for name, (outcome, reply) in replies.items()
        ),
        case(
            "certificate of 1024 bits",
            "certificate_invalid",
            signed(notification(), key=weak),
            replies={CERTIFICATE_URL: Reply(200, certificate(weak))},
        ),
    ]


def confirmation_cases() -> list[Case]:
    """Handshakes that would confirm something else, or fail."""
    return [
        *(
            case(
                f"SubscribeURL: {name}",
                "subscribe_url",
                signed(confirmation(SubscribeURL=url)),
                replies={CERTIFICATE_URL: _PEM, url: _OK},
                visits=[CERTIFICATE_URL],
            )
            for name, url in _SUBSCRIBE_URLS.items()
        ),
        case(
            "SubscribeURL at the emulator's other origin",
            "subscribe_url",
            signed(confirmation(SubscribeURL=subscribe_url(origin="https://localhost:4443"))),
            local=True,
        ),
        case(
            "a forged confirmation is not visited",
            "signature_mismatch",
            signed(confirmation(), key=rsa_key("stranger")),
            visits=[CERTIFICATE_URL],
        ),
        case(
            "a confirmation of a foreign topic",
            "topic_not_allowed",
            signed(confirmation(TopicArn=OTHER_TOPIC)),
            visits=[],
        ),
        *(
            case(
                f"a confirmation answered {status}",
                outcome,
                signed(confirmation()),
                replies={CERTIFICATE_URL: _PEM, subscribe_url(): Reply(status, b"")},
            )
            for status, outcome in {
                400: "confirmation_refused",
                403: "confirmation_refused",
                404: "confirmation_refused",
                204: "confirmation_failed",
                302: "confirmation_failed",
                407: "confirmation_failed",
                429: "confirmation_failed",
                500: "confirmation_failed",
            }.items()
        ),
        case(
            "a confirmation out of reach",
            "confirmation_failed",
            signed(confirmation()),
            replies={CERTIFICATE_URL: _PEM},
        ),
    ]
