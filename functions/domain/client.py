"""The client that every order, webhook and event belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

ApiAuth = Literal["iam", "jwt", "none"]

ANONYMOUS = "anonymous"
CLIENT_ID_PATTERN = r"^[A-Za-z0-9._:@/\-]{1,128}$"
_CLIENT_ID = re.compile(CLIENT_ID_PATTERN)
# OpenID Connect ends a `sub` at 255 characters: https://openid.net/specs/openid-connect-core-1_0.html#IDToken
# A key of the tables, where it may stand percent-encoded beside an idempotency key, ends at 2,048 bytes.
_LONGEST_CLAIM_BYTES = 256


class UnknownCaller(Exception):  # noqa: N818 - reads as what it is
    """Nothing says who is calling."""


class ClientIdTooLong(ValueError):  # noqa: N818 - as above
    """A token's claim is too long for a key of the tables; the message names the limit."""


class InvalidClientId(ValueError):  # noqa: N818 - as above
    """A client ID has characters or a length that it must not have; the message names the rule."""


def client_of_principal(arn: str) -> str:
    """Return the client for the ARN of an IAM user or role: its account with the user or role.

    Such as arn:aws:sts::123456789012:assumed-role/Shop/session or arn:aws:iam::123456789012:user/path/name.
    Raises `UnknownCaller`.
    """
    parts = arn.split(":", 5)
    if len(parts) != 6:
        raise UnknownCaller
    account, resource = parts[4], parts[5]
    if resource.startswith("assumed-role/"):
        # The session name changes from one assumption to the next; the role is who they are.
        resource = f"role/{resource.split('/')[1]}"
    return f"{account}:{resource}"


def client_of_claims(claims: Mapping[str, Any]) -> str:
    """Return the client for a token's claims: `client_id`, else `sub`.

    Raises `UnknownCaller` and `ClientIdTooLong`.
    """
    client_id = str(claims.get("client_id") or claims.get("sub") or "")
    if not client_id:
        raise UnknownCaller
    if len(client_id.encode("utf-8", errors="surrogatepass")) > _LONGEST_CLAIM_BYTES:
        raise ClientIdTooLong(f"has more than {_LONGEST_CLAIM_BYTES} bytes")
    return client_id


def check_client_id(client_id: str) -> str:
    """Return a client ID that a client has chosen; raise `InvalidClientId`."""
    if not _CLIENT_ID.fullmatch(client_id):
        raise InvalidClientId("must have 1 to 128 characters of A-Z a-z 0-9 . _ : @ / -")
    return client_id
