"""The function that publishes what is due again, and the schedule that runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from functions.domain.deliveries.indexes import DUE_INDEX, SCHEDULE_INDEX
from infra import iam
from infra.access import Grant, GrantedRole, Grantee
from infra.account import Account
from infra.lambdas.factory import FunctionFactory
from infra.lambdas.python_function import PythonFunction
from infra.naming import SCHEDULE, SCHEDULE_ROLE
from infra.table import Table
from infra.webhooks.delivery_log import delivery_logs_arn
from infra.webhooks.topic import grant_read_subscriptions
from infra.webhooks.topics import EventTopics

# A run publishes for 50 seconds, and ends before the next.
_TIMEOUT_SECONDS = 60
# One vCPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
_MEMORY_MEGABYTES = 1_769


@dataclass(frozen=True, kw_only=True)
class RedeliveryArgs:
    """What redelivery needs."""

    account: Account
    factory: FunctionFactory
    topics: EventTopics
    webhooks: Table
    deliveries: Table
    timing: Mapping[str, str]
    """The environment variables with the schedule and the longest delivery."""
    disable_after_days: int
    max_per_minute: int


@dataclass
class _Scheduler:
    role: GrantedRole


@dataclass(frozen=True, kw_only=True)
class Redelivery:
    """The function, and the schedule that runs it every minute."""

    function: PythonFunction
    schedule_name: pulumi.Output[str]


def make_redelivery(args: RedeliveryArgs, parent: pulumi.Resource) -> Redelivery:
    """Make the function, and have it run every minute."""
    redeliver = args.factory.make(
        "redeliver",
        "Publishes events again whose webhooks have not received them",
        parent=parent,
        timeout_seconds=_TIMEOUT_SECONDS,
        memory_megabytes=_MEMORY_MEGABYTES,
        environment={
            "DELIVERIES_TABLE_NAME": args.deliveries.name,
            "WEBHOOKS_TABLE_NAME": args.webhooks.name,
            "TOPIC_ARN": args.topics.first.arn,
            "TOPIC_NAMES": args.topics.names,
            "DISABLE_AFTER_DAYS": str(args.disable_after_days),
            "MAX_PER_MINUTE": str(args.max_per_minute),
            **args.timing,
        },
        grants=[
            args.topics.grant_publish,
            args.topics.grant_read,
            grant_read_subscriptions,
            _grant_search_logs(args.account),
            args.deliveries.grant_get,
            args.deliveries.grant_batch_get,
            args.deliveries.grant_put,
            args.deliveries.grant_update,
            args.deliveries.grant_delete,
            args.deliveries.grant_query,
            args.deliveries.grant_query_index(SCHEDULE_INDEX),
            args.deliveries.grant_query_index(DUE_INDEX),
            args.webhooks.grant_get,
            args.webhooks.grant_query,
            args.webhooks.grant_update,
        ],
    )
    schedule = _schedule(args.account, redeliver, parent)
    return Redelivery(function=redeliver, schedule_name=schedule.name)


def _grant_search_logs(account: Account) -> Grant:
    def grant(function: Grantee) -> None:
        function.role.allow(iam.allow(["logs:FilterLogEvents"], [delivery_logs_arn(account)]))

    return grant


def _schedule(account: Account, function: PythonFunction, parent: pulumi.Resource) -> aws.scheduler.Schedule:
    child = pulumi.ResourceOptions(parent=parent)
    condition = {"StringEquals": {"aws:SourceAccount": account.account_id}}
    scheduler = _Scheduler(GrantedRole(SCHEDULE_ROLE, iam.trust("scheduler.amazonaws.com", condition), child))
    function.grant_invoke(scheduler)
    policy = scheduler.role.attach_policy(None)
    return aws.scheduler.Schedule(
        SCHEDULE,
        schedule_expression="rate(1 minutes)",
        flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
        target=aws.scheduler.ScheduleTargetArgs(
            arn=function.arn,
            role_arn=scheduler.role.arn,
            # The next run comes in a minute.
            retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                maximum_retry_attempts=0, maximum_event_age_in_seconds=60
            ),
        ),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[policy]),
    )
