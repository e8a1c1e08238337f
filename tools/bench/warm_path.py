"""What a warm invocation does beside its calls of AWS, for each function on an order's path."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from functions.domain.order_example import ORDER_EXAMPLE
from tools.bench.memory_sizes import accept_event, pending_order
from tools.bench.stub import running_stub
from tools.bench.unpacked import unpack_program
from tools.bench.warm_process import start

_INVOCATIONS = 60
_ROUNDS = 3
_AT = "2026-11-25T09:30:00.000Z"


@dataclass(frozen=True, kw_only=True)
class Warm:
    """Milliseconds of processor time of a warm invocation at full speed, the least of several medians."""

    function: str
    own: float
    """Without the calls of AWS."""
    together: float
    calls: int


def measure_warm_path() -> list[Warm]:
    """Invoke each function on an order's path, with a stand-in for AWS."""
    found = []
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        functions = unpack_program(Path(directory), bytecode=True)
        paid = {**_item(pending_order()), "status": {"S": "paid"}, "updated_at": {"S": _AT}}
        with running_stub({"UpdateItem": {"Attributes": paid}}) as endpoint_url:
            for name, event in _events().items():
                runs = [
                    start(functions[name], event, endpoint_url=endpoint_url, invocations=_INVOCATIONS)
                    for _ in range(_ROUNDS)
                ]
                found.append(
                    Warm(
                        function=name,
                        own=min(each.own_processor for each in runs),
                        together=min(each.warm_processor for each in runs),
                        calls=runs[0].calls,
                    )
                )
    return found


def _events() -> dict[str, Any]:
    pending = pending_order()
    accepted = {
        "request_id": "request-NUMBER",
        "client_id": "shop",
        "received_at": _AT,
        "order": ORDER_EXAMPLE,
    }
    payment = {"status": "approved", "id": "pi"}
    record = {
        "messageId": "message",
        "receiptHandle": "handle",
        "body": json.dumps({**accepted, "received_at": datetime.now(UTC).isoformat()}),
        "attributes": {"ApproximateReceiveCount": "1"},
    }
    return {
        "accept_order": accept_event(),
        "start_execution": {"Records": [record]},
        "save_order": {**accepted, "message_id": "message"},
        "process_payment": {**pending, "attempt": 0},
        "update_order": {**pending, "payment": payment},
    }


def _item(document: dict[str, Any]) -> dict[str, Any]:
    return {name: _attribute(value) for name, value in document.items()}


def _attribute(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, list):
        return {"L": [_attribute(each) for each in value]}
    return {"M": _item(value)}
