"""A queue whose poison messages end in a dead-letter queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import iam

# The longest that SQS keeps a message:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
MAX_RETENTION_SECONDS = 14 * 24 * 60 * 60


@dataclass(frozen=True, kw_only=True)
class WorkQueueArgs:
    """What a queue is made of."""

    sender: Callable[[pulumi.Output[str]], iam.Statement]
    """Gives, for the queue's ARN, the one statement that admits the queue's sender."""
    visibility_timeout_seconds: int
    max_receive_count: int
    retention_seconds: int = 4 * 24 * 60 * 60
    """Shorter than the dead-letter queue's: a dead letter keeps the age it had in the queue."""
    dead_letter_name: str | None = None
    dead_letter_sender: Callable[[pulumi.Output[str]], iam.Statement] | None = None
    """Admits who else may put dead letters on: SQS moves its own without being let in."""


class WorkQueue(pulumi.ComponentResource):
    """A queue, its dead-letter queue and who may put messages on each: the sender, and SQS for itself."""

    def __init__(self, name: str, args: WorkQueueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:messaging:WorkQueue", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        dead_letter_name = args.dead_letter_name or f"{name}-dead-letters"
        dead_letters = aws.sqs.Queue(
            dead_letter_name,
            message_retention_seconds=MAX_RETENTION_SECONDS,
            sqs_managed_sse_enabled=True,
            opts=child,
        )
        queue = aws.sqs.Queue(
            name,
            visibility_timeout_seconds=args.visibility_timeout_seconds,
            message_retention_seconds=args.retention_seconds,
            receive_wait_time_seconds=20,
            sqs_managed_sse_enabled=True,
            redrive_policy=pulumi.Output.json_dumps(
                {"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": args.max_receive_count}
            ),
            opts=child,
        )
        aws.sqs.RedriveAllowPolicy(
            dead_letter_name,
            queue_url=dead_letters.id,
            redrive_allow_policy=pulumi.Output.json_dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}
            ),
            opts=child,
        )
        _policy(name, queue, [args.sender(queue.arn)], child)
        others = [args.dead_letter_sender(dead_letters.arn)] if args.dead_letter_sender else []
        _policy(dead_letter_name, dead_letters, others, child)
        self.name = queue.name
        self.arn = queue.arn
        self.url = queue.url
        self.dead_letter_name = dead_letter_name
        self.dead_letters_queue_name = dead_letters.name
        self.dead_letters_arn = dead_letters.arn
        self.dead_letters_url = dead_letters.url
        self.register_outputs({"url": self.url, "dead_letters_url": self.dead_letters_url})


def _policy(
    name: str, queue: aws.sqs.Queue, senders: list[dict[str, Any]], opts: pulumi.ResourceOptions
) -> None:
    aws.sqs.QueuePolicy(
        name,
        queue_url=queue.id,
        policy=pulumi.Output.json_dumps(iam.document(iam.refuse_plain_http("sqs:*", queue.arn), *senders)),
        opts=opts,
    )
