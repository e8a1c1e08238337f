"""Whom a receiver believes: which topics, how old, signed by whom, confirmed where."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from .envelope import Envelope
from .refusals import TemporaryFailure, UntrustedMessage, shown

_TOPIC_ARN = re.compile(
    r"arn:(?P<partition>aws|aws-us-gov|aws-cn|aws-eusc):sns:(?P<region>[a-z0-9]+(?:-[a-z0-9]+)+):[0-9]{12}:[A-Za-z0-9_-]{1,256}"
)
_DOMAINS = {
    "aws": "amazonaws.com",
    "aws-us-gov": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
}
_CERTIFICATE_PATH = re.compile(r"/SimpleNotificationService-[0-9a-f]{32}\.pem")


@dataclass(frozen=True, slots=True)
class Source:
    """Name a URL that may be visited; `ca_file` replaces the system's certificate authorities."""

    url: str
    ca_file: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningAuthority:
    """Name one more SNS to believe beside AWS's own: an emulator on the developer's machine.

    Both origins are `scheme://host:port`. Certificates come by https, proven by `ca_file`; subscriptions are
    confirmed by https as well, or by http on loopback.
    """

    certificate_origin: str
    confirmation_origin: str
    ca_file: Path

    def __post_init__(self) -> None:
        _check_origin(self.certificate_origin, loopback_http=False)
        _check_origin(self.confirmation_origin, loopback_http=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Say what a receiver accepts.

    - topic_arns: the topics you subscribed to; every other one is refused. Required.
    - minimum_signature_version: 2 by default, which is what our topics use. Version 1 rests on SHA-1, for
      which two texts with one signature can be made; allow it only for a topic that cannot do better.
    - maximum_age_seconds: SNS signs once and repeats the same Timestamp on every retry. A delivery policy may
      spread waits over an hour, and up to a hundred unanswered attempts of 15 s each add 25 minutes; the
      default of 90 minutes covers that. A redelivery after that is published anew, with a new Timestamp.
    - maximum_lead_seconds: how far your clock may be behind that of SNS.
    - authority: one more SNS to believe, for local use. Nothing but AWS is believed without it.
    """

    topic_arns: AbstractSet[str]
    minimum_signature_version: int = 2
    maximum_age_seconds: int = 5400
    maximum_lead_seconds: int = 300
    authority: SigningAuthority | None = None

    def __post_init__(self) -> None:
        if isinstance(self.topic_arns, str) or not self.topic_arns:
            raise ValueError("topic_arns is a set of one or more topic ARNs")
        object.__setattr__(self, "topic_arns", frozenset(self.topic_arns))
        for arn in self.topic_arns:
            if not _TOPIC_ARN.fullmatch(arn):
                raise ValueError(f"{arn!r} is not the ARN of a standard SNS topic")
        if self.minimum_signature_version not in (1, 2):
            raise ValueError("minimum_signature_version is 1 or 2")

    def check(self, envelope: Envelope, now: datetime) -> None:
        """Refuse what needs no certificate to be refused: topic, signature version, age."""
        if envelope.topic_arn not in self.topic_arns:
            raise UntrustedMessage(
                "topic_not_allowed", f"The topic {shown(envelope.topic_arn)} is not an allowed one."
            )
        known = [str(version) for version in range(self.minimum_signature_version, 3)]
        if envelope.signature_version not in known:
            raise UntrustedMessage(
                "signature_version",
                f"Signature version {shown(envelope.signature_version)} is not among {', '.join(known)}.",
            )
        age = now - envelope.sent_at
        if age > timedelta(seconds=self.maximum_age_seconds):
            raise UntrustedMessage("too_old", f"The message is of {envelope.timestamp}, too long ago.")
        if -age > timedelta(seconds=self.maximum_lead_seconds):
            # Most likely this machine's clock is slow: a later attempt can succeed.
            raise TemporaryFailure("from_the_future", f"The message is of {envelope.timestamp}, yet to come.")

    def certificate_source(self, envelope: Envelope) -> Source:
        """Tell where the signing certificate may be fetched, refusing every other place."""
        origins: dict[str, Path | None] = {sns_origin(envelope.topic_arn): None}
        if self.authority is not None:
            origins[self.authority.certificate_origin] = self.authority.ca_file
        url = envelope.certificate_url
        for origin, ca_file in origins.items():
            if url.startswith(origin) and _CERTIFICATE_PATH.fullmatch(url.removeprefix(origin)):
                return Source(url, ca_file)
        raise UntrustedMessage(
            "certificate_url",
            f"{shown(url)} is not a signing certificate at {' or '.join(origins)}.",
        )

    def confirmation_source(self, envelope: Envelope) -> Source:
        """Tell which URL confirms the subscription, refusing one that would do anything else."""
        origins: dict[str, Path | None] = {sns_origin(envelope.topic_arn): None}
        if self.authority is not None:
            origins[self.authority.confirmation_origin] = self.authority.ca_file
        url = envelope.subscribe_url or ""
        for origin, ca_file in origins.items():
            if url.startswith(f"{origin}/?") and _confirms(url.removeprefix(f"{origin}/?"), envelope):
                return Source(url, ca_file)
        raise UntrustedMessage(
            "subscribe_url",
            f"{shown(url)} does not confirm this subscription at {' or '.join(origins)}.",
        )


def sns_origin(topic_arn: str) -> str:
    """Give the origin of SNS in the topic's own region."""
    match = _TOPIC_ARN.fullmatch(topic_arn)
    if match is None:
        raise ValueError(f"{topic_arn!r} is not the ARN of a standard SNS topic")
    return f"https://sns.{match['region']}.{_DOMAINS[match['partition']]}"


def _confirms(query: str, envelope: Envelope) -> bool:
    expected = {"Action": "ConfirmSubscription", "TopicArn": envelope.topic_arn, "Token": envelope.token}
    try:
        pairs = parse_qsl(query, strict_parsing=True, max_num_fields=len(expected))
    except ValueError:
        return False
    return dict(pairs) == expected


def _check_origin(origin: str, *, loopback_http: bool) -> None:
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if origin != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc or not host:
        raise ValueError(f"{origin!r} is not an origin such as https://localhost:4443")
    if parts.scheme != "https" and not (loopback_http and parts.scheme == "http" and is_loopback(host)):
        raise ValueError(f"{origin!r} must be https" + (", or http on loopback" if loopback_http else ""))


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's own."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
