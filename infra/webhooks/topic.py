"""The topic that webhooks subscribe to."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.access import Grantee
from infra.account import Account
from infra.webhooks.delivery_log import log_role_name, make_log_groups, make_log_role
from infra.webhooks.delivery_policy import DeliveryPolicy


@dataclass(frozen=True, kw_only=True)
class WebhookTopicArgs:
    """What the topic is made of."""

    account: Account
    delivery: DeliveryPolicy
    log_retention_days: int
    key_arn: pulumi.Input[str] | None
    """The key that encrypts topic and logs, where it is not AWS's own."""


class WebhookTopic(pulumi.ComponentResource):
    """A topic that signs with SHA-256 and publishes over TLS for its publishers alone, and its logs."""

    def __init__(self, name: str, args: WebhookTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:webhooks:WebhookTopic", name, {}, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        self._publisher_role_arns: list[pulumi.Output[str]] = []
        self._policy: aws.sns.TopicPolicy | None = None
        log_role = make_log_role(args.account, log_role_name(name), self._child)
        topic = aws.sns.Topic(
            name,
            delivery_policy=json.dumps(args.delivery.for_topic()),
            signature_version=2,
            # The AWS-managed key's policy admits every principal that may use the topic, so no role needs
            # more: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
            kms_master_key_id="alias/aws/sns" if args.key_arn is None else args.key_arn,
            # HTTP stands for HTTPS as well: https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
            http_success_feedback_role_arn=log_role.arn,
            # Deliveries are recorded from the log: without an entry, nobody knows of a delivery.
            http_success_feedback_sample_rate=100,
            http_failure_feedback_role_arn=log_role.arn,
            opts=self._child,
        )
        self.name = topic.name
        self.arn = topic.arn
        self.log_groups = make_log_groups(
            args.account,
            topic.name,
            log_role,
            log_role_name(name),
            args.log_retention_days,
            args.key_arn,
            self._child,
        )
        self.register_outputs({"arn": self.arn})

    def admit_publisher(self, function: Grantee) -> None:
        """Have the topic's policy admit a function that its own policy lets publish."""
        if self._policy is not None:
            raise RuntimeError(f"the topic {self._name} has its policy: grant access before")
        self._publisher_role_arns.append(function.role.arn)

    def attach_policy(self) -> None:
        """Create the topic's policy, once everything that publishes has been granted it."""
        publishers = self._publisher_role_arns
        self._policy = aws.sns.TopicPolicy(
            self._name,
            arn=self.arn,
            policy=pulumi.Output.json_dumps(
                iam.document(
                    iam.refuse_plain_http("sns:Publish", self.arn),
                    iam.refuse_other_roles(publishers, "sns:Publish", self.arn),
                    iam.admit_role(publishers, "sns:Publish", self.arn),
                )
            ),
            opts=self._child,
        )


def grant_read_subscriptions(function: Grantee) -> None:
    """Let a function read any subscription's attributes, such as whether it is confirmed."""
    function.role.allow(iam.allow_everywhere(["sns:GetSubscriptionAttributes"]))


def grant_change_subscriptions(function: Grantee) -> None:
    """Let a function change any subscription's attributes, such as its filter policy."""
    function.role.allow(iam.allow_everywhere(["sns:SetSubscriptionAttributes"]))


def grant_unsubscribe(function: Grantee) -> None:
    """Let a function delete any subscription."""
    function.role.allow(iam.allow_everywhere(["sns:Unsubscribe"]))
