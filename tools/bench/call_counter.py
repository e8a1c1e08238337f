"""Count the calls of AWS that functions make: `--plug tools.bench.call_counter` in the emulator."""

from __future__ import annotations

import mmap
import os
import struct
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

FILE = "BENCH_CALLS_FILE"
_SERVICES = ("dynamodb", "secretsmanager", "sns", "sqs", "states")
_NUMBER = struct.Struct("<Q")

Response = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Awaitable[Response]]


def plug_in() -> None:
    """Count in the emulator in whose process this runs."""
    from ministack import app  # noqa: PLC0415 - the emulator's process alone has it loaded already

    path = Path(os.environ[FILE])
    path.write_bytes(_NUMBER.pack(0))
    with path.open("r+b") as file:
        counted = mmap.mmap(file.fileno(), _NUMBER.size)
    lock = threading.Lock()

    def count() -> None:
        with lock:
            _NUMBER.pack_into(counted, 0, _NUMBER.unpack_from(counted)[0] + 1)

    for service in _SERVICES:
        app.SERVICE_HANDLERS[service] = _counting(app.SERVICE_HANDLERS[service], count)


def read_count(path: Path) -> int:
    """Return how many calls were made so far."""
    return int(_NUMBER.unpack(path.read_bytes())[0])


def _counting(handle: Handler, count: Callable[[], None]) -> Handler:
    async def handle_counted(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Response:
        if "exec-env/AWS_Lambda" in headers.get("user-agent", ""):
            count()
        return await handle(method, path, headers, body, query_params)

    return handle_counted
