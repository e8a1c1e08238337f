"""Every alarm of the stack, by what it watches.

The metrics' names and dimensions are AWS's own; each function names the page that has them.
"""

from __future__ import annotations

from typing import Any

from infra.metrics import Metric
from infra.monitoring.alarm import Alarm, Expression

_MINUTE = 60
_HOUR = 60 * _MINUTE

# One failure heals: a client posts again, a workflow or a queue tries again. Several within a quarter of an
# hour do not, also where there is little traffic.
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
            why=f"{_ERROR_RATE_PERCENT} % of the API's answers, and at least {_SEVERAL}, are 5xx.",
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
            why="The API's functions answer 500: an error that they do not handle.",
            watches=unhandled,
            threshold=_SEVERAL,
            period_seconds=_WHILE_SECONDS,
        ),
    ]


def orders_queue_alarms(queue_name: Any, deferrals: Metric) -> list[Alarm]:  # noqa: ANN401
    """Watch how long accepted orders wait.

    `deferrals` counts how often an order was deferred because the workflow took nothing. SQS leaves what has
    come three times out of the oldest message's age, and such an order soon has.
    """
    return [
        Alarm(
            name="orders-wait",
            section="orders-wait",
            why=f"An accepted order has been waiting for {_LONGEST_WAIT_SECONDS // _MINUTE} minutes.",
            watches=_queue_metric("ApproximateAgeOfOldestMessage", queue_name),
            threshold=_LONGEST_WAIT_SECONDS,
        ),
        Alarm(
            name="orders-deferred",
            section="orders-wait",
            why="Accepted orders are deferred: the workflow has not taken any for a while.",
            watches=deferrals,
            threshold=1,
            # As long as an order is deferred at most: a single one is seen, and a short outage is not.
            period_seconds=_WHILE_SECONDS,
            periods=2,
        ),
    ]


def undelivered_queue_alarms(
    queue_name: Any,  # noqa: ANN401
    deferrals: Metric,
    *,
    longest_delay_seconds: int,
) -> list[Alarm]:
    """Watch that redelivery goes on: an event waits as long as its schedule says, and not much longer.

    An event that has come three times no longer counts for its age, so it is the fresh ones that tell.
    `deferrals` counts how often an event was deferred because AWS refused a call.
    """
    return [
        Alarm(
            name="redelivery-stands-still",
            section="redelivery-stands-still",
            why="An undelivered event has waited longer than redelivery's longest delay.",
            watches=_queue_metric("ApproximateAgeOfOldestMessage", queue_name),
            threshold=longest_delay_seconds + _HOUR,
        ),
        Alarm(
            name="redeliveries-deferred",
            section="redelivery-stands-still",
            why="Undelivered events are deferred: the topic or a table has refused for a while.",
            watches=deferrals,
            threshold=1,
            # As for the orders that are deferred.
            period_seconds=_WHILE_SECONDS,
            periods=2,
        ),
    ]


def dead_letter_alarms(name: str, queue_name: Any) -> list[Alarm]:  # noqa: ANN401
    """Watch that a dead-letter queue is empty; `name` is its section of the runbook as well."""
    return [
        Alarm(
            name=f"{name}-depth",
            section=name,
            why=f"There are messages on {name}, which nothing consumes.",
            watches=_queue_metric("ApproximateNumberOfMessagesVisible", queue_name),
            threshold=1,
        )
    ]


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
        # A throttled transition is only late, unless it goes on.
        alarm("throttled", "ExecutionThrottled", f"The {name} workflow is throttled again and again.", 3),
    ]


def function_alarms(name: str, function_name: Any, *, expected_errors: int = 0) -> list[Alarm]:  # noqa: ANN401
    """Watch a function: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html.

    `expected_errors` is how many a quarter of an hour may have, besides those that heal.
    """

    def alarm(ending: str, metric: str, why: str, threshold: int) -> Alarm:
        return Alarm(
            name=f"{name}-{ending}",
            section=f"function-{ending}",
            why=why,
            watches=Metric(
                namespace="AWS/Lambda",
                name=metric,
                dimensions={"FunctionName": function_name},
                statistic="Sum",
            ),
            threshold=threshold,
            period_seconds=_WHILE_SECONDS,
        )

    return [
        alarm("errors", "Errors", f"The function {name} fails.", expected_errors + _SEVERAL),
        alarm("throttles", "Throttles", f"The function {name} is throttled.", _SEVERAL),
    ]


def delivery_alarms(topic_name: Any, refused: Metric) -> list[Alarm]:  # noqa: ANN401
    """Watch deliveries: https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html.

    `refused` counts the deliveries that a webhook answered with 4xx.
    """
    return [
        Alarm(
            name="deliveries-refused",
            section="deliveries-refused",
            why="A webhook answers deliveries with 4xx, which SNS does not retry.",
            watches=refused,
            threshold=1,
        ),
        Alarm(
            name="events-lost",
            section="events-lost",
            why="SNS could not put an undelivered event on its queue, so the event is lost.",
            watches=Metric(
                namespace="AWS/SNS",
                name="NumberOfNotificationsFailedToRedriveToDlq",
                dimensions={"TopicName": topic_name},
                statistic="Sum",
            ),
            threshold=1,
        ),
    ]


def _queue_metric(name: str, queue_name: Any) -> Metric:  # noqa: ANN401
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    return Metric(namespace="AWS/SQS", name=name, dimensions={"QueueName": queue_name}, statistic="Maximum")
