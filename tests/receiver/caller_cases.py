"""What a program may pass to a kit in place of a request, in Python and in JavaScript."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from types import MappingProxyType
from typing import Any

from .signing import body_of, headers_of, notification, signed

MESSAGE = signed(notification())
BODY = body_of(MESSAGE)
HEADERS = headers_of(MESSAGE)


@dataclass(frozen=True)
class Passed:
    """A value for one of a kit's arguments: in Python, and as a JavaScript expression.

    The expression may use `text` (the body), `body` (its bytes) and `headers`. Either is None where the
    language has no such thing.
    """

    name: str
    python: Any
    javascript: str | None


def _as_message() -> Message:
    message = Message()
    for name, value in HEADERS.items():
        message[name] = value
    return message


class _Pairs:
    """Headers that are no Mapping and whose iteration gives pairs, as Werkzeug's were."""

    def __iter__(self) -> Any:
        return iter(HEADERS.items())


BODIES_REFUSED = [
    Passed("a body parsed by a framework", MESSAGE, "JSON.parse(text)"),
    Passed("an empty object", {}, "{}"),
    Passed("text", BODY.decode(), "text"),
    Passed("no text", "", '""'),
    Passed("nothing", None, "null"),
    Passed("nothing at all", [], "undefined"),
    Passed("a list of bytes", list(BODY), "[...body]"),
    Passed("a stream", iter([BODY]), "[body].values()"),
]
BODIES_ACCEPTED = [
    Passed("bytes", BODY, "body"),
    Passed("other bytes", bytearray(BODY), "new Uint8Array(body)"),
    Passed("a view", memoryview(b"x" + BODY)[1:], "new DataView(new Uint8Array([120, ...body]).buffer, 1)"),
    Passed("a buffer", BODY, "new Uint8Array(body).buffer"),
]
HEADERS_REFUSED = [
    Passed("nothing", None, "null"),
    Passed("nothing at all", 7, "undefined"),
    Passed("text", "Host: shop.example", '"Host: shop.example"'),
    Passed("a list of names", list(HEADERS), "Object.keys(headers)"),
    Passed("the body", BODY, "body"),
    Passed("lists as values", {"host": ["a", "b"]}, None),
]
HEADERS_ACCEPTED = [
    Passed("a dict", HEADERS, "headers"),
    Passed("no headers", {}, "{}"),
    Passed("a Mapping", MappingProxyType(HEADERS), "new Map(Object.entries(headers))"),
    Passed("pairs", list(HEADERS.items()), "Object.entries(headers)"),
    Passed("http.server's or Fetch's", _as_message(), "new Headers(headers)"),
    Passed("an object of pairs", _Pairs(), "new Headers(Object.entries(headers)).entries()"),
    Passed("ASGI's", [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()], None),
    Passed("lists as other values", {**HEADERS}, '({ ...headers, "set-cookie": ["a", "b"] })'),
]
# Whatever form they have, they are read: a header of another message is seen.
_OTHER = {"X-Amz-Sns-Topic-Arn": "another"}
HEADERS_MISMATCHED = [
    Passed("a dict", _OTHER, '({ "X-Amz-Sns-Topic-Arn": "another" })'),
    Passed("a Mapping", MappingProxyType(_OTHER), 'new Map([["X-Amz-Sns-Topic-Arn", "another"]])'),
    Passed("pairs", list(_OTHER.items()), '[["X-Amz-Sns-Topic-Arn", "another"]]'),
    Passed(
        "Fetch's", [(b"x-amz-sns-topic-arn", b"another")], 'new Headers({ "X-Amz-Sns-Topic-Arn": "another" })'
    ),
    Passed(
        "two values",
        [*HEADERS.items(), *_OTHER.items()],
        '[...Object.entries(headers), ["X-Amz-Sns-Topic-Arn", "another"]]',
    ),
]
URLS_REFUSED = [
    Passed("nothing", None, "null"),
    Passed("nothing at all", 7, "undefined"),
    Passed("the headers", HEADERS, "headers"),
    Passed("bytes", b"/hooks?webhook_id=wh_1", "body"),
]
