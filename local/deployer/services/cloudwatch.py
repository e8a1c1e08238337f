"""Alarms and dashboards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.deployer.inputs import Inputs
from local.deployer.resource import Created, Creator, NewResource

SERVICE = "cloudwatch"

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
_LONGEST_ALARM_NAME = 255


def create_metric_alarm(resource: NewResource) -> Created:
    """Create an alarm on a metric, or on metric math."""
    inputs = resource.inputs
    name = resource.physical_name(longest=_LONGEST_ALARM_NAME)
    queries = [_query(each) for each in inputs.take_each("metricQueries")]
    resource.client(SERVICE).put_metric_alarm(
        AlarmName=name,
        Tags=inputs.take_tags(),
        **({"Metrics": queries} if queries else {"Dimensions": _dimensions(inputs)}),
        **inputs.take_as(
            alarmDescription="AlarmDescription",
            alarmActions="AlarmActions",
            okActions="OKActions",
            comparisonOperator="ComparisonOperator",
            evaluationPeriods="EvaluationPeriods",
            metricName="MetricName",
            namespace="Namespace",
            period="Period",
            statistic="Statistic",
            threshold="Threshold",
            treatMissingData="TreatMissingData",
        ),
    )
    return Created(name, {"name": name, "arn": resource.site.arn("cloudwatch", f"alarm:{name}")})


def create_dashboard(resource: NewResource) -> Created:
    """Create a dashboard."""
    name = resource.inputs.take("dashboardName", str)
    resource.client(SERVICE).put_dashboard(
        DashboardName=name, DashboardBody=resource.inputs.take("dashboardBody", str)
    )
    # Dashboards belong to an account, not to a region.
    site = resource.site
    arn = f"arn:{site.partition}:cloudwatch::{site.account_id}:dashboard/{name}"
    return Created(name, {"dashboardArn": arn})


def _query(inputs: Inputs) -> dict[str, Any]:
    query = inputs.take_as(id="Id", expression="Expression", label="Label")
    # Unlike the provider, the service returns data by default, and accepts only one result.
    query["ReturnData"] = inputs.take_optional("returnData", bool) or False
    metric = inputs.take_nested("metric")
    if metric.values:
        dimensions = _dimensions(metric)
        query["MetricStat"] = {
            "Metric": {
                **metric.take_as(namespace="Namespace", metricName="MetricName"),
                "Dimensions": dimensions,
            },
            **metric.take_as(stat="Stat", period="Period"),
        }
    return query


def _dimensions(inputs: Inputs) -> list[dict[str, str]]:
    dimensions = inputs.take_optional("dimensions", dict) or {}
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


CREATORS: Mapping[str, Creator] = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": create_metric_alarm,
    "aws:cloudwatch/dashboard:Dashboard": create_dashboard,
}
