"""A queue whose poison messages end in a dead-letter queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.access import Grantee

# The longest that SQS keeps a message:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
MAX_RETENTION_SECONDS = 14 * 24 * 60 * 60

_CONSUME_ACTIONS = (
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    # To defer a message.
    "sqs:ChangeMessageVisibility",
)


class Queue:
    """A queue's names, and who may send to it and consume it."""

    def __init__(self, logical_name: str, queue: aws.sqs.Queue, opts: pulumi.ResourceOptions) -> None:
        self.logical_name = logical_name
        self.name = queue.name
        self.arn = queue.arn
        self.url = queue.url
        self._opts = opts
        self._sender_role_arns: list[pulumi.Output[str]] = []
        self._senders: list[iam.Statement] = []
        self._policy: aws.sqs.QueuePolicy | None = None

    def grant_send(self, sender: Grantee) -> None:
        """Let a function or a state machine send messages."""
        self._refuse_late_sender()
        sender.role.allow(iam.allow(["sqs:SendMessage"], [self.arn]))
        self._sender_role_arns.append(sender.role.arn)

    def grant_send_to_topics(self, topic_arns: Sequence[pulumi.Input[str]]) -> None:
        """Let SNS send what it could not deliver for these topics."""
        self._refuse_late_sender()
        arns = [*topic_arns] if len(topic_arns) > 1 else topic_arns[0]
        self._senders.append(iam.admit_service("sns.amazonaws.com", "sqs:SendMessage", self.arn, arns))

    def grant_consume(self, function: Grantee) -> None:
        """Let a function receive, delete and defer messages."""
        function.role.allow(iam.allow(_CONSUME_ACTIONS, [self.arn]))

    def attach_policy(self) -> None:
        """Create the queue's policy, once everything that sends to the queue has been granted it."""
        roles = self._sender_role_arns
        by_role = [iam.admit_role(roles, "sqs:SendMessage", self.arn)] if roles else []
        self._policy = aws.sqs.QueuePolicy(
            self.logical_name,
            queue_url=self.url,
            policy=pulumi.Output.json_dumps(
                iam.document(iam.refuse_plain_http("sqs:*", self.arn), *by_role, *self._senders)
            ),
            opts=self._opts,
        )

    def _refuse_late_sender(self) -> None:
        if self._policy is not None:
            raise RuntimeError(f"the queue {self.logical_name} has its policy: grant access before")


@dataclass(frozen=True, kw_only=True)
class WorkQueueArgs:
    """What a queue is made of."""

    visibility_timeout_seconds: int
    max_receive_count: int
    retention_seconds: int
    """At most the dead-letter queue's: a dead letter keeps the age that it had in the queue."""
    dead_letters_name: str
    key_arn: pulumi.Input[str] | None
    """The key that encrypts both queues, where it is not SQS's own."""


class WorkQueue(pulumi.ComponentResource):
    """A queue and its dead-letter queue, which takes what SQS moves there and what is granted."""

    def __init__(self, name: str, args: WorkQueueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:queues:WorkQueue", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        dead_letters = _queue(args.dead_letters_name, args.key_arn, MAX_RETENTION_SECONDS, child)
        queue = _queue(
            name,
            args.key_arn,
            args.retention_seconds,
            child,
            visibility_timeout_seconds=args.visibility_timeout_seconds,
            receive_wait_time_seconds=20,
            redrive_policy=pulumi.Output.json_dumps(
                {"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": args.max_receive_count}
            ),
        )
        aws.sqs.RedriveAllowPolicy(
            args.dead_letters_name,
            queue_url=dead_letters.id,
            redrive_allow_policy=pulumi.Output.json_dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}
            ),
            opts=child,
        )
        self.messages = Queue(name, queue, child)
        self.dead_letters = Queue(args.dead_letters_name, dead_letters, child)
        self.register_outputs({"url": self.messages.url, "dead_letters_url": self.dead_letters.url})

    def attach_policies(self) -> None:
        """Create both queues' policies, once everything that sends to them has been granted it."""
        self.messages.attach_policy()
        self.dead_letters.attach_policy()


def _queue(
    name: str,
    key_arn: pulumi.Input[str] | None,
    retention_seconds: int,
    opts: pulumi.ResourceOptions,
    **settings: Any,  # noqa: ANN401 - of the queue
) -> aws.sqs.Queue:
    return aws.sqs.Queue(
        name,
        message_retention_seconds=retention_seconds,
        # SQS takes one or the other. A data key serves for five minutes, SQS's default: so long may the key
        # be gone until messages are refused.
        kms_master_key_id=key_arn,
        sqs_managed_sse_enabled=True if key_arn is None else None,
        opts=opts,
        **settings,
    )
