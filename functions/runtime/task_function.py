"""The decorator of the functions that are the workflow's tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from functions.adapters.outages import naming_outages
from functions.domain.log_record import LogField, LogFields
from functions.runtime.environment import Environment, prepared
from functions.runtime.log import log_record
from functions.runtime.time_left import seconds_until_time_out

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_IDS = (LogField.REQUEST_ID, LogField.MESSAGE_ID, LogField.CLIENT_ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One run of a task: its input, its log record, and how long it may still run."""

    input: dict[str, Any]
    log_fields: LogFields
    seconds_left: Callable[[], float]


Run = Callable[[Task, Environment], dict[str, Any]]
Handler = Callable[[dict[str, Any], "LambdaContext"], dict[str, Any]]


def task_function(
    environment_type: type[Environment], *, prepare: Callable[[Environment], object] = lambda _: None
) -> Callable[[Run[Environment]], Handler]:
    """Make a Lambda handler of what runs one task.

    The handler reads the environment, writes the log record with the order's IDs, and raises
    `ServiceUnavailable`, which the workflow retries, for an outage of AWS. `prepare` makes the AWS clients in
    the init phase.
    """

    def decorate(run: Run[Environment]) -> Handler:
        function = run.__module__.rpartition(".")[2]
        environment = prepared(environment_type, prepare)

        @wraps(run)
        def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
            ids = {name: event.get(name) for name in _IDS}
            with log_record(function, context, ids) as log_fields, naming_outages():
                task = Task(
                    input=event,
                    log_fields=log_fields,
                    seconds_left=lambda: seconds_until_time_out(context),
                )
                return run(task, environment())

        return handle

    return decorate
