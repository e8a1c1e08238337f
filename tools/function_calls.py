"""The calls of AWS that functions make, seen in the emulator: for modules that it loads by `--plug`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

Response = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Awaitable[Response]]
# Given the emulator's name of the service, and the call's headers and body.
Watch = Callable[[str, Mapping[str, str], bytes], object]


def from_function(headers: Mapping[str, str]) -> bool:
    """Return whether a Lambda function makes the call, and not a client or the deployer."""
    return "exec-env/AWS_Lambda" in headers.get("user-agent", "")


def watch_calls(services: Iterable[str], watch: Watch) -> None:
    """Have `watch` see each call of these services by a function, before it is made."""
    from ministack import app  # noqa: PLC0415 - the emulator's process alone has it loaded already

    for service in services:
        app.SERVICE_HANDLERS[service] = _watched(service, app.SERVICE_HANDLERS[service], watch)


def _watched(service: str, handle: Handler, watch: Watch) -> Handler:
    async def handle_watched(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Response:
        if from_function(headers):
            watch(service, headers, body)
        return await handle(method, path, headers, body, query_params)

    return handle_watched
