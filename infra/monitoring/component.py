"""Alarms, the topic that they notify, and the dashboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from infra.account import Account, metrics_namespace, stack_name
from infra.lambdas.python_function import PythonFunction
from infra.metrics import SERVICE, Metric
from infra.monitoring import alarm_catalogue, delivery_alarms
from infra.monitoring.alarm import Alarm
from infra.monitoring.alarm_topic import make_alarm_topic
from infra.monitoring.dashboard_body import Watched, build_dashboard
from infra.monitoring.metric_alarms import make_alarms
from infra.work_queue import WorkQueue

# A payment gateway that does not answer is an error of the function each time that the workflow asks again:
# a single order makes nine of them. So many are for the workflow to ride out.
_GATEWAY_ERRORS = {"process-payment": 22, "release-payment": 22}


@dataclass(frozen=True, kw_only=True)
class MonitoringArgs:
    """Everything that is watched, and where alarms go."""

    account: Account
    email: str | None
    key_arn: pulumi.Input[str] | None
    """The key that encrypts the alarms' topic."""
    functions: Sequence[PythonFunction]
    accept_order: PythonFunction
    api_id: pulumi.Input[str]
    orders: WorkQueue
    signal_queues: Sequence[WorkQueue]
    log_filters: Mapping[str, aws.cloudwatch.LogSubscriptionFilter]
    """By the logical names of their log groups."""
    record_deliveries: PythonFunction
    workflow_arns: Mapping[str, pulumi.Input[str]]


class Monitoring(pulumi.ComponentResource):
    """An alarm for everything that can go wrong, the topic that they notify, and a page that shows it all."""

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:monitoring:Monitoring", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        topic = make_alarm_topic(args.account, args.email, args.key_arn, child)
        alarm_arns = make_alarms(_alarms(args), args.api_id, topic.arn, child)
        dashboard = aws.cloudwatch.Dashboard(
            name,
            # Two states may deploy the same stack to one account, and an account has one dashboard of a name.
            dashboard_name=pulumi.Output.concat(stack_name(), "-", args.api_id),
            dashboard_body=pulumi.Output.json_dumps(build_dashboard(_watched(args, alarm_arns))),
            opts=child,
        )
        self.alarm_topic_arn = topic.arn
        self.dashboard_url = pulumi.Output.concat(
            "https://",
            args.account.console_host,
            "/cloudwatch/home?region=",
            args.account.region,
            "#dashboards/dashboard/",
            dashboard.dashboard_name,
        )
        self.register_outputs({"dashboard_url": self.dashboard_url, "alarm_topic_arn": self.alarm_topic_arn})


def _watched(args: MonitoringArgs, alarm_arns: Sequence[pulumi.Output[str]]) -> Watched:
    return Watched(
        region=args.account.region,
        api_id=args.api_id,
        accept_order_name=args.accept_order.name,
        queues={
            each.messages.logical_name: each.messages.name for each in (args.orders, *args.signal_queues)
        },
        dead_letter_queues=_dead_letter_queues(args),
        workflows=args.workflow_arns,
        alarm_arns=alarm_arns,
        own_namespace=metrics_namespace(),
    )


def _alarms(args: MonitoringArgs) -> list[Alarm]:
    return [
        *alarm_catalogue.api_alarms(args.api_id, _function_metric("UnhandledErrors")),
        *alarm_catalogue.orders_queue_alarms(args.orders.messages.name, _function_metric("OrdersDeferred")),
        *_webhook_alarms(args),
        *(alarm_catalogue.dead_letter_alarm(*queue) for queue in _dead_letter_queues(args).items()),
        *(
            alarm
            for name, arn in args.workflow_arns.items()
            for alarm in alarm_catalogue.workflow_alarms(name, arn)
        ),
        *(
            alarm
            for function in args.functions
            for alarm in alarm_catalogue.function_alarms(
                function.logical_name,
                function.name,
                expected_errors=_GATEWAY_ERRORS.get(function.logical_name, 0),
            )
        ),
    ]


def _webhook_alarms(args: MonitoringArgs) -> list[Alarm]:
    return [
        *delivery_alarms.redelivery_alarms(
            runs=_function_metric("RedeliveryRunsCompleted"),
            behind=_function_metric("OldestDueSeconds", "Maximum"),
        ),
        *delivery_alarms.row_alarms(
            dead=_function_metric("DeliveriesDead"),
            silent_percent=_function_metric("SilentPublicationsPercent", "Maximum"),
        ),
        *(
            delivery_alarms.signal_queue_alarm(each.messages.logical_name, each.messages.name)
            for each in args.signal_queues
        ),
        *(
            alarm
            for name, each in args.log_filters.items()
            for alarm in delivery_alarms.log_filter_alarms(name, each.log_group, each.name)
        ),
        *delivery_alarms.async_alarms(args.record_deliveries.logical_name, args.record_deliveries.name),
        delivery_alarms.topics_alarm(_function_metric("WebhookTopicUsedPercent", "Maximum")),
    ]


def _function_metric(name: str, statistic: Literal["Sum", "Maximum"] = "Sum") -> Metric:
    return Metric(
        namespace=metrics_namespace(), name=name, dimensions={"service": SERVICE}, statistic=statistic
    )


def _dead_letter_queues(args: MonitoringArgs) -> dict[str, pulumi.Output[str]]:
    queues = (args.orders.dead_letters, *(each.dead_letters for each in args.signal_queues))
    return {each.logical_name: each.name for each in queues}
