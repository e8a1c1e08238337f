"""Pass requests of Flask, Django and Starlette to the kit, as they are and after something has read them.

Run by the tests in the clients' own environment; prints what became of each as JSON.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import django.conf
import flask
import starlette.requests
from django.test import RequestFactory
from order_webhooks_receiver import django_request, flask_request, starlette_request

BODY = b'{"Type": "Notification"}'
PATH = "/hooks/orders?webhook_id=wh_1"
HEADERS = {"x-amz-sns-message-id": "m-1"}
FORM = "application/x-www-form-urlencoded"

django.conf.settings.configure(ALLOWED_HOSTS=["testserver"])
app = flask.Flask(__name__)


def of_flask(prepare: Callable[[Any], object], body: bytes = BODY, content_type: str = "text/plain") -> str:
    with app.test_request_context(PATH, method="POST", data=body, headers=HEADERS, content_type=content_type):
        return outcome(lambda: prepare(flask.request), lambda: flask_request(flask.request))


def of_django(prepare: Callable[[Any], object], content_type: str = "text/plain") -> str:
    request = RequestFactory().post(PATH, BODY, content_type=content_type, headers=HEADERS)
    return outcome(lambda: prepare(request), lambda: django_request(request))


def of_starlette(prepare: Callable[[Any], Any], body: bytes = BODY) -> str:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    path, _, query = PATH.partition("?")
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": query.encode(),
        "server": ("shop.example", 443),
        "scheme": "https",
        "headers": [(name.encode(), value.encode()) for name, value in HEADERS.items()],
    }
    request = starlette.requests.Request(scope, receive)

    async def taken() -> Any:
        prepared = prepare(request)
        if prepared is not None:
            await prepared
        return await starlette_request(request)

    return outcome(lambda: None, lambda: asyncio.run(taken()))


def outcome(prepare: Callable[[], object], take: Callable[[], Any]) -> str:
    try:
        prepare()
        url, headers, body = take()
    except Exception as error:  # noqa: BLE001 - whatever a framework raises
        return f"{type(error).__name__}: {error}"
    assert url.endswith(PATH), url
    assert headers["x-amz-sns-message-id"] == "m-1"
    return f"{len(body)} bytes" if body != BODY else "the body"


async def read_stream(request: Any) -> None:
    async for _ in request.stream():
        pass


def nothing(_: object) -> None:
    """Leave the request as it is."""


LONG = b"x" * (1024 * 1024 + 100)
print(  # noqa: T201 - for the tests that run this
    json.dumps(
        {
            "flask": of_flask(nothing),
            "flask, parsed as JSON before": of_flask(lambda r: r.get_json(force=True)),
            "flask, read as a form before": of_flask(lambda r: r.form, content_type=FORM),
            "flask, a long body": of_flask(nothing, LONG),
            "flask, another object": outcome(lambda: None, lambda: flask_request({})),  # type: ignore[arg-type]
            "django": of_django(nothing),
            "django, read as a form before": of_django(lambda r: r.POST, content_type=FORM),
            "django, read as a stream before": of_django(lambda r: r.read()),
            "django, another object": outcome(lambda: None, lambda: django_request(None)),  # type: ignore[arg-type]
            "starlette": of_starlette(nothing),
            "starlette, parsed as JSON before": of_starlette(lambda r: r.json()),
            "starlette, read as a stream before": of_starlette(read_stream),
            "starlette, a long body": of_starlette(nothing, LONG),
            "starlette, another object": outcome(
                lambda: None,
                lambda: asyncio.run(starlette_request(b"")),  # type: ignore[arg-type]
            ),
        }
    )
)
