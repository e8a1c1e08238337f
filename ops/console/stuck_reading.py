"""What the page of stuck things shows, without receiving a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.domain.deliveries.row import Row
from functions.domain.webhook import WebhookStatus
from ops.dead_letters.messages import DEAD_LETTER_QUEUES
from ops.deliveries import dead_rows, waiting_rows
from ops.queues import Depth, depth_of
from ops.redrive import Descriptions, FailedExecution, failed_executions
from ops.tables import all_webhooks
from ops.target import Target

# The oldest of each webhook: a failing one may have thousands.
MOST_PER_WEBHOOK = 20
MOST_DEAD = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckReading:
    """What does not move; `statuses` are the webhooks', by their IDs."""

    failed: Sequence[FailedExecution]
    waiting: Sequence[Row]
    dead: Sequence[Row]
    depths: Sequence[Depth]
    statuses: Mapping[str, WebhookStatus]


def read_stuck(target: Target, known_executions: Descriptions) -> StuckReading:
    """Read what is stuck; `known_executions` keeps the descriptions of failed ones for the next reading."""
    waiting = waiting_rows(target, MOST_PER_WEBHOOK)
    # Why they wait follows from their webhooks.
    webhooks = all_webhooks(target) if waiting else []
    return StuckReading(
        failed=failed_executions(target, known=known_executions),
        waiting=waiting,
        dead=dead_rows(target, most=MOST_DEAD),
        depths=[depth_of(target, queue) for queue in DEAD_LETTER_QUEUES],
        statuses={each.webhook_id: each.status for each in webhooks},
    )
