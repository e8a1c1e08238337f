"""What was found after a run: plain data, for the proof to judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AcceptedOrder:
    """An order that was answered 202; every request ID that its idempotency key was ever answered."""

    client_id: str
    reference: str
    amount: int
    currency: str
    request_ids: frozenset[str]
    expected_status: str


@dataclass(frozen=True, kw_only=True)
class StoredOrder:
    """An order in the table."""

    request_id: str
    client_id: str
    reference: str
    status: str
    amount: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class Execution:
    """An execution of the order workflow, or of the one that releases payments."""

    request_id: str
    workflow: str
    status: str


@dataclass(frozen=True, kw_only=True)
class FailedExecution:
    """An execution that an operator had to redrive; `alarmed` if an alarm watches for such a failure."""

    reference: str
    workflow: str
    alarmed: bool


@dataclass(frozen=True, kw_only=True)
class TakenCharge:
    """Money that was taken at the gateway; `kept` is false where it was given back."""

    request_id: str
    amount: int
    currency: str
    kept: bool


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A webhook as its client registered it; `gives_up` marks the one that the plan lets take nothing."""

    hook: str
    client_id: str
    webhook_id: str
    event_types: frozenset[str]
    deleted: bool = False
    gives_up: bool = False


@dataclass(frozen=True, kw_only=True)
class HandledEvent:
    """An event that a webhook took; `status` and `amount` are those of its order."""

    hook: str
    event_id: str
    event_type: str
    request_id: str
    status: str | None
    amount: int | None
    webhook_id: str | None = None
    """Of a test event: the webhook that it tries."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A row of the deliveries table: one event at one webhook."""

    hook: str
    event_id: str
    event_type: str
    request_id: str
    state: str
    reason: str | None = None
    publications: int = 1

    @property
    def is_open(self) -> bool:
        """Whether it has neither arrived nor been given up."""
        return self.state not in ("delivered", "dead")


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """An event that a webhook answered with a success more than once, and why it was sent again."""

    hook: str
    request_id: str
    times: int
    cause: str


@dataclass(frozen=True, kw_only=True)
class QueuedMessage:
    """A message found in a queue at the end, and the reason that came with it."""

    queue: str
    body: str
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that is known about a run."""

    workflow_type: str
    accepted: tuple[AcceptedOrder, ...]
    not_accepted: tuple[str, ...]
    stored: tuple[StoredOrder, ...]
    executions: tuple[Execution, ...]
    redriven: tuple[FailedExecution, ...]
    releases_to_give_up: frozenset[str]
    """The references of the orders whose release the plan lets fail."""
    charges: tuple[TakenCharge, ...]
    webhooks: tuple[Webhook, ...]
    handled: tuple[HandledEvent, ...]
    deliveries: tuple[Delivery, ...]
    waiting: Mapping[str, str]
    """The webhooks that nothing is published for, by their hook, and why."""
    repetitions: tuple[Repetition, ...]
    queued: tuple[QueuedMessage, ...]
    poison: frozenset[str]
    """The bodies that the plan put on the orders queue and that no consumer can process."""
    planned_faults: Mapping[str, int]
    happened_faults: Mapping[str, int]
