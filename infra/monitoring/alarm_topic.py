"""The topic that alarms are told on."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.account import Account


@dataclass(frozen=True, kw_only=True)
class OpsTopicArgs:
    """What the topic is made of."""

    account: Account
    alarm_names_start: str
    """What the names of the alarms begin with that the topic takes."""
    email: str | None
    """Who gets a mail; AWS asks them first whether they want it."""


class OpsTopic(pulumi.ComponentResource):
    """A topic that takes this stack's alarms from CloudWatch, over TLS, and nothing from anybody else.

    It is encrypted only with a key of the stack's own, by the setting `encryption.customer_managed_key`:
    CloudWatch may not use the AWS-managed key of SNS, whose policy nobody can change, so its messages would
    be lost silently. What an alarm says is no secret: the name of a metric and a number.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """

    def __init__(self, name: str, args: OpsTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:seeing:OpsTopic", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        topic = aws.sns.Topic(name, opts=child)
        where = args.account
        alarms = pulumi.Output.concat(
            "arn:", where.partition, ":cloudwatch:", where.region, ":", where.account_id, ":alarm:"
        )
        aws.sns.TopicPolicy(
            name,
            arn=topic.arn,
            policy=pulumi.Output.json_dumps(
                iam.document(
                    iam.refuse_plain_http("sns:Publish", topic.arn),
                    iam.admit_service(
                        "cloudwatch.amazonaws.com",
                        "sns:Publish",
                        topic.arn,
                        pulumi.Output.concat(alarms, args.alarm_names_start, "*"),
                    ),
                )
            ),
            opts=child,
        )
        if args.email is not None:
            aws.sns.TopicSubscription(
                name, topic=topic.arn, protocol="email", endpoint=args.email, opts=child
            )
        self.arn = topic.arn
        self.register_outputs({"arn": self.arn})
