"""The queue of events that SNS gave up on, and the function that publishes them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.lambdas.factory import FunctionFactory
from infra.lambdas.python_function import PythonFunction
from infra.lambdas.queue_mapping import consume
from infra.naming import DEAD_WEBHOOKS, UNDELIVERED_QUEUE
from infra.table import Table
from infra.webhooks.topic import WebhookTopic
from infra.work_queue import MAX_RETENTION_SECONDS, WorkQueue, WorkQueueArgs

# Of each message most receipts only check the time: a wait of 24 hours takes three of them. What is left is
# for the days when SNS or DynamoDB refuse.
_MAX_RECEIVE_COUNT = 100


@dataclass(frozen=True, kw_only=True)
class RedeliveryArgs:
    """What redelivery needs."""

    factory: FunctionFactory
    topic: WebhookTopic
    webhooks: Table
    undelivered: WorkQueue
    delays_seconds: Sequence[int]
    batch_size: int
    max_concurrency: int


def make_undelivered_queue(
    visibility_timeout_seconds: int,
    key_arn: pulumi.Input[str] | None,
    topic_arn: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> WorkQueue:
    """Make the queue to which SNS sends what it could not deliver for the topic."""
    undelivered = WorkQueue(
        UNDELIVERED_QUEUE,
        WorkQueueArgs(
            visibility_timeout_seconds=visibility_timeout_seconds,
            max_receive_count=_MAX_RECEIVE_COUNT,
            # Each message is the only copy of an event that a client has not had.
            retention_seconds=MAX_RETENTION_SECONDS,
            dead_letters_name=DEAD_WEBHOOKS,
            key_arn=key_arn,
        ),
        opts,
    )
    undelivered.messages.grant_send_to_topic(topic_arn)
    return undelivered


def make_redelivery(args: RedeliveryArgs, parent: pulumi.Resource) -> PythonFunction:
    """Make the function that consumes the queue; it dead-letters an event whose schedule is used up."""
    queue = args.undelivered
    redeliver = args.factory.make(
        "redeliver",
        "Publishes an undelivered event again, hours later, for one webhook",
        parent=parent,
        environment={
            "WEBHOOKS_TABLE_NAME": args.webhooks.name,
            "TOPIC_ARN": args.topic.arn,
            "UNDELIVERED_QUEUE_URL": queue.messages.url,
            "DEAD_WEBHOOKS_QUEUE_URL": queue.dead_letters.url,
            "REDELIVERY_DELAYS_SECONDS": ",".join(map(str, args.delays_seconds)),
        },
        grants=[
            args.topic.grant_publish,
            queue.messages.grant_consume,
            queue.dead_letters.grant_send,
            args.webhooks.grant_query,
            args.webhooks.grant_update,
        ],
    )
    consume(
        queue.messages,
        redeliver,
        batch_size=args.batch_size,
        max_concurrency=args.max_concurrency,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return redeliver
