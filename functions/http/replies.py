"""Replies to the HTTP API (payload format 2.0)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from functions.http.problem import Problem

# After so many seconds a client may send a request again.
_RETRY_AFTER_SECONDS = 2

Reply = dict[str, Any]


def reply(status: HTTPStatus, body: BaseModel, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a JSON reply."""
    return _reply(status, body.model_dump(), {"content-type": "application/json", **(headers or {})})


def no_content() -> Reply:
    """Return a reply without a body."""
    return {"statusCode": int(HTTPStatus.NO_CONTENT), "headers": {"cache-control": "no-store"}}


def problem_reply(problem: Problem, request_id: str) -> Reply:
    """Return a refusal as a problem document."""
    headers = {"content-type": "application/problem+json", **problem.headers}
    return _reply(problem.status, problem.document(request_id), headers)


def unavailable(detail: str) -> Problem:
    """Return a 503 that says when to send the request again."""
    headers = {"retry-after": str(_RETRY_AFTER_SECONDS)}
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers=headers)


def _reply(status: HTTPStatus, body: Mapping[str, Any], headers: Mapping[str, str]) -> Reply:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    # An answer about one client's order must not be shown to the next by a cache in between.
    return {"statusCode": int(status), "headers": {"cache-control": "no-store", **headers}, "body": text}
