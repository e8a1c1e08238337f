"""What tells people how the stack is: alarms, who hears of them, and the dashboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra.account import Account
from infra.api.http_api import HttpApi
from infra.assembly.events import Events
from infra.lambdas.factory import FunctionKit
from infra.monitoring import alarm_catalogue
from infra.monitoring.alarm import Alarm
from infra.monitoring.alarm_topic import OpsTopic, OpsTopicArgs
from infra.monitoring.dashboard import Dashboard, DashboardArgs
from infra.monitoring.dashboard_body import Watched
from infra.monitoring.metric_alarms import MetricAlarms, MetricAlarmsArgs, alarm_names_start
from infra.monitoring.metrics import SERVICE, function_metric, metrics_namespace
from infra.settings import Settings
from infra.work_queue import WorkQueue
from infra.workflow.state_machine import OrderWorkflow

# A payment gateway that does not answer is an error of the function each time that the workflow asks again:
# a single order makes nine of them. So many are for the workflow to ride out.
_GATEWAY_ERRORS = {"process-payment": 22, "release-payment": 22}


@dataclass(frozen=True, kw_only=True)
class Seeing:
    """Where to look, and what to subscribe to."""

    dashboard_url: pulumi.Output[str]
    alarms_topic_arn: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True)
class Service:
    """Everything that is watched."""

    kit: FunctionKit
    api: HttpApi
    orders: WorkQueue
    events: Events
    workflows: Mapping[str, OrderWorkflow]


def assemble_seeing(settings: Settings, account: Account, service: Service) -> Seeing:
    """Make an alarm for everything that can go wrong, the topic that they tell, and the dashboard."""
    topic = OpsTopic(
        "ops",
        OpsTopicArgs(account=account, alarm_names_start=alarm_names_start(), email=settings.alarms.email),
    )
    alarms = MetricAlarms("alarms", MetricAlarmsArgs(alarms=_alarms(settings, service), topic_arn=topic.arn))
    events = service.events
    dashboard = Dashboard(
        "service",
        DashboardArgs(
            watched=Watched(
                region=account.region,
                api_id=service.api.id,
                accept_order_name=service.kit.made["accept-order"].name,
                queues={"orders": service.orders.name, "undelivered": events.undelivered.name},
                dead_letter_queues=_dead_letter_queues(service),
                workflows={name: workflow.arn for name, workflow in service.workflows.items()},
                topic_name=events.topic.name,
                alarm_arns=alarms.arns,
                own_namespace=metrics_namespace(),
                service=SERVICE,
            )
        ),
    )
    return Seeing(dashboard_url=dashboard.url, alarms_topic_arn=topic.arn)


def _alarms(settings: Settings, service: Service) -> list[Alarm]:
    events = service.events
    return [
        *alarm_catalogue.api_alarms(service.api.id, function_metric("UnforeseenErrors")),
        *alarm_catalogue.orders_queue_alarms(service.orders.name, function_metric("OrdersPutOff")),
        *alarm_catalogue.undelivered_queue_alarms(
            events.undelivered.name,
            function_metric("RedeliveriesPutOff"),
            longest_delay_seconds=max(settings.redelivery.delays_seconds, default=0),
        ),
        *(
            alarm
            for name, queue in _dead_letter_queues(service).items()
            for alarm in alarm_catalogue.dead_letter_alarms(name, queue)
        ),
        *(
            alarm
            for name, workflow in service.workflows.items()
            for alarm in alarm_catalogue.workflow_alarms(name, workflow.arn)
        ),
        *(
            alarm
            for name, function in service.kit.made.items()
            for alarm in alarm_catalogue.function_alarms(
                name, function.name, expected_errors=_GATEWAY_ERRORS.get(name, 0)
            )
        ),
        *alarm_catalogue.delivery_alarms(events.topic.name, events.delivery_log.refused),
    ]


def _dead_letter_queues(service: Service) -> dict[str, pulumi.Output[str]]:
    queues = (service.orders, service.events.undelivered)
    return {queue.dead_letter_name: queue.dead_letters_queue_name for queue in queues}
