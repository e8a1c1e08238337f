"""Messages of a queue that feeds a function, delivered twice and out of order, as SQS may."""

from __future__ import annotations

import time
from typing import Any

from tests.faults.injector import Injector
from tests.faults.names import logical_name
from tests.faults.plan import DELIVERED_LATE, DELIVERED_TWICE, FAILING_DELIVERED_TWICE

_LATE_SECONDS = 1.5
_TWICE = (DELIVERED_TWICE, FAILING_DELIVERED_TWICE)
_JUDGED = "judged by the plan"

Message = dict[str, Any]


def plug_in(injector: Injector) -> None:
    from ministack.services import sqs

    receive = sqs._receive_messages_for_esm

    def receive_out_of_order(queue_url: str, max_number: int) -> list[Message]:
        if logical_name(queue_url) != "orders":
            return receive(queue_url, max_number)
        messages = sqs._get_q(queue_url)["messages"]
        _delay(list(messages), injector)
        batch: list[Message] = receive(queue_url, max_number)
        messages = sqs._get_q(queue_url)["messages"]
        messages.extend(
            {**message, "receipt_handle": None, "visible_at": time.time()}
            for message in batch
            if any(injector.strikes(place, message["body"]) for place in _TWICE)
        )
        return batch

    sqs._receive_messages_for_esm = receive_out_of_order


def _delay(messages: list[Message], injector: Injector) -> None:
    for message in messages:
        if not message.get(_JUDGED):
            message[_JUDGED] = True
            if injector.strikes(DELIVERED_LATE, message["body"]):
                message["visible_at"] = time.time() + _LATE_SECONDS
