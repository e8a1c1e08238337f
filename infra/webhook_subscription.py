"""The webhook of a subscriber that the settings name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.delivery_policy import DeliveryPolicy

# SNS confirms a webhook by a handshake; the provider waits this long for the receiver to answer it.
_CONFIRMATION_TIMEOUT_MINUTES = 5


@dataclass(frozen=True, kw_only=True)
class WebhookSubscriptionArgs:
    """What the subscription is made of."""

    topic_arn: pulumi.Input[str]
    undelivered_arn: pulumi.Input[str]
    """The queue for what SNS gave up delivering."""
    url: str
    client_id: str
    event_types: tuple[str, ...]
    webhook_id: str
    delivery: DeliveryPolicy | None
    """The subscriber's own policy; without it the topic's applies."""


class WebhookSubscription(pulumi.ComponentResource):
    """One webhook: it hears only of its own client's events, of the types it asked for."""

    def __init__(
        self, name: str, args: WebhookSubscriptionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("orders:messaging:WebhookSubscription", name, {}, opts)
        subscription = aws.sns.TopicSubscription(
            name,
            topic=args.topic_arn,
            protocol=args.url.partition(":")[0],
            endpoint=args.url,
            # A hint to the provider, not to SNS: without it the provider refuses HTTP(S) altogether.
            endpoint_auto_confirms=True,
            confirmation_timeout_in_minutes=_CONFIRMATION_TIMEOUT_MINUTES,
            filter_policy=json.dumps(filter_policy(args.client_id, args.event_types, args.webhook_id)),
            filter_policy_scope="MessageAttributes",
            delivery_policy=json.dumps(args.delivery.for_subscription()) if args.delivery else None,
            redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": args.undelivered_arn}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = subscription.arn
        self.register_outputs({"arn": self.arn})


def filter_policy(client_id: str, event_types: tuple[str, ...], webhook_id: str) -> dict[str, Any]:
    """Return the filter that admits a client's events, sent to everybody or to this webhook alone."""
    return {
        "client_id": [client_id],
        "event_type": sorted(event_types),
        "audience": ["all", webhook_id],
    }
