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
    url_is_secret: bool


class WebhookSubscription(pulumi.ComponentResource):
    """One webhook: it receives only its own client's events, of the types it asked for."""

    def __init__(
        self, name: str, args: WebhookSubscriptionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("orders:webhooks:WebhookSubscription", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        webhook = _webhook(args.subscriber)
        subscription = _subscribe(name, args, webhook, child)
        # What functions add to the item later, the provider does not look at.
        record = {
            **webhook.model_dump(exclude_defaults=True),
            "url": pulumi.Output.secret(webhook.url) if args.url_is_secret else webhook.url,
            "subscription_arn": subscription.arn,
        }
        aws.dynamodb.TableItem(
            name,
            table_name=args.webhooks_table_name,
            hash_key="client_id",
            range_key="webhook_id",
            item=pulumi.Output.json_dumps({key: _attribute(value) for key, value in record.items()}),
            opts=child,
        )
        self.register_outputs({"arn": subscription.arn})


def _webhook(subscriber: Subscriber) -> Webhook:
    return Webhook(
        client_id=subscriber.client_id,
        webhook_id=subscriber.name,
        url=subscriber.url,
        event_types=list(subscriber.event_types),
        managed=True,
    )


def _subscribe(
    name: str, args: WebhookSubscriptionArgs, webhook: Webhook, opts: pulumi.ResourceOptions
) -> aws.sns.TopicSubscription:
    delivery = args.subscriber.delivery
    return aws.sns.TopicSubscription(
        name,
        topic=args.topic_arn,
        protocol=webhook.url.partition(":")[0],
        endpoint=pulumi.Output.secret(webhook.endpoint) if args.url_is_secret else webhook.endpoint,
        # A hint to the provider, not to SNS: without it the provider refuses HTTP(S) altogether.
        endpoint_auto_confirms=True,
        confirmation_timeout_in_minutes=_CONFIRMATION_TIMEOUT_MINUTES,
        filter_policy=json.dumps(webhook.filter_policy),
        filter_policy_scope="MessageAttributes",
        delivery_policy=json.dumps(delivery.for_subscription()) if delivery else None,
        redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": args.undelivered_arn}),
        opts=pulumi.ResourceOptions.merge(opts, _replace_for_content_type(args.subscriber)),
    )


def _replace_for_content_type(subscriber: Subscriber) -> pulumi.ResourceOptions:
    """Return the options that subscribe again when the content type changes.

    The provider compares two delivery policies without their requestPolicy, so it would change nothing. The
    old subscription goes first: SNS takes an endpoint once per topic.
    https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sns/topic_subscription.go
    """
    content_type = subscriber.delivery.header_content_type if subscriber.delivery else "the topic's"
    return pulumi.ResourceOptions(replacement_trigger=content_type, delete_before_replace=True)


def _attribute(value: Any) -> dict[str, Any]:  # noqa: ANN401 - text may be an output
    """Return a value in DynamoDB's JSON."""
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"L": [_attribute(each) for each in value]} if isinstance(value, list) else {"S": value}
