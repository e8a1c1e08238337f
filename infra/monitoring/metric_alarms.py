"""The alarms in CloudWatch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.monitoring.alarm import COMPARISON, MISSING_DATA, Alarm, Expression


@dataclass(frozen=True, kw_only=True)
class MetricAlarmsArgs:
    """What the alarms are made of."""

    alarms: Sequence[Alarm]
    topic_arn: pulumi.Input[str]
    """Who is told when an alarm goes off, and when it is over."""


class MetricAlarms(pulumi.ComponentResource):
    """Alarms that all tell one topic; `arns` are in the alarms' order."""

    def __init__(self, name: str, args: MetricAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:seeing:MetricAlarms", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        made = [_alarm(each, args.topic_arn, child) for each in args.alarms]
        self.arns = [each.arn for each in made]
        self.register_outputs({"arns": self.arns})


def alarm_names_start() -> str:
    """Return what the names of the stack's alarms, and of no others, begin with."""
    return f"{pulumi.get_project()}-{pulumi.get_stack()}-"


def _alarm(
    alarm: Alarm, topic_arn: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> aws.cloudwatch.MetricAlarm:
    return aws.cloudwatch.MetricAlarm(
        alarm.name,
        # A name of its own, which whoever is woken reads first.
        name=f"{alarm_names_start()}{alarm.name}",
        alarm_description=alarm.description,
        comparison_operator=COMPARISON,
        treat_missing_data=MISSING_DATA,
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
