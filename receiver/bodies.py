"""A request's body, read whole within a bound, for servers that leave that to you, such as `http.server`."""

from __future__ import annotations

import re
from typing import Protocol

from .envelope import MAXIMUM_BODY_BYTES
from .headers import Headers, pairs_of
from .refusals import LengthRequired, MalformedRequest, RequestTooLarge, TemporaryFailure

_LENGTH = re.compile(r"[0-9]{1,12}")
# https://www.rfc-editor.org/rfc/rfc9112#name-chunked-transfer-coding
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(;[^\r\n]*)?\r?\n")
_LONGEST_LINE_BYTES = 8192
_MOST_TRAILERS = 100


class Stream(Protocol):
    """Read from the connection, as `BaseHTTPRequestHandler.rfile` does."""

    def read(self, size: int, /) -> bytes:
        """Read so many bytes, fewer only where the connection ends."""

    def readline(self, limit: int, /) -> bytes:
        """Read a line, or so many bytes of it."""


def read_body(headers: Headers, stream: Stream) -> bytes:
    """Read the body that follows a request's headers, by its Content-Length or in chunks.

    At most 1 MiB is read, and only what belongs to the body. Close the connection after a refusal: part of
    the body may be unread. Raises MalformedRequest, LengthRequired, RequestTooLarge or
    TemporaryFailure.
    """
    found: dict[str, set[str]] = {"content-length": set(), "transfer-encoding": set()}
    for name, value in pairs_of(headers):
        if name.lower() in found:
            found[name.lower()].add(value.strip().lower())
    lengths, encodings = found["content-length"], found["transfer-encoding"]
    if encodings == {"chunked"} and not lengths:
        return _read_chunks(stream)
    # Both at once, or two lengths, could be understood differently by a proxy in front.
    if encodings or len(lengths) != 1 or not all(map(_LENGTH.fullmatch, lengths)):
        raise LengthRequired(
            "length_required", "The request has neither one valid Content-Length nor a chunked body."
        )
    return _read(stream, int(lengths.pop()), 0)


def _read_chunks(stream: Stream) -> bytes:
    body = bytearray()
    while True:
        line = _line(stream)
        size = _CHUNK_SIZE.fullmatch(line)
        if size is None:
            raise _malformed("A chunk of the body has no valid size.")
        length = int(size[1], 16)
        if length == 0:
            break
        body += _read(stream, length, len(body))
        if _line(stream) not in {b"\r\n", b"\n"}:
            raise _malformed("A chunk of the body is longer than its size.")
    for _ in range(_MOST_TRAILERS):
        if _line(stream) in {b"\r\n", b"\n"}:
            return bytes(body)
    raise _malformed("The chunked body has too many trailers.")


def _line(stream: Stream) -> bytes:
    line = stream.readline(_LONGEST_LINE_BYTES)
    if not line.endswith(b"\n"):
        if len(line) >= _LONGEST_LINE_BYTES:
            raise _malformed("A line of the chunked body is too long.")
        raise _incomplete()
    return line


def _read(stream: Stream, length: int, before: int) -> bytes:
    if before + length > MAXIMUM_BODY_BYTES:
        raise RequestTooLarge("body_too_large", f"The body is longer than {MAXIMUM_BODY_BYTES} bytes.")
    part = stream.read(length)
    if len(part) < length:
        raise _incomplete()
    return part


def _malformed(sentence: str) -> MalformedRequest:
    return MalformedRequest("malformed_chunks", sentence)


def _incomplete() -> TemporaryFailure:
    return TemporaryFailure("body_incomplete", "The body ended early.")
