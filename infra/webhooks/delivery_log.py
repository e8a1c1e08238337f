"""What SNS logs of deliveries to webhooks."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.account import Account, metrics_namespace
from infra.metrics import Metric
from infra.naming import DELIVERY_LOG

# SNS does not retry what a webhook answers with 4xx; an entry without a status had no answer at all.
REFUSED_PATTERN = "{ ($.delivery.statusCode >= 400) && ($.delivery.statusCode < 500) }"
_REFUSED_METRIC = "DeliveriesRefused"

# https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
_WRITE_ACTIONS = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "logs:PutMetricFilter",
    "logs:PutRetentionPolicy",
)


def make_log_role(account: Account, opts: pulumi.ResourceOptions) -> aws.iam.Role:
    """Make the role as which SNS writes; the topic names it, so it comes first."""
    # SNS documents no source key for this role, so one is asked for only where it is sent. Another
    # account cannot hand our role to its topic in any case: that takes iam:PassRole.
    condition = {"StringEqualsIfExists": {"aws:SourceAccount": account.account_id}}
    return aws.iam.Role(
        DELIVERY_LOG,
        assume_role_policy=pulumi.Output.json_dumps(iam.trust("sns.amazonaws.com", condition)),
        opts=opts,
    )


def make_log_groups(
    account: Account,
    topic_name: pulumi.Input[str],
    role: aws.iam.Role,
    retention_days: int,
    key_arn: pulumi.Input[str] | None,
    opts: pulumi.ResourceOptions,
) -> Metric:
    """Make the log groups of a topic's deliveries, and return the metric of the refused ones.

    They have the names that SNS gives them: it would create the groups, and keep them for ever.
    """
    group_name = pulumi.Output.concat("sns/", account.region, "/", account.account_id, "/", topic_name)
    successes, failures = (
        aws.cloudwatch.LogGroup(
            f"{DELIVERY_LOG}-{outcome}",
            name=name,
            retention_in_days=retention_days,
            kms_key_id=key_arn,
            opts=opts,
        )
        for outcome, name in (
            ("successes", group_name),
            ("failures", pulumi.Output.concat(group_name, "/Failure")),
        )
    )
    arns = [successes.arn, failures.arn]
    # The star is a stream of one of these groups: SNS names them.
    streams = [pulumi.Output.concat(arn, ":*") for arn in arns]
    aws.iam.RolePolicy(
        DELIVERY_LOG,
        role=role.name,
        policy=pulumi.Output.json_dumps(iam.document(iam.allow(_WRITE_ACTIONS, [*arns, *streams]))),
        opts=opts,
    )
    aws.cloudwatch.LogMetricFilter(
        DELIVERY_LOG,
        log_group_name=failures.name,
        pattern=REFUSED_PATTERN,
        metric_transformation=aws.cloudwatch.LogMetricFilterMetricTransformationArgs(
            namespace=metrics_namespace(), name=_REFUSED_METRIC, value="1"
        ),
        opts=opts,
    )
    return Metric(namespace=metrics_namespace(), name=_REFUSED_METRIC, dimensions={}, statistic="Sum")
