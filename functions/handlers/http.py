"""The HTTP API's side of a handler: requests in, replies and problem documents out (payload format 2.0)."""

from __future__ import annotations

import base64
import binascii
import json
import traceback
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

from functions.adapters.outages import naming_outages
from functions.domain.client import ApiAuth, client_of
from functions.domain.outage import ServiceUnavailable
from functions.domain.problem import Problem
from functions.handlers.invocation import count, observe

# After that many seconds a client may ask again.
_RETRY_AFTER_SECONDS = 2

Reply = dict[str, Any]


def reply(status: HTTPStatus, body: BaseModel, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a JSON reply."""
    return _reply(status, body.model_dump(), {"content-type": "application/json", **(headers or {})})


def no_content() -> Reply:
    """Return a reply that says no more than that it is done."""
    return {"statusCode": int(HTTPStatus.NO_CONTENT), "headers": {"cache-control": "no-store"}}


def answer(
    function: str,
    event: dict[str, Any],
    context: LambdaContext,
    respond: Callable[[APIGatewayProxyEventV2, dict[str, Any]], Reply],
) -> Reply:
    """Answer one request: log its line and turn whatever goes wrong into a problem document.

    `respond` gets the request and the log line, to which it adds what it learns. An outage of AWS becomes a
    503. An error that nobody foresaw becomes a 500 that says nothing of its cause: that is in the log; and it
    is counted, since the function, which has answered, has not failed.
    """
    request = APIGatewayProxyEventV2(event)
    request_id = request.request_context.request_id
    with observe(function, context, request_id=request_id) as line:
        try:
            with naming_outages():
                response = respond(request, line)
        except Problem as problem:
            response = _refuse(problem, request_id)
            line["outcome"] = "refused"
            line["problem"] = problem.detail
        except ServiceUnavailable as error:
            refusal = unavailable("The service cannot answer just now: ask again in a moment.")
            response = _refuse(refusal, request_id)
            line["outcome"], line["cause"] = "refused", str(error)
        except Exception:  # noqa: BLE001 - the edge: no client may see a traceback
            detail = "The service failed. The request ID finds the cause in its log."
            response = _refuse(Problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail), request_id)
            line["outcome"] = "error"
            line["exception"] = traceback.format_exc()
            count("UnforeseenErrors")
        line["status"] = response["statusCode"]
    return response


def unavailable(detail: str) -> Problem:
    """Return a 503 that says when to ask again."""
    headers = {"retry-after": str(_RETRY_AFTER_SECONDS)}
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers=headers)


def body_of(request: APIGatewayProxyEventV2) -> bytes:
    """Return the request's body as bytes, however API Gateway chose to carry it."""
    body = request.get("body") or ""
    if not request.get("isBase64Encoded"):
        return str(body).encode("utf-8", errors="surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "The body cannot be read.") from error


def caller_of(request: APIGatewayProxyEventV2, auth: ApiAuth, line: dict[str, Any]) -> str:
    """Return the client who is calling, and note it in the log line; raise a `Problem` where it is nobody."""
    authorizer = request.raw_event["requestContext"].get("authorizer") or {}
    client_id = client_of(auth, authorizer, request.headers)
    line["client_id"] = client_id
    return client_id


def _refuse(problem: Problem, request_id: str) -> Reply:
    headers = {"content-type": "application/problem+json", **problem.headers}
    return _reply(problem.status, problem.document(request_id), headers)


def _reply(status: HTTPStatus, body: Mapping[str, Any], headers: Mapping[str, str]) -> Reply:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    # An answer about one client's order must not be shown to the next by a cache in between.
    return {"statusCode": int(status), "headers": {"cache-control": "no-store", **headers}, "body": text}
