"""From the `orders` queue to the workflow."""

from __future__ import annotations

from dataclasses import dataclass

from functions.adapters import aws
from functions.adapters.order_workflow import start_order
from functions.adapters.outages import naming_outages
from functions.adapters.queues import Queue
from functions.domain.execution import OrderMessage, UnreadableMessage, why_too_late
from functions.domain.instant import now
from functions.domain.log_record import LogField, LogFields, Outcome
from functions.domain.outage import ServiceUnavailable
from functions.runtime.queue_function import Disposition, QueueMessage, queue_function
from functions.runtime.time_left import SecondsLeft


@dataclass(frozen=True, kw_only=True)
class Environment:  # noqa: D101
    state_machine_arn: str
    orders_queue_url: str
    orders_dead_letters_url: str


class _Intake:
    """Takes the orders of one batch into the workflow."""

    def __init__(self, environment: Environment) -> None:
        self._state_machine_arn = environment.state_machine_arn
        self._orders = Queue(aws.sqs(), environment.orders_queue_url)
        self._dead_letters = Queue(aws.sqs(), environment.orders_dead_letters_url)
        self._is_refused = False

    def hide(self, message: QueueMessage, seconds: int) -> None:
        self._orders.hide(message.receipt_handle, seconds)

    def take(self, message: QueueMessage, log_fields: LogFields) -> Disposition:
        log_fields[LogField.MESSAGE_ID] = message.message_id
        log_fields[LogField.RECEIVE_COUNT] = message.receive_count
        try:
            order = OrderMessage.read(message.body)
        except UnreadableMessage as error:
            return self._dead_letter(message, str(error), log_fields)
        log_fields[LogField.REQUEST_ID], log_fields[LogField.CLIENT_ID] = order.request_id, order.client_id
        too_late = why_too_late(order, now())
        if too_late is not None:
            return self._dead_letter(message, too_late, log_fields)
        return self._start(order, message.message_id, log_fields)

    def _dead_letter(self, message: QueueMessage, reason: str, log_fields: LogFields) -> Disposition:
        log_fields[LogField.OUTCOME], log_fields[LogField.REASON] = Outcome.DEAD_LETTERED, reason
        # What SQS itself moves there has neither attribute.
        self._dead_letters.send(message.body, reason=reason, message_id=message.message_id)
        return Disposition.DELETE

    def _start(self, order: OrderMessage, message_id: str, log_fields: LogFields) -> Disposition:
        # Once refused, the rest of the batch would only add to what the workflow cannot take.
        if self._is_refused:
            return Disposition.DEFER
        try:
            with naming_outages():
                is_started = start_order(
                    aws.stepfunctions(), self._state_machine_arn, order.execution_input(message_id)
                )
        except ServiceUnavailable:
            self._is_refused = True
            return Disposition.DEFER
        log_fields[LogField.OUTCOME] = Outcome.STARTED if is_started else Outcome.STARTED_BEFORE
        return Disposition.DELETE


@queue_function(Environment, deferrals="OrdersDeferred", prepare=lambda _: (aws.stepfunctions(), aws.sqs()))
def handle(environment: Environment, _seconds_left: SecondsLeft) -> _Intake:
    """Start one execution for each message; name the messages that failed, so that only they come again.

    What cannot be read never will be, and an order that was accepted too long ago might be paid twice: both
    go to the dead-letter queue with the reason. Everything else that fails is deferred.
    """
    return _Intake(environment)
