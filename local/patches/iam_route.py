"""A route with AWS_IAM takes a signed request of a caller who may call it, and refuses every other."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from ministack import app
from ministack.core.arn import execute_api_arn
from ministack.core.iam_evaluator import CredentialResolutionError, enforce, resolve_credential
from ministack.core.responses import request_scope
from ministack.services import apigateway

from local.patches.patch import Mend
from local.patches.payload_format import Response
from local.patches.sigv4 import SentRequest, SignatureError, check_signature, read_signature

_dispatch = app._handle_execute_api_request
_handle = apigateway.handle_execute
_identity = apigateway._iam_caller_identity_v2

_raw_path: ContextVar[str] = ContextVar("raw_path")
_caller: ContextVar[dict[str, Any]] = ContextVar("caller")


async def dispatch(
    host: str,
    path: str,
    method: str,
    headers: dict[str, str],
    body: bytes,
    query_params: dict[str, list[str]],
    raw_path: str | None = None,
    raw_query_string: str | None = None,
) -> Response | None:
    """Hand a request to the API that it is for, and keep its path as the client has sent and signed it."""
    token = _raw_path.set(raw_path or quote(path))
    try:
        answer: Response | None = await _dispatch(
            host, path, method, headers, body, query_params, raw_path, raw_query_string
        )
    finally:
        _raw_path.reset(token)
    return answer


async def handle_execute(
    api_id: str,
    stage: str,
    path: str,
    method: str,
    headers: dict[str, str],
    body: bytes,
    query_params: dict[str, list[str]],
    raw_query_string: str | None = None,
) -> Response:
    """Answer a request to an API; on a route with AWS_IAM only once it is known who is calling."""
    if method != "OPTIONS" and _is_signed(api_id, method, path):
        request = SentRequest(
            method=method,
            path=_raw_path.get(quote(path)),
            query_string=raw_query_string or "",
            headers={name.lower(): value for name, value in headers.items()},
            body=body,
        )
        try:
            _caller.set(_check(request, api_id, stage, path))
        except SignatureError as error:
            apigateway.logger.warning("Refused %s %s: %s", method, path, error)
            return _forbidden()
        # The emulator looks for this header, which a presigned request lacks; its event is without it.
        headers = {"authorization": "", **request.headers}
    answer: Response = await _handle(
        api_id, stage, path, method, headers, body, query_params, raw_query_string
    )
    return answer


def iam_caller(_headers: dict[str, str], _query_params: dict[str, list[str]]) -> dict[str, Any]:
    """Return `requestContext.authorizer.iam` of the request whose signature has been checked."""
    return _caller.get()


def _is_signed(api_id: str, method: str, path: str) -> bool:
    scope = apigateway.find_api_scope(api_id)
    if scope is None:
        return False
    with request_scope(*scope):
        route = apigateway._match_route(api_id, method, "/" + path.lstrip("/"))
    return bool(route) and route.get("authorizationType") == "AWS_IAM"


def _check(request: SentRequest, api_id: str, stage: str, path: str) -> dict[str, Any]:
    """Return who has signed the request; raise SignatureError where that is nobody who may call."""
    account_id, region = apigateway.find_api_scope(api_id)
    signature = read_signature(request)
    key = signature.access_key_id
    credential = resolve_credential(key, account_id, signature.session_token)
    if not key or isinstance(credential, CredentialResolutionError):
        raise SignatureError(f"the access key {key!r} is not known, or its session token is wrong")
    secret = credential.secret_access_key
    check_signature(request, signature, secret, service="execute-api", region=region, now=datetime.now(UTC))
    resource = execute_api_arn(region, account_id, api_id, stage, request.method, path)
    with request_scope(account_id, region):
        if enforce(key, "execute-api:Invoke", "apigateway", region, resource_arn=resource):
            raise SignatureError(f"{credential.principal_arn} has no permission to invoke {resource}")
        # The emulator looks for the key in a header.
        known: dict[str, Any] = _identity({"authorization": f"AWS4-HMAC-SHA256 Credential={key}/"}, {})
    return {"cognitoIdentity": None, **known}


def _forbidden() -> Response:
    answer: Response = apigateway._jwt_forbidden()
    return answer


MENDS = (
    Mend(
        fault="The path that a client has signed is lost: API Gateway's own functions get it decoded.",
        module="ministack.app",
        attribute="_handle_execute_api_request",
        source_sha256="77a20f6d604b17e37e4b39ee906ed2ae8bb3e54532442b24064590001dd62221",
        replacement=dispatch,
    ),
    Mend(
        fault=(
            "A route with AWS_IAM takes every request that has an Authorization header, whatever it says. "
            "AWS checks the signature, its time and the caller's policies, and answers 403: "
            "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html"
        ),
        module="ministack.services.apigateway",
        attribute="handle_execute",
        source_sha256="c7a2f92d7eb6b8d55141e5a6b39fbc12d974c0f1e3c1af5bf2d984020688d5b6",
        replacement=handle_execute,
    ),
    Mend(
        fault=(
            "The caller is whoever the access key belongs to, though nobody has checked the signature; a key "
            "that does not exist calls as nobody. cognitoIdentity is left out where AWS has it null: "
            "https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html"
        ),
        module="ministack.services.apigateway",
        attribute="_iam_caller_identity_v2",
        source_sha256="c4ea0a0645bbdbd2b89a06c5f77d818dc207f1fae56c3204c00165cc2d58316d",
        replacement=iam_caller,
    ),
)
