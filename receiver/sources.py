"""Where a receiver may fetch anything: SNS in the topic's own region, and an emulator if one is named."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from .envelope import Envelope
from .refusals import UntrustedMessage, shown

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
    """Name one more SNS to trust beside AWS's own: an emulator on the developer's machine.

    Both origins are `scheme://host:port`. Certificates come by https, proven by `ca_file`; subscriptions are
    confirmed by https as well, or by http on loopback.
    """

    certificate_origin: str
    confirmation_origin: str
    ca_file: Path

    def __post_init__(self) -> None:
        _check_origin(self.certificate_origin, loopback_http=False)
        _check_origin(self.confirmation_origin, loopback_http=True)
        if not isinstance(self.ca_file, Path):
            # None would mean the system's authorities.
            raise TypeError("ca_file is a Path")


def certificate_source(envelope: Envelope, authority: SigningAuthority | None) -> Source:
    """Return where the signing certificate may be fetched, refusing every other place."""
    origins: dict[str, Path | None] = {sns_origin(envelope.topic_arn): None}
    if authority is not None:
        origins[authority.certificate_origin] = authority.ca_file
    url = envelope.certificate_url
    for origin, ca_file in origins.items():
        if url.startswith(origin) and _CERTIFICATE_PATH.fullmatch(url.removeprefix(origin)):
            return Source(url, ca_file)
    raise UntrustedMessage(
        "certificate_url",
        f"{shown(url)} is not a signing certificate at {' or '.join(origins)}.",
    )


def confirmation_source(envelope: Envelope, authority: SigningAuthority | None) -> Source:
    """Return the URL that confirms the subscription, refusing one that would do anything else."""
    origins: dict[str, Path | None] = {sns_origin(envelope.topic_arn): None}
    if authority is not None:
        origins[authority.confirmation_origin] = authority.ca_file
    url = envelope.subscribe_url or ""
    for origin, ca_file in origins.items():
        if url.startswith(f"{origin}/?") and _confirms(url.removeprefix(f"{origin}/?"), envelope):
            return Source(url, ca_file)
    raise UntrustedMessage(
        "subscribe_url",
        f"{shown(url)} does not confirm this subscription at {' or '.join(origins)}.",
    )


def is_topic_arn(text: str) -> bool:
    """Return whether a text is the ARN of a standard SNS topic."""
    return _TOPIC_ARN.fullmatch(text) is not None


def sns_origin(topic_arn: str) -> str:
    """Return the origin of SNS in the topic's own region."""
    match = _TOPIC_ARN.fullmatch(topic_arn)
    if match is None:
        raise ValueError(f"{topic_arn!r} is not the ARN of a standard SNS topic")
    return f"https://sns.{match['region']}.{_DOMAINS[match['partition']]}"


def is_loopback(host: str) -> bool:
    """Return whether a host name or address is this machine's own."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _confirms(query: str, envelope: Envelope) -> bool:
    expected = {"Action": "ConfirmSubscription", "TopicArn": envelope.topic_arn, "Token": envelope.token}
    try:
        pairs = parse_qsl(query, strict_parsing=True, max_num_fields=len(expected))
    except ValueError:
        return False
    return dict(pairs) == expected


def _check_origin(origin: str, *, loopback_http: bool) -> None:
    if not isinstance(origin, str):
        raise TypeError(f"{origin!r} is not an origin such as https://localhost:4443")
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if origin != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc or not host:
        raise ValueError(f"{origin!r} is not an origin such as https://localhost:4443")
    if parts.scheme != "https" and not (loopback_http and parts.scheme == "http" and is_loopback(host)):
        raise ValueError(f"{origin!r} must be https" + (", or http on loopback" if loopback_http else ""))
