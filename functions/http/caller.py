"""Who sent a request, by what API Gateway's authorizer left in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, assert_never

from functions.domain.client import (
    ANONYMOUS,
    ApiAuth,
    ClientIdTooLong,
    InvalidClientId,
    UnknownCaller,
    check_client_id,
    client_of_claims,
    client_of_principal,
)
from functions.http.problem import FieldError, Problem
from functions.http.request import Request

CLIENT_ID_HEADER = "x-client-id"


@dataclass(frozen=True, kw_only=True)
class CallerEnvironment:
    """The environment of every function whose route is not public."""

    api_auth: ApiAuth


def caller_of(request: Request, auth: ApiAuth) -> str:
    """Return the ID of the client who sent a request.

    With `iam` the client is the caller's account and user or role; with `jwt` the token's claim `client_id`,
    else `sub`; with `none` the header `x-client-id`, else "anonymous". Raises a 401 where the authorizer left
    no caller, a 403 where a token's claim is too long for a key, and a 400 for a header that is no client ID.
    """
    authorizer: Mapping[str, Any] = request.event["requestContext"].get("authorizer") or {}
    try:
        if auth == "iam":
            return client_of_principal((authorizer.get("iam") or {}).get("userArn") or "")
        if auth == "jwt":
            return client_of_claims((authorizer.get("jwt") or {}).get("claims") or {})
        if auth == "none":
            header = request.header(CLIENT_ID_HEADER)
            return check_client_id(ANONYMOUS if header is None else header)
        # A kind of authentication that is not handled must not leave it to callers who they are.
        assert_never(auth)
    except UnknownCaller as error:
        raise Problem(HTTPStatus.UNAUTHORIZED, "The request is not authenticated.") from error
    except ClientIdTooLong as error:
        raise Problem(HTTPStatus.FORBIDDEN, f"The token's client_id (or sub) {error}.") from error
    except InvalidClientId as error:
        raise Problem(
            HTTPStatus.BAD_REQUEST,
            f"The header {CLIENT_ID_HEADER} {error}.",
            errors=[FieldError(CLIENT_ID_HEADER, str(error))],
        ) from error
