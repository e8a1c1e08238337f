"""From the `orders` queue to the workflow."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import ValidationError

from functions import environment
from functions.adapters import aws
from functions.adapters.order_workflow import OrderWorkflow
from functions.adapters.orders_intake import OrdersIntake
from functions.adapters.outages import naming_outages
from functions.domain.execution import ExecutionInput, OrderMessage, why_unreadable
from functions.domain.outage import ServiceUnavailable
from functions.environment import StartExecutionEnvironment
from functions.handlers.invocation import observe
from functions.handlers.putting_off import put_off


class NotNow(Exception):  # noqa: N818 - no error: the message is to come again
    """The workflow takes nothing just now; the message goes on waiting in the queue."""


def handle(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Start one execution for each message; name the messages that failed, so that only they come again.

    What cannot be read never will be, and goes to the dead-letter queue with the reason. Everything else that
    fails is only late: it comes again after a while that grows with its receipts.
    """
    intake = _Intake(environment.read(StartExecutionEnvironment), context)
    # Where every message failed, the answer still names them: an error would hide which and why.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(
        event=event, record_handler=intake.take, processor=processor, context=context
    )


class _Intake:
    def __init__(self, settings: StartExecutionEnvironment, context: LambdaContext) -> None:
        self._context = context
        self._workflow = OrderWorkflow(aws.stepfunctions(), settings.state_machine_arn)
        self._queue = OrdersIntake(aws.sqs(), settings.orders_queue_url, settings.orders_dead_letters_url)
        self._is_refused = False

    def take(self, record: SQSRecord) -> None:
        """Start a message's execution, or see to it that it comes again later or rests for an operator."""
        with observe("start_execution", self._context, message_id=record.message_id) as line:
            line["receive_count"] = int(record.attributes.approximate_receive_count)
            try:
                message = OrderMessage.model_validate_json(record.body)
            except ValidationError as error:
                line["outcome"], line["reason"] = "laid_to_rest", why_unreadable(error)
                self._queue.lay_to_rest(record.message_id, record.body, line["reason"])
                return
            line["request_id"], line["client_id"] = message.request_id, message.client_id
            try:
                line["outcome"] = self._start(message, record.message_id)
            except Exception:
                put_off(record, self._queue.hide, line, metric="OrdersPutOff")
                raise
            if line["outcome"] == "put_off":
                put_off(record, self._queue.hide, line, metric="OrdersPutOff")
        if line["outcome"] == "put_off":
            raise NotNow

    def _start(self, message: OrderMessage, message_id: str) -> str:
        # Once refused, the rest of the batch would only add to what the workflow cannot take.
        if self._is_refused:
            return "put_off"
        try:
            with naming_outages():
                started = self._workflow.start(ExecutionInput.of(message, message_id))
        except ServiceUnavailable:
            self._is_refused = True
            return "put_off"
        return "started" if started else "started_before"
