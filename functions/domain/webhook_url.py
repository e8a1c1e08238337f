"""Which URLs a webhook may have: those of other people's public servers."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from urllib.parse import SplitResult, urlsplit

from pydantic import JsonValue

# SNS takes 2,048 characters, of which the webhook's ID needs some:
# https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
LONGEST_URL = 1_900

# What JSON Schema can say of the rules below: plain characters, a host, no user name, no fragment. A laptop
# takes http too. (The format "uri" would say more: that brackets in a query are encoded.)
URL_SCHEMA: dict[str, JsonValue] = {
    "maxLength": LONGEST_URL,
    "pattern": r"^https://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._\-]+)(:[0-9]+)?([/?][!$-;=?-\[\]_a-z~]*)?$",
}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str], Iterable[str]]

# All of the public Internet's IPv6 so far; everything else is local, reserved, or a disguise of IPv4.
# https://www.iana.org/assignments/ipv6-address-space/ipv6-address-space.xhtml
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")


class RefusedUrlError(ValueError):
    """The URL may not be a webhook's; the message names the rule and not what the host resolved to."""


def check_webhook_url(url: str, resolve: Resolve, *, allow_local: bool) -> None:
    """Raise `RefusedUrlError` unless the URL leads to a public server by https.

    `resolve` returns a host's addresses in any spelling that the system's resolver takes, and raises OSError
    for a host that has none. `allow_local` is for a laptop: http and private addresses are then admitted.
    """
    parts = _split(url)
    if parts.scheme != "https" and not (allow_local and parts.scheme == "http"):
        raise RefusedUrlError("must begin with https://")
    if parts.username is not None or parts.password is not None:
        raise RefusedUrlError("must not carry a user name or a password")
    if parts.fragment or url.endswith("#"):
        raise RefusedUrlError("must not have a fragment")
    try:
        addresses = [ipaddress.ip_address(each.partition("%")[0]) for each in resolve(parts.hostname or "")]
    except (OSError, UnicodeError) as error:
        raise RefusedUrlError("must have a host that can be found by DNS") from error
    if not addresses:
        raise RefusedUrlError("must have a host that can be found by DNS")
    if not allow_local and not all(map(_is_public, addresses)):
        raise RefusedUrlError("must have a host whose addresses are all public")


def _split(url: str) -> SplitResult:
    # Browsers, resolvers and proxies differ in what they make of the rest of Unicode, of white space and of
    # backslashes; a URL that some of them read otherwise is refused.
    if len(url) > LONGEST_URL:
        raise RefusedUrlError(f"must have at most {LONGEST_URL} characters")
    if not url.isascii() or not url.isprintable() or set(url) & set(' \\"<>^`{|}'):
        raise RefusedUrlError("must be a plain ASCII URL; write other characters percent-encoded")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedUrlError("must be a URL") from error
    if not parts.hostname or "%" in parts.netloc or port == 0:
        raise RefusedUrlError("must have a host")
    return parts


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        # Tunnels (6to4, Teredo) lead to whatever IPv4 address is written in them.
        tunnelled = address.sixtofour is not None or address.teredo is not None
        if tunnelled or address not in _GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast
