"""Which URLs a webhook may have, and how SNS calls them."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from urllib.parse import SplitResult, parse_qsl, urlsplit, urlunsplit

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

# The query parameter by which a receiver recognises its own registration. Only the service may set it.
WEBHOOK_ID_PARAMETER = "webhook_id"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str], Iterable[str]]

_DEFAULT_PORTS = {"https": 443, "http": 80}
_AUTHORITY = re.compile(r"[^/?#]*//([^/?#]*)")
# Some frameworks ignore the case of a parameter's name; PHP reads "webhook.id" and "webhook_id[]" as it too.
_READ_AS_PARAMETER = re.compile(r"[ ?]*webhook[_ .\[]id(\[.*)?", re.IGNORECASE | re.DOTALL)

# All of the public Internet's IPv6 so far; everything else is local, reserved, or a disguise of IPv4.
# https://www.iana.org/assignments/ipv6-address-space/ipv6-address-space.xhtml
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")


class RefusedUrlError(ValueError):
    """The URL may not be a webhook's; the message names the rule and not what the host resolved to."""


def check_webhook_url(url: str, resolve: Resolve, *, allow_local: bool) -> None:
    """Raise `RefusedUrlError` unless the URL leads to a public server by https and leaves us its parameter.

    `resolve` returns a host's addresses in any spelling that the system's resolver takes, and raises OSError
    for a host that has none, or TimeoutError for a lookup that takes too long. `allow_local` is for a laptop:
    http and private addresses are then admitted.
    """
    parts = check_url_form(url, allow_http=allow_local)
    try:
        addresses = [ipaddress.ip_address(each.partition("%")[0]) for each in resolve(parts.hostname or "")]
    except TimeoutError as error:
        raise RefusedUrlError(
            "must have a host that DNS resolves in time: the lookup did not finish; try again"
        ) from error
    except (OSError, UnicodeError) as error:
        raise RefusedUrlError("must have a host that DNS resolves") from error
    if not addresses:
        raise RefusedUrlError("must have a host that DNS resolves")
    if not allow_local and not all(map(_is_public, addresses)):
        raise RefusedUrlError("must have a host with public IP addresses only")


def check_configured_url(url: str, *, allow_local: bool) -> None:
    """Raise `RefusedUrlError` by the rules of `check_webhook_url`, but look up no host name.

    A name may resolve otherwise on the deployer's machine; a literal address is the same everywhere.
    """
    parts = check_url_form(url, allow_http=allow_local)
    address = _literal_address((parts.hostname or "").removesuffix("."))
    if address is not None and not allow_local and not _is_public(address):
        raise RefusedUrlError("must have a host with public IP addresses only")


def check_url_form(url: str, *, allow_http: bool) -> SplitResult:
    """Return the URL's parts; raise `RefusedUrlError` where what is written in it is against a rule."""
    parts = _split(url)
    if parts.scheme != "https" and not (allow_http and parts.scheme == "http"):
        raise RefusedUrlError("must begin with https://")
    if parts.username is not None or parts.password is not None:
        raise RefusedUrlError("must not carry a user name or a password")
    if parts.fragment or url.endswith("#"):
        raise RefusedUrlError("must not have a fragment")
    if carries_webhook_id(url):
        raise RefusedUrlError(f"must not have the query parameter {WEBHOOK_ID_PARAMETER}, which we add to it")
    return parts


def carries_webhook_id(url: str) -> bool:
    """Return whether a receiver could find `webhook_id` in the URL's query, however it is spelled."""
    # Some frameworks split at semicolons too.
    pairs = parse_qsl(url.partition("?")[2].replace(";", "&"), keep_blank_values=True)
    return any(_READ_AS_PARAMETER.fullmatch(name) for name, _ in pairs)


def canonical_url(url: str) -> str:
    """Return the one spelling that the webhook of this URL has.

    Scheme and host in lower case, no default port, no dot behind the host, and "/" for an empty path.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removesuffix(".")
    if ":" in host:
        host = f"[{host}]"
    if parts.port is not None and parts.port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{parts.port}"
    return urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ""))


def endpoint_of(url: str, webhook_id: str) -> str:
    """Return what SNS calls for a webhook: its URL with its ID in the query.

    SNS keeps one subscription for a topic and a URL. Without the ID two clients could not have the same URL,
    and one of them could keep the other from registering it. The receiver confirms by it that the
    registration is its own.
    """
    parts = urlsplit(url)
    query = f"{parts.query}&" if parts.query else ""
    return urlunsplit(parts._replace(query=f"{query}{WEBHOOK_ID_PARAMETER}={webhook_id}"))


def _literal_address(host: str) -> Address | None:
    """Return the address that a host is written as, in any spelling that resolvers take, or None."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        # Such as 127.1 and 0x7f000001: https://man7.org/linux/man-pages/man3/inet_aton.3.html
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _split(url: str) -> SplitResult:
    # Browsers, resolvers and proxies differ in what they make of the rest of Unicode, of white space and of
    # backslashes; a URL that some of them read otherwise is refused.
    if len(url) > LONGEST_URL:
        raise RefusedUrlError(f"must have at most {LONGEST_URL} characters")
    authority = _AUTHORITY.match(url)
    if authority is not None and not authority[1].isascii():
        raise RefusedUrlError(
            "must have a host in plain ASCII; write an international name in its xn-- form, "
            "as xn--bcher-kva.example for b\u00fccher.example"
        )
    if not url.isascii() or not url.isprintable() or set(url) & set(' \\"<>^`{|}'):
        raise RefusedUrlError("must be a plain ASCII URL; write other characters percent-encoded")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedUrlError("must be a URL") from error
    if not (parts.hostname or "").strip(".") or "%" in parts.netloc or port == 0:
        raise RefusedUrlError("must have a host")
    return parts


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        # Tunnels (6to4, Teredo) lead to whatever IPv4 address is written in them.
        tunnelled = address.sixtofour is not None or address.teredo is not None
        if tunnelled or address not in _GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast
