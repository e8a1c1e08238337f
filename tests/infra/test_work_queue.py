"""Queues: who may send to them."""

from __future__ import annotations

import pulumi
import pytest

from infra.access import GrantedRole
from infra.work_queue import WorkQueue, WorkQueueArgs
from tests.support.pulumi_graph import record


class _Function:
    def __init__(self) -> None:
        self.role = GrantedRole("late", {}, pulumi.ResourceOptions())


def test_a_sender_cannot_be_granted_once_the_queue_has_its_policy() -> None:
    def program() -> None:
        queue = WorkQueue(
            "orders",
            WorkQueueArgs(
                visibility_timeout_seconds=120,
                max_receive_count=3,
                retention_seconds=60,
                dead_letters_name="dead",
                key_arn=None,
            ),
        )
        queue.attach_policies()
        queue.dead_letters.grant_send(_Function())

    with pytest.raises(RuntimeError, match="the queue dead has its policy"):
        record(program)
