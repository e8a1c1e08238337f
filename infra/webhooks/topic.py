"""The topic that webhooks subscribe to."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.webhooks.delivery_policy import DeliveryPolicy


@dataclass(frozen=True, kw_only=True)
class EventTopicArgs:
    """What the topic is made of."""

    delivery: DeliveryPolicy
    publisher_role_arns: list[pulumi.Input[str]]
    log_role_arn: pulumi.Input[str]
    """As which SNS writes down how deliveries went: every failure, and of successes a sample."""
    log_success_percent: int


class EventTopic(pulumi.ComponentResource):
    """A topic that signs with SHA-256, speaks only TLS and admits its publishers alone."""

    def __init__(self, name: str, args: EventTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:messaging:EventTopic", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        topic = aws.sns.Topic(
            name,
            delivery_policy=json.dumps(args.delivery.for_topic()),
            signature_version=2,
            # The AWS-managed key: its policy admits whoever may use the topic, so no role needs more. The
            # stack's own key takes its place (infra/encryption/transformation.py).
            # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
            kms_master_key_id="alias/aws/sns",
            # HTTP stands for HTTPS as well: https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
            http_success_feedback_role_arn=args.log_role_arn,
            http_success_feedback_sample_rate=args.log_success_percent,
            http_failure_feedback_role_arn=args.log_role_arn,
            opts=child,
        )
        aws.sns.TopicPolicy(
            name,
            arn=topic.arn,
            policy=pulumi.Output.json_dumps(
                iam.document(
                    iam.refuse_plain_http("sns:Publish", topic.arn),
                    iam.admit_role(args.publisher_role_arns, "sns:Publish", topic.arn),
                )
            ),
            opts=child,
        )
        self.name = topic.name
        self.arn = topic.arn
        self.register_outputs({"arn": self.arn})
