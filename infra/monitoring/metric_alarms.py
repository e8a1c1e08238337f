"""The alarms in CloudWatch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.account import stack_name
from infra.monitoring.alarm import Alarm, Expression


def make_alarms(
    alarms: Sequence[Alarm],
    suffix: pulumi.Input[str],
    topic_arn: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> list[pulumi.Output[str]]:
    """Make the alarms, which notify the topic when they go off and when they end; return their ARNs.

    Their names begin with project and stack, which the topic's and the key's policies admit, and end in a
    suffix: two states may deploy the same stack to one account.
    """
    return [
        _alarm(each, pulumi.Output.concat(stack_name(), "-", each.name, "-", suffix), topic_arn, opts).arn
        for each in alarms
    ]


def _alarm(
    alarm: Alarm, name: pulumi.Input[str], topic_arn: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> aws.cloudwatch.MetricAlarm:
    return aws.cloudwatch.MetricAlarm(
        alarm.name,
        # A name of its own: an operator reads it first.
        name=name,
        alarm_description=alarm.description,
        comparison_operator=alarm.comparison,
        treat_missing_data=alarm.missing_data,
        threshold=alarm.threshold,
        evaluation_periods=alarm.periods,
        alarm_actions=[topic_arn],
        ok_actions=[topic_arn],
        opts=opts,
        **_watched(alarm),
    )


def _watched(alarm: Alarm) -> dict[str, Any]:
    watches = alarm.watches
    if not isinstance(watches, Expression):
        return {
            "namespace": watches.namespace,
            "metric_name": watches.name,
            "dimensions": dict(watches.dimensions),
            "statistic": watches.statistic,
            "period": alarm.period_seconds,
        }
    inputs = [
        aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id=name,
            metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace=metric.namespace,
                metric_name=metric.name,
                dimensions=dict(metric.dimensions),
                stat=metric.statistic,
                period=alarm.period_seconds,
            ),
        )
        for name, metric in watches.metrics.items()
    ]
    result = aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id="result", expression=watches.text, label=alarm.name, return_data=True
    )
    return {"metric_queries": [*inputs, result]}
