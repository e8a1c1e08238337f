"""The event source mapping between a queue and the function that works it off."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

CONSUME_ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


@dataclass(frozen=True, kw_only=True)
class QueueConsumerArgs:
    """What the mapping is made of."""

    queue_arn: pulumi.Input[str]
    function_name: pulumi.Input[str]
    batch_size: int
    max_concurrency: int
    """How many batches are worked on at once, so that a burst waits in the queue and not at the workflow."""


class QueueConsumer(pulumi.ComponentResource):
    """Hands a queue's messages to a function in batches; only the messages that failed come again."""

    def __init__(
        self, name: str, args: QueueConsumerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("orders:messaging:QueueConsumer", name, {}, opts)
        aws.lambda_.EventSourceMapping(
            name,
            event_source_arn=args.queue_arn,
            function_name=args.function_name,
            batch_size=args.batch_size,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=aws.lambda_.EventSourceMappingScalingConfigArgs(
                maximum_concurrency=args.max_concurrency
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
