"""The webhook of a subscriber that the settings name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from functions.domain.webhook import Webhook
from infra.settings.webhooks import Subscriber

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
    subscriber: Subscriber


class WebhookSubscription(pulumi.ComponentResource):
    """One webhook: it receives only its own client's events, of the types it asked for."""

    def __init__(
        self, name: str, args: WebhookSubscriptionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("orders:webhooks:WebhookSubscription", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        subscriber = args.subscriber
        webhook = Webhook(
            client_id=subscriber.client_id,
            webhook_id=subscriber.name,
            url=subscriber.url,
            event_types=list(subscriber.event_types),
            managed=True,
        )
        subscription = aws.sns.TopicSubscription(
            name,
            topic=args.topic_arn,
            protocol=webhook.url.partition(":")[0],
            endpoint=webhook.endpoint,
            # A hint to the provider, not to SNS: without it the provider refuses HTTP(S) altogether.
            endpoint_auto_confirms=True,
            confirmation_timeout_in_minutes=_CONFIRMATION_TIMEOUT_MINUTES,
            filter_policy=json.dumps(webhook.filter_policy),
            filter_policy_scope="MessageAttributes",
            delivery_policy=json.dumps(subscriber.delivery.for_subscription())
            if subscriber.delivery
            else None,
            redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": args.undelivered_arn}),
            opts=child,
        )
        # What functions add to the item later, the provider does not look at.
        record = {**webhook.model_dump(exclude_defaults=True), "subscription_arn": subscription.arn}
        aws.dynamodb.TableItem(
            name,
            table_name=args.webhooks_table_name,
            hash_key="client_id",
            range_key="webhook_id",
            item=pulumi.Output.json_dumps({key: _attribute(value) for key, value in record.items()}),
            opts=child,
        )
        self.register_outputs({"arn": subscription.arn})


def _attribute(value: Any) -> dict[str, Any]:  # noqa: ANN401 - text may be an output
    """Return a value in DynamoDB's JSON."""
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"L": [_attribute(each) for each in value]} if isinstance(value, list) else {"S": value}
