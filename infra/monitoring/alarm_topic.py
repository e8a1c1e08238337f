"""The topic that alarms notify."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.account import Account, stack_name
from infra.naming import ALARM_TOPIC


def make_alarm_topic(
    account: Account, email: str | None, key_arn: pulumi.Input[str] | None, opts: pulumi.ResourceOptions
) -> aws.sns.Topic:
    """Make a topic that takes this stack's alarms from CloudWatch, over TLS, and nothing from any other.

    With an address, AWS asks its owner by mail to confirm, and alarms go there from then on.
    The topic is encrypted only with a key of the stack's own, by the setting
    `encryption.customer_managed_key`: CloudWatch may not use the AWS-managed key of SNS, whose policy nobody
    can change, so its messages would be lost silently. An alarm is no secret: the name of a metric and a
    number.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    topic = aws.sns.Topic(ALARM_TOPIC, kms_master_key_id=key_arn, opts=opts)
    alarms = account.arn("cloudwatch", f"alarm:{stack_name()}-*")
    aws.sns.TopicPolicy(
        ALARM_TOPIC,
        arn=topic.arn,
        policy=pulumi.Output.json_dumps(
            iam.document(
                iam.refuse_plain_http("sns:Publish", topic.arn),
                iam.refuse_all_but_services("sns:Publish", topic.arn),
                iam.admit_service("cloudwatch.amazonaws.com", "sns:Publish", topic.arn, alarms),
            )
        ),
        opts=opts,
    )
    if email is not None:
        aws.sns.TopicSubscription(ALARM_TOPIC, topic=topic.arn, protocol="email", endpoint=email, opts=opts)
    return topic
