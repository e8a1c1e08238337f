"""What `receive` and `answer` take, from each framework's request: the URL, the headers and the raw body.

    answer = receiver.answer(*flask_request(request), work)

No framework is imported here. Of a body that is too long, one byte more than the kit accepts is read at most
where the framework allows that: `answer` then refuses it with a 413.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple, Protocol

from .envelope import MAXIMUM_BODY_BYTES


class HookRequest(NamedTuple):
    """Hold a request's URL with its query, its headers, and its body as it came."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class FlaskRequest(Protocol):
    """Describe what is used of Flask's `request`."""

    headers: Any

    @property
    def full_path(self) -> str:
        """Return the path with the query."""

    @property
    def content_length(self) -> int | None:
        """Return the length that the headers give."""

    def get_data(self) -> bytes:
        """Return the body."""


class DjangoRequest(Protocol):
    """Describe what is used of Django's `request`."""

    @property
    def headers(self) -> Any:  # noqa: ANN401 - Django's HttpHeaders
        """Return the headers."""

    @property
    def body(self) -> bytes:
        """Return the body."""

    def get_full_path(self) -> str:
        """Return the path with the query."""


class StarletteRequest(Protocol):
    """Describe what is used of Starlette's and FastAPI's `request`."""

    @property
    def url(self) -> Any:  # noqa: ANN401 - Starlette's URL
        """Return the URL."""

    @property
    def headers(self) -> Any:  # noqa: ANN401 - Starlette's Headers
        """Return the headers."""

    def stream(self) -> AsyncIterator[bytes]:
        """Return the body's parts."""


def flask_request(request: FlaskRequest) -> HookRequest:
    """Take a request of Flask, from 3.1 on with the limit of 1 MiB.

    Raises TypeError where something has read the body before.
    """
    _check(request, "Flask", "full_path", "get_data")
    # Flask answers 413 then. Before 3.1 only the application's setting MAX_CONTENT_LENGTH does that.
    with contextlib.suppress(AttributeError):
        request.max_content_length = MAXIMUM_BODY_BYTES  # type: ignore[attr-defined]
    body = request.get_data()
    if not body and request.content_length:
        raise TypeError("the body was read before: call flask_request before request.form or request.stream")
    return HookRequest(request.full_path, request.headers, body)


def django_request(request: DjangoRequest) -> HookRequest:
    """Take a request of Django, which refuses a body longer than its DATA_UPLOAD_MAX_MEMORY_SIZE.

    Django raises RawPostDataException where something has read the body before.
    """
    _check(request, "Django", "get_full_path")
    return HookRequest(request.get_full_path(), request.headers, request.body)


async def starlette_request(request: StarletteRequest) -> HookRequest:
    """Take a request of FastAPI or Starlette.

    Starlette raises RuntimeError where something has read the stream before.
    """
    _check(request, "FastAPI or Starlette", "stream")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAXIMUM_BODY_BYTES:
            break
    return HookRequest(str(request.url), request.headers, bytes(body[: MAXIMUM_BODY_BYTES + 1]))


def _check(request: object, framework: str, *names: str) -> None:
    if not all(hasattr(request, name) for name in names):
        raise TypeError(f"pass the request of {framework}, not {type(request).__name__}")
