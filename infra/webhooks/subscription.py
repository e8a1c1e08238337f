"""The webhook of a subscriber that the settings name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.webhooks.delivery_policy import DeliveryPolicy

# SNS confirms a webhook by a handshake; the provider waits this long for the receiver to answer it.
_CONFIRMATION_TIMEOUT_MINUTES = 5


@dataclass(frozen=True, kw_only=True)
class WebhookSubscriptionArgs:
    """What the subscription is made of."""

    topic_arn: pulumi.Input[str]
    undelivered_arn: pulumi.Input[str]
    """The queue for what SNS gave up delivering."""
    webhooks_table_name: pulumi.Input[str]
    """Where redelivery, and the client, find the webhook."""
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
        aws.dynamodb.TableItem(
            name,
            table_name=args.webhooks_table_name,
            hash_key="client_id",
            range_key="webhook_id",
            item=pulumi.Output.json_dumps(_item(args, subscription.arn)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = subscription.arn
        self.register_outputs({"arn": self.arn})


def _item(args: WebhookSubscriptionArgs, subscription_arn: pulumi.Output[str]) -> dict[str, Any]:
    # As functions/domain/webhook.py reads it. What functions add to it later, the provider does not look at.
    return {
        "client_id": {"S": args.client_id},
        "webhook_id": {"S": args.webhook_id},
        "url": {"S": args.url},
        "event_types": {"L": [{"S": each} for each in args.event_types]},
        "subscription_arn": {"S": subscription_arn},
        "managed": {"BOOL": True},
    }


def filter_policy(client_id: str, event_types: tuple[str, ...], webhook_id: str) -> dict[str, Any]:
    """Return the filter that admits a client's events, sent to everybody or to this webhook alone."""
    return {
        "client_id": [client_id],
        "event_type": sorted([*event_types, "webhook.test"]),
        "audience": ["all", webhook_id],
    }
