from __future__ import annotations

import asyncio
from typing import Any

import pytest

from local.api_locations import with_whole_locations

HOST = (b"host", b"127.0.0.1:4566")


def headers_sent(path: str, location: bytes) -> dict[bytes, bytes]:
    sent: list[dict[str, Any]] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"Location", location), (b"content-type", b"/json")]
        await send({"type": "http.response.start", "status": 202, "headers": headers})
        await send({"type": "http.response.body", "body": b"/orders"})

    async def keep(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "headers": [HOST]}
    asyncio.run(with_whole_locations(app)(scope, None, keep))
    assert sent[1]["body"] == b"/orders"
    return dict(sent[0]["headers"])


def test_an_apis_location_is_a_url_that_leads_to_the_api() -> None:
    sent = headers_sent("/_aws/execute-api/laptop/orders", b"/orders/abc%3D")
    assert sent == {
        b"Location": b"http://127.0.0.1:4566/_aws/execute-api/laptop/orders/abc%3D",
        b"content-type": b"/json",
    }


@pytest.mark.parametrize("location", [b"https://shop.example/x", b"//shop.example/x", b"orders/abc"])
def test_a_location_that_is_no_path_stays(location: bytes) -> None:
    assert headers_sent("/_aws/execute-api/laptop/orders", location)[b"Location"] == location


def test_other_answers_of_the_emulator_stay() -> None:
    assert headers_sent("/my-bucket", b"/my-bucket/key")[b"Location"] == b"/my-bucket/key"
