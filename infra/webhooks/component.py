"""From an outcome to the webhooks: topics, publishers, subscribers, and the record of deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.account import Account
from infra.lambdas.factory import FunctionFactory
from infra.settings.webhooks import RedeliverySettings, Subscriber, WebhookSettings
from infra.table import Table
from infra.webhooks.attempts import longest_delivery_seconds
from infra.webhooks.delivery_policy import DeliveryPolicy
from infra.webhooks.endpoint_factory import EndpointFactory
from infra.webhooks.endpoints import Endpoints
from infra.webhooks.order_events import OrderEvents
from infra.webhooks.redelivery import make_redeliver, run_every_minute
from infra.webhooks.signals import Signals, SignalsArgs
from infra.webhooks.subscription import WebhookSubscription, WebhookSubscriptionArgs
from infra.webhooks.topic import WebhookTopicArgs
from infra.webhooks.topics import EventTopics


@dataclass(frozen=True, kw_only=True)
class WebhooksArgs:
    """What the webhooks need."""

    account: Account
    factory: FunctionFactory
    webhooks: Table
    deliveries: Table
    api_auth: str
    settings: WebhookSettings
    delivery: DeliveryPolicy
    redelivery: RedeliverySettings
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
    """The topics with everything that subscribes to them, publishes again, and records deliveries.

    Grant `topics.grant_publish` to what publishes events, then call `attach_policies`: a topic's policy
    refuses everybody else.
    """

    def __init__(self, name: str, args: WebhooksArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:webhooks:Webhooks", name, {}, opts)
        self._args = args
        self.topics = EventTopics(
            args.settings.topics,
            WebhookTopicArgs(
                account=args.account,
                delivery=args.delivery,
                log_retention_days=args.log_retention_days,
                key_arn=args.key_arn,
            ),
            self,
        )
        timing = self._timing()
        self.signals = self._signals(timing)
        self._subscribe()
        self._endpoints = EndpointFactory(
            parent=self,
            functions=args.factory,
            topics=self.topics,
            webhooks=args.webhooks,
            deliveries=args.deliveries,
            timing=timing,
            api_auth=args.api_auth,
        )
        redeliver = make_redeliver(
            self._endpoints,
            args.account,
            disable_after_days=args.settings.disable_after_days,
            max_per_minute=self._max_per_minute(),
        )
        self.redeliver_schedule_name = run_every_minute(redeliver, args.account, parent=self).name
        self.routes = Endpoints(
            factory=self._endpoints,
            undelivered=self.signals.undelivered.messages,
            max_webhooks_per_client=args.max_webhooks_per_client,
            allow_http_webhooks=args.allow_http_webhooks,
        ).routes()
        self.functions = (self.signals.function, redeliver, *self.routes.values())
        self.register_outputs({"topic_arn": self.topics.first.arn})

    def publish_orders(self, orders: Table) -> OrderEvents:
        """Make the functions that publish orders' events and show their deliveries."""
        return OrderEvents(self._endpoints, orders)

    def attach_policies(self) -> None:
        """Create the policies of topics and queues, once everything that publishes has been granted it."""
        self.topics.attach_policies()
        self.signals.attach_policies()

    def _timing(self) -> dict[str, str]:
        args = self._args
        own = [each.delivery for each in args.subscribers if each.delivery is not None]
        return {
            "REDELIVERY_DELAYS_SECONDS": ",".join(map(str, args.redelivery.delays_seconds)),
            "LONGEST_DELIVERY_SECONDS": str(longest_delivery_seconds([args.delivery, *own])),
        }

    def _max_per_minute(self) -> int:
        """Return how many events a minute a webhook gets again: what SNS delivers at most waits at SNS."""
        throttle = self._args.delivery.max_receives_per_second
        most = self._args.redelivery.max_per_minute
        return most if throttle is None else min(most, throttle * 60)

    def _signals(self, timing: dict[str, str]) -> Signals:
        args = self._args
        return Signals(
            "signals",
            SignalsArgs(
                account=args.account,
                factory=args.factory,
                topics=self.topics,
                webhooks=args.webhooks,
                deliveries=args.deliveries,
                timing=timing,
                visibility_timeout_seconds=args.visibility_timeout_seconds,
                batch_size=args.batch_size,
                max_concurrency=args.max_concurrency,
                key_arn=args.key_arn,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _subscribe(self) -> None:
        args = self._args
        for subscriber in args.subscribers:
            WebhookSubscription(
                subscriber.name,
                WebhookSubscriptionArgs(
                    topic_arn=self.topics.first.arn,
                    undelivered_arn=self.signals.undelivered.messages.arn,
                    webhooks_table_name=args.webhooks.name,
                    subscriber=subscriber,
                    url_is_secret=args.urls_are_secret,
                ),
                pulumi.ResourceOptions(parent=self),
            )
