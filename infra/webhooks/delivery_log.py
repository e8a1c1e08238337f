"""What SNS logs of deliveries to webhooks."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.account import Account
from infra.naming import DELIVERY_LOG, EVENT_TOPIC

# https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
_WRITE_ACTIONS = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "logs:PutMetricFilter",
    "logs:PutRetentionPolicy",
)


def log_role_name(topic: str) -> str:
    """Return the logical name of the role as which SNS writes the log of a topic."""
    return f"{DELIVERY_LOG}{topic.removeprefix(EVENT_TOPIC)}"


def delivery_logs_arn(account: Account) -> pulumi.Output[str]:
    """Return the pattern of the ARNs of all topics' log groups and of their streams.

    A hundred ARNs fit neither into a role's policy nor into a function's. The star is a topic's number and
    Pulumi's characters; with it the pattern also has the groups of other stacks' topics in the account.
    """
    group = pulumi.Output.concat("sns/", account.region, "/", account.account_id, f"/{EVENT_TOPIC}-*")
    return account.arn("logs", pulumi.Output.concat("log-group:", group))


def make_log_role(account: Account, name: str, opts: pulumi.ResourceOptions) -> aws.iam.Role:
    """Make the role as which SNS writes; the topic names it, so it comes first."""
    # SNS documents no source key for this role, so one is asked for only where it is sent. Another
    # account cannot hand our role to its topic in any case: that takes iam:PassRole.
    condition = {"StringEqualsIfExists": {"aws:SourceAccount": account.account_id}}
    return aws.iam.Role(
        name,
        assume_role_policy=pulumi.Output.json_dumps(iam.trust("sns.amazonaws.com", condition)),
        opts=opts,
    )


def make_log_groups(
    account: Account,
    topic_name: pulumi.Input[str],
    role: aws.iam.Role,
    name: str,
    retention_days: int,
    key_arn: pulumi.Input[str] | None,
    opts: pulumi.ResourceOptions,
) -> Mapping[str, aws.cloudwatch.LogGroup]:
    """Make the log groups of a topic's successes and failures, and let the role write to them.

    They have the names that SNS gives them: it would create the groups, and keep them for ever.
    """
    group_name = pulumi.Output.concat("sns/", account.region, "/", account.account_id, "/", topic_name)
    groups = {
        f"{name}-{outcome}": aws.cloudwatch.LogGroup(
            f"{name}-{outcome}",
            name=pulumi.Output.concat(group_name, suffix),
            retention_in_days=retention_days,
            kms_key_id=key_arn,
            opts=opts,
        )
        for outcome, suffix in (("successes", ""), ("failures", "/Failure"))
    }
    arns = [each.arn for each in groups.values()]
    # The star is a stream of one of these groups: SNS names them.
    streams = [pulumi.Output.concat(arn, ":*") for arn in arns]
    aws.iam.RolePolicy(
        name,
        role=role.name,
        policy=pulumi.Output.json_dumps(iam.document(iam.allow(_WRITE_ACTIONS, [*arns, *streams]))),
        opts=opts,
    )
    return groups
