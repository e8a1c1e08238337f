"""What each memory size costs and gives, under the processor share that Lambda allots to it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from functions.domain.order import new_order
from functions.domain.order_example import ORDER_EXAMPLE
from tools.bench.cpu_share import FULL_MEGABYTES, cpu_share
from tools.bench.stub import running_stub
from tools.bench.unpacked import unpack_program
from tools.bench.warm_process import Started, start
from tools.bill.prices import PRICES

SIZES = (128, 256, 512, 1024, FULL_MEGABYTES)
_INVOCATIONS = 30
_MILLION = 1_000_000
_MEGABYTES_PER_GIGABYTE = 1_024

_REQUEST: dict[str, Any] = {
    "rawPath": "/orders",
    "requestContext": {"requestId": "request-NUMBER", "http": {"method": "POST"}},
    "headers": {"content-type": "application/json", "idempotency-key": "key-NUMBER"},
}


@dataclass(frozen=True, kw_only=True)
class Sized:
    """A function at one memory size, in milliseconds; the least of several starts."""

    function: str
    megabytes: int
    cold: float
    """The init phase at this share; Lambda runs it faster, at up to the share of the full size."""
    first: float
    warm: float
    dollars: float
    """A million warm invocations."""


def measure_memory_sizes(rounds: int) -> tuple[list[Sized], bool]:
    """Measure accept_order and process_payment at each size; also return whether the share was enforced.

    Where no control group may be made, processor time divided by the share stands in for the wall time.
    """
    events = {"accept_order": accept_event(), "process_payment": {**pending_order(), "attempt": 0}}
    found, enforced = [], True
    with tempfile.TemporaryDirectory(prefix="bench-") as directory, running_stub() as endpoint_url:
        functions = unpack_program(Path(directory), bytecode=True)
        for megabytes in SIZES:
            with cpu_share(megabytes) as share:
                enforced = enforced and share is not None
                for name, event in events.items():
                    started = [
                        start(
                            functions[name],
                            event,
                            endpoint_url=endpoint_url,
                            invocations=_INVOCATIONS,
                            prefix=share.prefix if share else (),
                        )
                        for _ in range(rounds)
                    ]
                    found.append(_sized(name, megabytes, started, is_limited=share is not None))
    return found, enforced


def accept_event() -> Mapping[str, Any]:
    """Return the event of an order with an Idempotency-Key."""
    return {**_REQUEST, "body": json.dumps({**ORDER_EXAMPLE, "reference": "PO-NUMBER"})}


def pending_order() -> dict[str, Any]:
    """Return the document of an order that was saved."""
    return new_order(
        ORDER_EXAMPLE,
        request_id="request-NUMBER",
        message_id="message",
        client_id="shop",
        created_at="2026-11-25T09:30:00.000Z",
    ).document()


def _sized(name: str, megabytes: int, started: list[Started], *, is_limited: bool) -> Sized:
    slower = 1.0 if is_limited else FULL_MEGABYTES / min(megabytes, FULL_MEGABYTES)
    cold = min(each.cold if is_limited else each.cold_processor for each in started) * slower
    warm = min(each.warm if is_limited else each.warm_processor for each in started) * slower
    gigabyte_seconds = warm / 1000 * megabytes / _MEGABYTES_PER_GIGABYTE
    price = PRICES.lambda_request + gigabyte_seconds * PRICES.lambda_gigabyte_second
    return Sized(
        function=name,
        megabytes=megabytes,
        cold=cold,
        first=min(each.first for each in started),
        warm=warm,
        dollars=price * _MILLION,
    )
