"""The failure this guards against: a genuine request lost because of how its body came, or too much read."""

from __future__ import annotations

import io

import pytest

from receiver import Refused, read_body
from receiver.envelope import MAXIMUM_BODY_BYTES

CHUNKED = {"Transfer-Encoding": "chunked"}


def _outcome(headers: object, sent: bytes) -> bytes | tuple[int, str]:
    try:
        return read_body(headers, io.BytesIO(sent))  # type: ignore[arg-type] - any headers
    except Refused as refused:
        return refused.status, refused.code


@pytest.mark.parametrize(
    ("headers", "sent", "body"),
    [
        ({"Content-Length": "5"}, b"hello, next request", b"hello"),
        ({"content-length": " 5 "}, b"hello", b"hello"),
        ({"Content-Length": "0"}, b"x", b""),
        ([("Content-Length", "5"), ("Content-Length", "5")], b"hello", b"hello"),
        (CHUNKED, b"5\r\nhello\r\n0\r\n\r\nnext request", b"hello"),
        ({"transfer-encoding": "Chunked"}, b"0\r\n\r\n", b""),
        (CHUNKED, b"2\r\nhe\r\n3;name=value\r\nllo\r\n000\r\nTrailer: x\r\n\r\n", b"hello"),
        (CHUNKED, b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
        (CHUNKED, b"2\nhe\n0\n\n", b"he"),
    ],
)
def test_a_body_is_read_to_its_end(headers: object, sent: bytes, body: bytes) -> None:
    assert _outcome(headers, sent) == body


def test_chunks_leave_the_next_request_unread() -> None:
    stream = io.BytesIO(b"5\r\nhello\r\n0\r\n\r\nPOST /")
    assert read_body(CHUNKED, stream) == b"hello"
    assert stream.read() == b"POST /"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Length": ""},
        {"Content-Length": "-1"},
        {"Content-Length": "+5"},
        {"Content-Length": "0x5"},
        {"Content-Length": "5.0"},
        {"Content-Length": "5, 5"},
        {"Content-Length": "\u0665"},
        {"Content-Length": "9" * 5000},
        [("Content-Length", "5"), ("Content-Length", "6")],
        {"Content-Length": "5", "Transfer-Encoding": "chunked"},
        {"Transfer-Encoding": "gzip"},
        {"Transfer-Encoding": "gzip, chunked"},
        {"Transfer-Encoding": "5"},
        [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "identity")],
    ],
)
def test_a_body_whose_end_is_uncertain_stays_unread(headers: object) -> None:
    stream = io.BytesIO(b"hello")
    with pytest.raises(Refused) as refused:
        read_body(headers, stream)  # type: ignore[arg-type] - any headers
    assert (refused.value.status, refused.value.code) == (411, "length_required")
    assert stream.tell() == 0


@pytest.mark.parametrize(
    "sent",
    [
        b"x\r\nhello\r\n0\r\n\r\n",
        b"-5\r\nhello\r\n0\r\n\r\n",
        b"0x5\r\nhello\r\n0\r\n\r\n",
        b"\r\nhello\r\n0\r\n\r\n",
        b"5\r\nhello!\r\n0\r\n\r\n",
        b"5" + b" " * 10_000 + b"\r\nhello\r\n0\r\n\r\n",
        b"0\r\n" + b"Trailer: x\r\n" * 1000 + b"\r\n",
    ],
)
def test_malformed_chunks_are_refused(sent: bytes) -> None:
    assert _outcome(CHUNKED, sent) == (400, "malformed_chunks")


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ({"Content-Length": "6"}, b"hello"),
        (CHUNKED, b""),
        (CHUNKED, b"5"),
        (CHUNKED, b"5\r\nhel"),
        (CHUNKED, b"5\r\nhello\r\n"),
        (CHUNKED, b"5\r\nhello\r\n0\r\n"),
    ],
)
def test_a_body_that_ends_early_is_to_be_sent_again(headers: object, sent: bytes) -> None:
    assert _outcome(headers, sent) == (503, "body_incomplete")


class _Endless:
    """Chunks without end; counts what was read."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def readline(self, limit: int, /) -> bytes:
        return b"10000\r\n" if self.read_bytes % (0x10000 + 2) == 0 else self.read(2)

    def read(self, size: int, /) -> bytes:
        self.read_bytes += size
        return b"\r\n" if size == 2 else b"x" * size


def test_no_more_is_read_than_sns_can_send() -> None:
    stream = _Endless()
    with pytest.raises(Refused) as refused:
        read_body(CHUNKED, stream)
    assert (refused.value.status, refused.value.code) == (413, "body_too_large")
    assert stream.read_bytes < 2 * MAXIMUM_BODY_BYTES
    for size in (MAXIMUM_BODY_BYTES + 1, 10**11):
        assert _outcome({"Content-Length": str(size)}, b"") == (413, "body_too_large")
    assert _outcome(CHUNKED, b"FFFFFFFF\r\n") == (413, "body_too_large")
