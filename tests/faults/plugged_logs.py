"""SNS's log entries that are lost, doubled, delayed and overtaken, before their log group or after it."""

from __future__ import annotations

import functools
import threading
from collections import defaultdict
from typing import Any

from tests.faults.injector import Injector
from tests.faults.plan import (
    ENTRY_DELAYED,
    ENTRY_DOUBLED,
    ENTRY_NEVER_WRITTEN,
    ENTRY_OVERTAKEN,
    ENTRY_SKIPPED,
)

# Of the machine's time: several batches later, and the next batch or the one after it.
_DELAYS_SECONDS = {ENTRY_DELAYED: 5.0, ENTRY_OVERTAKEN: 0.5}

Event = dict[str, Any]


class _Current(threading.local):
    """What the thread's log entry is about."""

    delivery: Any = None


class LogFaults:
    """Decides what becomes of each log entry, by the order that its message is about."""

    def __init__(self, injector: Injector) -> None:
        self._injector = injector
        # Entries on their way to the subscribers, by their text.
        self._planned: defaultdict[str, list[str]] = defaultdict(list)

    def is_written(self, delivery: Any, entry: str) -> bool:
        """Return whether SNS writes an entry, and note what becomes of it after that."""
        if self._injector.strikes(ENTRY_NEVER_WRITTEN, delivery.message):
            return False
        for place in (ENTRY_SKIPPED, ENTRY_DOUBLED, ENTRY_DELAYED, ENTRY_OVERTAKEN):
            if self._injector.strikes(place, delivery.message):
                self._planned[entry].append(place)
                break
        return True

    def fate_of(self, entry: str) -> str | None:
        """Return the fault that an entry meets on its way to the subscribers, once."""
        planned = self._planned.get(entry)
        return planned.pop() if planned else None


def plug_in(injector: Injector) -> None:
    """Change the emulator in whose process this runs."""
    from ministack.services import cloudwatch_logs

    from local.patches import log_subscriptions
    from local.sns import runtime

    faults = LogFaults(injector)
    put, send = runtime.put_log_events, cloudwatch_logs._fanout_to_subscription_filters
    log = runtime._Recorder._log_delivery
    current = _Current()

    def log_delivery(recorder: Any, delivery: Any, attempt: Any) -> None:
        current.delivery = delivery
        log(recorder, delivery, attempt)

    def put_log_events(data: dict[str, Any]) -> Any:
        (event,) = data["logEvents"]
        return put(data) if faults.is_written(current.delivery, event["message"]) else None

    def send_to_subscribers(group: str, stream: str, events: list[Event]) -> None:
        at_once = []
        for event in events:
            fate = faults.fate_of(event["message"])
            if fate in _DELAYS_SECONDS:
                _later(log_subscriptions, functools.partial(send, group, stream, [event]), fate)
            elif fate != ENTRY_SKIPPED:
                at_once += [event] * (2 if fate == ENTRY_DOUBLED else 1)
        send(group, stream, at_once)

    runtime._Recorder._log_delivery = log_delivery  # type: ignore[method-assign]
    runtime.put_log_events = put_log_events
    cloudwatch_logs._fanout_to_subscription_filters = send_to_subscribers


def _later(log_subscriptions: Any, send: Any, fate: str) -> None:
    from ministack.core.responses import get_account_id, get_region, request_scope

    account, region = get_account_id(), get_region()

    def send_in_scope() -> None:
        with request_scope(account, region):
            send()

    clock = log_subscriptions._clock()
    clock.call_at(clock.now() + _DELAYS_SECONDS[fate], send_in_scope)
