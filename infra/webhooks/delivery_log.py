"""What SNS writes down about deliveries to webhooks."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.account import Account
from infra.monitoring.alarm import Metric
from infra.monitoring.metrics import metrics_namespace

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


@dataclass(frozen=True, kw_only=True)
class DeliveryLogRoleArgs:
    """What the role is made of."""

    account: Account


class DeliveryLogRole(pulumi.ComponentResource):
    """The role as which SNS writes, made before the topic that names it."""

    def __init__(
        self, name: str, args: DeliveryLogRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("orders:seeing:DeliveryLogRole", name, {}, opts)
        # SNS documents no source key for this role, so one is asked for only where it is sent. Another
        # account cannot hand our role to its topic in any case: that takes iam:PassRole.
        condition = {"StringEqualsIfExists": {"aws:SourceAccount": args.account.account_id}}
        role = aws.iam.Role(
            name,
            assume_role_policy=pulumi.Output.json_dumps(iam.trust("sns.amazonaws.com", condition)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.name = role.name
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})


@dataclass(frozen=True, kw_only=True)
class DeliveryLogArgs:
    """What the log is made of."""

    account: Account
    topic_name: pulumi.Input[str]
    role_name: pulumi.Input[str]
    retention_days: int


class DeliveryLog(pulumi.ComponentResource):
    """The log groups of a topic's deliveries, under the names that SNS gives them, and what is counted there.

    SNS would make the groups itself, and keep them for ever.
    """

    def __init__(self, name: str, args: DeliveryLogArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:seeing:DeliveryLog", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        where = args.account
        group_name = pulumi.Output.concat("sns/", where.region, "/", where.account_id, "/", args.topic_name)
        successes = aws.cloudwatch.LogGroup(
            f"{name}-successes", name=group_name, retention_in_days=args.retention_days, opts=child
        )
        failures = aws.cloudwatch.LogGroup(
            f"{name}-failures",
            name=pulumi.Output.concat(group_name, "/Failure"),
            retention_in_days=args.retention_days,
            opts=child,
        )
        arns = [successes.arn, failures.arn]
        # The star is a stream of one of these groups: SNS names them.
        streams = [pulumi.Output.concat(arn, ":*") for arn in arns]
        aws.iam.RolePolicy(
            name,
            role=args.role_name,
            policy=pulumi.Output.json_dumps(iam.document(iam.allow(_WRITE_ACTIONS, [*arns, *streams]))),
            opts=child,
        )
        aws.cloudwatch.LogMetricFilter(
            name,
            log_group_name=failures.name,
            pattern=REFUSED_PATTERN,
            metric_transformation=aws.cloudwatch.LogMetricFilterMetricTransformationArgs(
                namespace=metrics_namespace(), name=_REFUSED_METRIC, value="1"
            ),
            opts=child,
        )
        self.refused = Metric(
            namespace=metrics_namespace(), name=_REFUSED_METRIC, dimensions={}, statistic="Sum"
        )
        self.register_outputs({})
