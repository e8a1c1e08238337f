"""All topics that webhooks subscribe to."""

from __future__ import annotations

import pulumi

from infra import iam
from infra.access import Grantee
from infra.naming import event_topic
from infra.webhooks.topic import WebhookTopic, WebhookTopicArgs


class EventTopics:
    """One topic, or several where one has too few filter policies; the first is the one that others know.

    The first is also the operator's: what it adds to it receives every event. Those beyond the first are
    protected, since a webhook stays on its topic: `webhooks.topics` may grow and not shrink
    (docs/decisions/0032-several-topics.md).
    """

    def __init__(self, number: int, args: WebhookTopicArgs, parent: pulumi.Resource) -> None:
        self.all = [
            WebhookTopic(
                event_topic(each), args, pulumi.ResourceOptions(parent=parent, protect=each > 1 or None)
            )
            for each in range(1, number + 1)
        ]
        self.first = self.all[0]
        self.arns = [each.arn for each in self.all]

    @property
    def names(self) -> pulumi.Output[str]:
        """The topics' names with commas: fifty ARNs would not fit into a function's environment.

        https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
        """
        return pulumi.Output.all(*(each.name for each in self.all)).apply(",".join)

    def grant_publish(self, function: Grantee) -> None:
        """Let a function publish to each topic."""
        function.role.allow(iam.allow(["sns:Publish"], self.arns))
        for each in self.all:
            each.admit_publisher(function)

    def grant_subscribe(self, function: Grantee) -> None:
        """Let a function subscribe an endpoint to each topic, or subscribe it again."""
        function.role.allow(iam.allow(["sns:Subscribe"], self.arns))

    def grant_confirm(self, function: Grantee) -> None:
        """Let a function confirm a subscription."""
        function.role.allow(iam.allow(["sns:ConfirmSubscription"], self.arns))

    def grant_read(self, function: Grantee) -> None:
        """Let a function read the topics' attributes, such as how many subscriptions they have."""
        function.role.allow(iam.allow(["sns:GetTopicAttributes"], self.arns))

    def attach_policies(self) -> None:
        """Create the topics' policies, once everything that publishes has been granted it."""
        for each in self.all:
            each.attach_policy()
