"""From an outcome to the webhooks: the topic, its publishers, its subscribers, and redelivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.account import Account
from infra.lambdas.factory import FunctionFactory
from infra.naming import EVENT_TOPIC
from infra.settings.webhooks import Subscriber
from infra.table import Table
from infra.webhooks.delivery_policy import DeliveryPolicy
from infra.webhooks.endpoints import Endpoints
from infra.webhooks.redelivery import RedeliveryArgs, make_redelivery, make_undelivered_queue
from infra.webhooks.subscription import WebhookSubscription, WebhookSubscriptionArgs
from infra.webhooks.topic import WebhookTopic, WebhookTopicArgs


@dataclass(frozen=True, kw_only=True)
class WebhooksArgs:
    """What the webhooks need."""

    account: Account
    factory: FunctionFactory
    orders: Table
    webhooks: Table
    api_auth: str
    delivery: DeliveryPolicy
    delivery_log_success_percent: int
    redelivery_delays_seconds: Sequence[int]
    visibility_timeout_seconds: int
    batch_size: int
    max_concurrency: int
    subscribers: Sequence[Subscriber]
    urls_are_secret: bool
    """Whether Pulumi keeps the subscribers' URLs secret: a URL may hold a token."""
    max_webhooks_per_client: int
    allow_http_webhooks: bool
    log_retention_days: int
    key_arn: pulumi.Input[str] | None


class Webhooks(pulumi.ComponentResource):
    """The topic with everything that publishes to it, and with everything that receives from it."""

    def __init__(self, name: str, args: WebhooksArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:webhooks:Webhooks", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.topic = WebhookTopic(
            EVENT_TOPIC,
            WebhookTopicArgs(
                account=args.account,
                delivery=args.delivery,
                log_success_percent=args.delivery_log_success_percent,
                log_retention_days=args.log_retention_days,
                key_arn=args.key_arn,
            ),
            child,
        )
        self.undelivered = make_undelivered_queue(
            args.visibility_timeout_seconds, args.key_arn, self.topic.arn, child
        )
        self._subscribe(args)
        self.inform_client = args.factory.make(
            "inform_client",
            "Publishes an order's outcome to its client's webhooks",
            parent=self,
            environment={"TOPIC_ARN": self.topic.arn},
            grants=[self.topic.grant_publish],
        )
        redeliver = make_redelivery(
            RedeliveryArgs(
                factory=args.factory,
                topic=self.topic,
                webhooks=args.webhooks,
                undelivered=self.undelivered,
                delays_seconds=args.redelivery_delays_seconds,
                batch_size=args.batch_size,
                max_concurrency=args.max_concurrency,
            ),
            parent=self,
        )
        self.routes = Endpoints(
            parent=self,
            factory=args.factory,
            topic=self.topic,
            undelivered=self.undelivered.messages,
            orders=args.orders,
            webhooks=args.webhooks,
            api_auth=args.api_auth,
            max_webhooks_per_client=args.max_webhooks_per_client,
            allow_http_webhooks=args.allow_http_webhooks,
        ).routes()
        self.functions = (self.inform_client, redeliver, *self.routes.values())
        self.topic.attach_policy()
        self.undelivered.attach_policies()
        self.register_outputs({"topic_arn": self.topic.arn})

    def _subscribe(self, args: WebhooksArgs) -> None:
        for subscriber in args.subscribers:
            WebhookSubscription(
                subscriber.name,
                WebhookSubscriptionArgs(
                    topic_arn=self.topic.arn,
                    undelivered_arn=self.undelivered.messages.arn,
                    webhooks_table_name=args.webhooks.name,
                    subscriber=subscriber,
                    url_is_secret=args.urls_are_secret,
                ),
                pulumi.ResourceOptions(parent=self),
            )
