"""Who is calling: the client that every order, webhook and event belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Literal

from functions.domain.problem import FieldError, Problem

ApiAuth = Literal["iam", "jwt", "none"]

ANONYMOUS = "anonymous"
CLIENT_ID_HEADER = "x-client-id"
CLIENT_ID_PATTERN = r"^[A-Za-z0-9._:@/\-]{1,128}$"
_CLIENT_ID = re.compile(CLIENT_ID_PATTERN)
# OpenID Connect ends a `sub` at 255 characters: https://openid.net/specs/openid-connect-core-1_0.html#IDToken
# A key of the tables, where it may stand percent-encoded beside an idempotency key, ends at 2,048 bytes.
_LONGEST_CLAIM_BYTES = 256


def client_of(auth: ApiAuth, authorizer: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """Return the client's ID for one request.

    `authorizer` is the event's `requestContext.authorizer`, `headers` have lower-case names. With `iam` the
    client is the caller's account and user or role; with `jwt` the `client_id` claim, else `sub`; with
    `none` the header `x-client-id`, else "anonymous". Raises a 401 where the authorizer left no caller, and a
    403 where a token's claim is too long for a key.
    """
    if auth == "iam":
        return _iam_client(authorizer.get("iam") or {})
    if auth == "jwt":
        return _jwt_client((authorizer.get("jwt") or {}).get("claims") or {})
    return _named_client(headers.get(CLIENT_ID_HEADER, ANONYMOUS))


def _iam_client(caller: Mapping[str, Any]) -> str:
    arn = caller.get("userArn") or ""
    # arn:aws:sts::123456789012:assumed-role/Shop/session or arn:aws:iam::123456789012:user/path/name
    parts = arn.split(":", 5)
    if len(parts) != 6:
        raise _unknown_caller()
    account, resource = parts[4], parts[5]
    if resource.startswith("assumed-role/"):
        # The session name changes from one assumption to the next; the role is who they are.
        resource = f"role/{resource.split('/')[1]}"
    return f"{account}:{resource}"


def _jwt_client(claims: Mapping[str, Any]) -> str:
    client_id = str(claims.get("client_id") or claims.get("sub") or "")
    if not client_id:
        raise _unknown_caller()
    if len(client_id.encode("utf-8", errors="surrogatepass")) > _LONGEST_CLAIM_BYTES:
        raise Problem(
            HTTPStatus.FORBIDDEN,
            f"The token's client_id (or sub) has more than {_LONGEST_CLAIM_BYTES} bytes.",
        )
    return client_id


def _named_client(client_id: str) -> str:
    if not _CLIENT_ID.fullmatch(client_id):
        message = "must have 1 to 128 characters of A-Z a-z 0-9 . _ : @ / -"
        raise Problem(
            HTTPStatus.BAD_REQUEST,
            f"The header {CLIENT_ID_HEADER} {message}.",
            errors=[FieldError(CLIENT_ID_HEADER, message)],
        )
    return client_id


def _unknown_caller() -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, "The request is not authenticated.")
