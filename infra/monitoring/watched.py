"""What monitoring watches of the webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.lambdas.python_function import PythonFunction
from infra.work_queue import WorkQueue


@dataclass(frozen=True, kw_only=True)
class LogFilter:
    """A subscription filter and its log group; `name` is the logical name of the group."""

    name: str
    log_group_name: pulumi.Output[str]
    filter_name: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True)
class WatchedWebhooks:
    """Queues, functions, log subscriptions and topics."""

    undelivered: WorkQueue
    failed_signals: WorkQueue
    record_deliveries: PythonFunction
    redeliver: PythonFunction
    log_filters: Sequence[LogFilter]
    topic_names: Sequence[pulumi.Output[str]]

    @property
    def queues(self) -> tuple[WorkQueue, WorkQueue]:
        """The queues of signals."""
        return self.undelivered, self.failed_signals
