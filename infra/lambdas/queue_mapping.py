"""The event source mapping between a queue and the function that consumes it."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra.lambdas.python_function import PythonFunction
from infra.work_queue import Queue


def consume(
    queue: Queue,
    function: PythonFunction,
    *,
    batch_size: int,
    max_concurrency: int,
    opts: pulumi.ResourceOptions,
) -> None:
    """Have a function, which was granted it, consume a queue in batches.

    Only the messages that failed come again. The concurrency is limited, so that a burst waits in the queue
    and not at what the function calls.
    """
    aws.lambda_.EventSourceMapping(
        queue.logical_name,
        event_source_arn=queue.arn,
        function_name=function.name,
        batch_size=batch_size,
        function_response_types=["ReportBatchItemFailures"],
        scaling_config=aws.lambda_.EventSourceMappingScalingConfigArgs(maximum_concurrency=max_concurrency),
        opts=opts,
    )
