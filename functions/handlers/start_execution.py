"""From the `orders` queue to the workflow."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import environment
from functions.adapters import aws
from functions.adapters.order_workflow import OrderWorkflow
from functions.domain.execution import ExecutionInput, OrderMessage
from functions.environment import StartExecutionEnvironment
from functions.handlers.invocation import observe


def handle(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Start one execution for each message; name the messages that failed, so that only they come again."""
    workflow = OrderWorkflow(
        aws.stepfunctions(), environment.read(StartExecutionEnvironment).state_machine_arn
    )

    def start(record: SQSRecord) -> None:
        _start(record, workflow, context)

    # Where every message failed, the answer still names them: an error would hide which and why.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=start, processor=processor, context=context)


def _start(record: SQSRecord, workflow: OrderWorkflow, context: LambdaContext) -> None:
    with observe("start_execution", context, message_id=record.message_id) as line:
        line["receive_count"] = record.attributes.approximate_receive_count
        message = OrderMessage.model_validate_json(record.body)
        line["request_id"], line["client_id"] = message.request_id, message.client_id
        started = workflow.start(ExecutionInput.of(message, record.message_id))
        line["outcome"] = "started" if started else "started_before"
