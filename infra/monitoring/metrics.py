"""How the metrics are named that the stack makes itself."""

from __future__ import annotations

import pulumi

from infra.monitoring.alarm import Metric

# What the functions' log lines and metrics say they are of.
SERVICE = "order-webhooks"


def metrics_namespace() -> str:
    """Return the namespace of the stack's own metrics: one each, so that stacks do not count together."""
    return f"{pulumi.get_project()}/{pulumi.get_stack()}"


def function_metric(name: str) -> Metric:
    """Return a metric that the functions count."""
    return Metric(namespace=metrics_namespace(), name=name, dimensions={"service": SERVICE}, statistic="Sum")
