"""The function that publishes what is due again, and the schedule that runs it."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from functions.domain.deliveries.indexes import DUE_INDEX, SCHEDULE_INDEX
from infra import iam
from infra.access import Grant, GrantedRole, Grantee
from infra.account import Account
from infra.lambdas.python_function import PythonFunction
from infra.naming import SCHEDULE, SCHEDULE_ROLE
from infra.webhooks.delivery_log import delivery_logs_arn
from infra.webhooks.endpoint_factory import EndpointFactory
from infra.webhooks.topic import grant_read_subscriptions

# A run publishes for 50 seconds, and ends before the next.
_TIMEOUT_SECONDS = 60
# One vCPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
_MEMORY_MEGABYTES = 1_769


def make_redeliver(
    given: EndpointFactory, account: Account, *, disable_after_days: int, max_per_minute: int
) -> PythonFunction:
    """Make the function."""
    return given.functions.make(
        "redeliver",
        "Publishes events again whose webhooks have not received them",
        parent=given.parent,
        timeout_seconds=_TIMEOUT_SECONDS,
        memory_megabytes=_MEMORY_MEGABYTES,
        environment={
            **given.publishing_environment,
            "WEBHOOKS_TABLE_NAME": given.webhooks.name,
            "TOPIC_NAMES": given.topics.names,
            "DISABLE_AFTER_DAYS": str(disable_after_days),
            "MAX_PER_MINUTE": str(max_per_minute),
        },
        grants=[
            *given.publishing_grants,
            given.topics.grant_read,
            grant_read_subscriptions,
            _grant_search_logs(account),
            given.deliveries.grant_update,
            given.deliveries.grant_delete,
            given.deliveries.grant_query,
            given.deliveries.grant_query_index(SCHEDULE_INDEX),
            given.deliveries.grant_query_index(DUE_INDEX),
            given.webhooks.grant_get,
            given.webhooks.grant_query,
            given.webhooks.grant_update,
        ],
    )


def run_every_minute(
    function: PythonFunction, account: Account, parent: pulumi.Resource
) -> aws.scheduler.Schedule:
    """Make the schedule, and the role as which it invokes the function and nothing else."""
    child = pulumi.ResourceOptions(parent=parent)
    condition = {"StringEquals": {"aws:SourceAccount": account.account_id}}
    role = GrantedRole(SCHEDULE_ROLE, iam.trust("scheduler.amazonaws.com", condition), child)
    role.allow(iam.allow(["lambda:InvokeFunction"], [function.arn]))
    policy = role.attach_policy(None)
    return aws.scheduler.Schedule(
        SCHEDULE,
        schedule_expression="rate(1 minutes)",
        flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
        target=aws.scheduler.ScheduleTargetArgs(
            arn=function.arn,
            role_arn=role.arn,
            # The next run comes in a minute.
            retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                maximum_retry_attempts=0, maximum_event_age_in_seconds=60
            ),
        ),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[policy]),
    )


def _grant_search_logs(account: Account) -> Grant:
    def grant(function: Grantee) -> None:
        function.role.allow(iam.allow(["logs:FilterLogEvents"], [delivery_logs_arn(account)]))

    return grant
