"""Every alarm of the stack, by the resource that it monitors.

The metrics' names and dimensions are AWS's; each function links AWS's page.
"""

from __future__ import annotations

from typing import Any

from infra.metrics import Metric
from infra.monitoring.alarm import Alarm, Expression

_MINUTE = 60

# A single failure is retried: by a client, a workflow or a queue. Several within 15 minutes need attention,
# even with little traffic.
_SEVERAL = 3
_WHILE_SECONDS = 15 * _MINUTE
_ERROR_RATE_PERCENT = 1

# An order waits this long only if nothing consumes the queue, or not fast enough.
_LONGEST_WAIT_SECONDS = 10 * _MINUTE


def api_alarms(api_id: Any, unhandled: Metric) -> list[Alarm]:  # noqa: ANN401 - here and below: may be outputs
    """Watch the API's errors: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html.

    `unhandled` counts the answers of our functions to errors that they do not handle: a mistake of ours,
    which a rate would hide where there is much traffic.
    """

    def metric(name: str) -> Metric:
        return Metric(namespace="AWS/ApiGateway", name=name, dimensions={"ApiId": api_id}, statistic="Sum")

    return [
        Alarm(
            name="api-5xx",
            section="api-5xx",
            why=f"{_ERROR_RATE_PERCENT} % of the API's responses, and at least {_SEVERAL}, are 5xx.",
            watches=Expression(
                text=f"IF(errors < {_SEVERAL}, 0, 100 * errors / requests)",
                metrics={"errors": metric("5xx"), "requests": metric("Count")},
            ),
            threshold=_ERROR_RATE_PERCENT,
            period_seconds=_WHILE_SECONDS,
        ),
        Alarm(
            name="api-unhandled-errors",
            section="api-5xx",
            why="The API's functions have returned 500 because of unhandled errors.",
            watches=unhandled,
            threshold=_SEVERAL,
            period_seconds=_WHILE_SECONDS,
        ),
    ]


def orders_queue_alarms(queue_name: Any, deferrals: Metric) -> list[Alarm]:  # noqa: ANN401
    """Watch how long accepted orders wait.

    `deferrals` counts how often an order was deferred because Step Functions throttled or was unavailable.
    The age of the oldest message excludes messages received three times or more, so it excludes these orders.
    """
    return [
        Alarm(
            name="orders-wait",
            section="orders-wait",
            why=f"An accepted order has been waiting for {_LONGEST_WAIT_SECONDS // _MINUTE} minutes.",
            watches=queue_metric("ApproximateAgeOfOldestMessage", queue_name),
            threshold=_LONGEST_WAIT_SECONDS,
        ),
        Alarm(
            name="orders-deferred",
            section="orders-wait",
            why="Accepted orders are deferred: Step Functions throttles or is unavailable.",
            watches=deferrals,
            threshold=1,
            # As long as an order is deferred at most: a single one is seen, and a short outage is not.
            period_seconds=_WHILE_SECONDS,
            periods=2,
        ),
    ]


def dead_letter_alarm(name: str, queue_name: Any) -> Alarm:  # noqa: ANN401
    """Watch that a dead-letter queue is empty; `name` is also its section of the runbook."""
    return Alarm(
        name=f"{name}-depth",
        section=name,
        why=f"There are messages on {name}, which nothing consumes.",
        watches=queue_metric("ApproximateNumberOfMessagesVisible", queue_name),
        threshold=1,
    )


def workflow_alarms(name: str, state_machine_arn: Any) -> list[Alarm]:  # noqa: ANN401
    """Watch a state machine of either type: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html."""

    def alarm(ending: str, metric: str, why: str, periods: int = 1) -> Alarm:
        return Alarm(
            name=f"{name}-executions-{ending}",
            section=f"executions-{ending}",
            why=why,
            watches=Metric(
                namespace="AWS/States",
                name=metric,
                dimensions={"StateMachineArn": state_machine_arn},
                statistic="Sum",
            ),
            threshold=1,
            periods=periods,
        )

    return [
        alarm("failed", "ExecutionsFailed", f"An execution of the {name} workflow has failed."),
        alarm("timed-out", "ExecutionsTimedOut", f"An execution of the {name} workflow has timed out."),
        # A throttled transition is only late, unless throttling continues.
        alarm("throttled", "ExecutionThrottled", f"The {name} workflow is throttled continuously.", 3),
    ]


def function_alarms(name: str, function_name: Any, *, expected_errors: int = 0) -> list[Alarm]:  # noqa: ANN401
    """Watch a function; `expected_errors` in 15 minutes are normal, because a retry follows."""

    def alarm(ending: str, metric: str, why: str, threshold: int) -> Alarm:
        return Alarm(
            name=f"{name}-{ending}",
            section=f"function-{ending}",
            why=why,
            watches=lambda_metric(metric, function_name),
            threshold=threshold,
            period_seconds=_WHILE_SECONDS,
        )

    return [
        alarm("errors", "Errors", f"The function {name} fails.", expected_errors + _SEVERAL),
        alarm("throttles", "Throttles", f"The function {name} is throttled.", _SEVERAL),
    ]


def lambda_metric(name: str, function_name: Any) -> Metric:  # noqa: ANN401
    """Return one of AWS's metrics of a function."""
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    return Metric(
        namespace="AWS/Lambda", name=name, dimensions={"FunctionName": function_name}, statistic="Sum"
    )


def queue_metric(name: str, queue_name: Any) -> Metric:  # noqa: ANN401
    """Return one of AWS's metrics of a queue."""
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    return Metric(namespace="AWS/SQS", name=name, dimensions={"QueueName": queue_name}, statistic="Maximum")
