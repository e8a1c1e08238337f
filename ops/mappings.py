"""What takes messages from the queues and what starts redeliver: event source mappings and the schedule."""

from __future__ import annotations

from dataclasses import dataclass

from ops.parallel import in_parallel
from ops.target import Target

# Each function with the runbook's section on what waits while it receives nothing.
CONSUMERS = {"start-execution": "orders-wait", "record-deliveries": "signals-wait"}
_DISABLED = ("Disabled", "Disabling", "Deleting")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMapping:
    """An event source mapping; `result` is what Lambda says of the last time that it read the queue."""

    function: str
    queue: str
    state: str
    result: str

    @property
    def is_enabled(self) -> bool:
        """Whether the function receives messages, or does so again once a change is made."""
        return self.state not in _DISABLED


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeliverSchedule:
    """The schedule that runs redeliver every minute."""

    name: str
    state: str

    @property
    def is_enabled(self) -> bool:
        """Whether redeliver runs."""
        return self.state == "ENABLED"


def mappings_of(target: Target, function: str) -> list[QueueMapping]:
    """Return the event source mappings of a function."""
    pages = (
        target.client("lambda")
        .get_paginator("list_event_source_mappings")
        .paginate(FunctionName=target.output("function_names")[function])
    )
    return [
        QueueMapping(
            function=function,
            queue=str(each["EventSourceArn"]).rpartition(":")[2],
            state=str(each.get("State", "")),
            result=str(each.get("LastProcessingResult", "")),
        )
        for page in pages
        for each in page["EventSourceMappings"]
    ]


def all_mappings(target: Target) -> list[QueueMapping]:
    """Return the event source mappings of every function that consumes a queue."""
    return [
        each for found in in_parallel(lambda name: mappings_of(target, name), CONSUMERS) for each in found
    ]


def schedule_of(target: Target) -> RedeliverSchedule:
    """Return the schedule of redeliver."""
    name = str(target.output("redeliver_schedule_name"))
    found = target.client("scheduler").get_schedule(Name=name)
    return RedeliverSchedule(name=name, state=str(found.get("State", "")))
