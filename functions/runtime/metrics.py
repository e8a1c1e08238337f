"""Metrics of our own, which CloudWatch finds in the log."""

from __future__ import annotations

from aws_lambda_powertools.metrics import MetricUnit, single_metric


def count(metric: str, value: int = 1, **dimensions: str) -> None:
    """Add to a metric.

    The namespace comes from POWERTOOLS_METRICS_NAMESPACE, and POWERTOOLS_SERVICE_NAME is a dimension too.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
    """
    with single_metric(name=metric, unit=MetricUnit.Count, value=value) as counted:
        for name, text in dimensions.items():
            counted.add_dimension(name=name, value=text)
