"""Turn publications and confirmations into deliveries."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from local.sns import messages
from local.sns.clock import Clock
from local.sns.engine import Delivery, DeliveryEngine
from local.sns.messages import Confirmation, Publication, Scribe
from local.sns.policy import DeliveryPlan, plan_delivery
from local.sns.policy_rules import parse_subscription_policy, parse_topic_policy
from local.sns.subscriptions import Subscription, Topic

FindSubscription = Callable[[str], Subscription | None]


class Dispatcher:
    """Write what an endpoint is to get, and hand it to the engine.

    `find_subscription` returns a subscription of a living topic by its ARN.
    """

    def __init__(
        self, *, scribe: Scribe, engine: DeliveryEngine, clock: Clock, find_subscription: FindSubscription
    ) -> None:
        self._scribe = scribe
        self._engine = engine
        self._clock = clock
        self._find_subscription = find_subscription

    def notify(self, topic: Topic, subscription: Subscription, publication: Publication) -> None:
        """Start the delivery of a publication to a confirmed subscription."""
        arn = subscription["arn"]
        raw = is_raw(subscription)
        plan = make_plan(topic, subscription)
        self._engine.deliver(
            Delivery(
                delivery_id=str(uuid.uuid4()),
                message_type=messages.NOTIFICATION,
                message_id=publication.message_id,
                topic_arn=topic["arn"],
                subscription_arn=arn,
                endpoint=subscription["endpoint"],
                message=publication.message,
                headers=messages.make_headers(
                    message_type=messages.NOTIFICATION,
                    message_id=publication.message_id,
                    topic_arn=topic["arn"],
                    subscription_arn=arn,
                    raw=raw,
                    content_type=plan.content_type,
                ),
                body=self.write_body(topic, subscription, publication),
                plan=plan,
                accepted_at=self._clock.now(),
                # The retries end with the subscription.
                is_wanted=lambda: self._find_subscription(arn) is subscription,
                raw_attributes=publication.attributes if raw else {},
            )
        )

    def write_body(self, topic: Topic, subscription: Subscription, publication: Publication) -> bytes:
        """Return what a subscription gets of a publication: the signed envelope, or the raw message."""
        if is_raw(subscription):
            return publication.message.encode()
        version = _signature_version(topic)
        return messages.render(self._scribe.write_notification(publication, subscription["arn"], version))

    def ask_to_confirm(self, topic: Topic, subscription: Subscription, token: str) -> None:
        """Send a SubscriptionConfirmation, until it arrives or the subscription is confirmed otherwise."""

        def is_wanted() -> bool:
            return (
                self._find_subscription(subscription["arn"]) is subscription and not subscription["confirmed"]
            )

        self._send_confirmation(
            topic, subscription, messages.SUBSCRIPTION_CONFIRMATION, token, is_wanted=is_wanted
        )

    def confirm_unsubscribed(self, topic: Topic, subscription: Subscription, token: str) -> None:
        """Send an UnsubscribeConfirmation."""
        self._send_confirmation(
            topic, subscription, messages.UNSUBSCRIBE_CONFIRMATION, token, is_wanted=lambda: True
        )

    def _send_confirmation(
        self,
        topic: Topic,
        subscription: Subscription,
        kind: str,
        token: str,
        *,
        is_wanted: Callable[[], bool],
    ) -> None:
        confirmation = Confirmation(
            kind=kind,
            message_id=str(uuid.uuid4()),
            topic_arn=topic["arn"],
            subscription_arn=subscription["arn"],
            token=token,
            written_at=self._clock.wall(),
        )
        body = self._scribe.write_confirmation(confirmation, _signature_version(topic))
        self._engine.deliver(
            Delivery(
                delivery_id=str(uuid.uuid4()),
                message_type=kind,
                message_id=confirmation.message_id,
                topic_arn=topic["arn"],
                subscription_arn=subscription["arn"],
                endpoint=subscription["endpoint"],
                message=body["Message"],
                headers=messages.make_headers(
                    message_type=kind,
                    message_id=confirmation.message_id,
                    topic_arn=topic["arn"],
                    subscription_arn=subscription["arn"],
                ),
                body=messages.render(body),
                plan=make_plan(topic, subscription),
                accepted_at=self._clock.now(),
                is_wanted=is_wanted,
            )
        )


def is_raw(subscription: Subscription) -> bool:
    """Return whether a subscription has raw message delivery."""
    return bool(subscription["attributes"].get("RawMessageDelivery") == "true")


def make_plan(topic: Topic, subscription: Subscription) -> DeliveryPlan:
    """Return the plan that the DeliveryPolicy attributes of a topic and a subscription give."""
    return plan_delivery(
        parse_topic_policy(topic["attributes"].get("DeliveryPolicy", "")),
        parse_subscription_policy(subscription["attributes"].get("DeliveryPolicy", "")),
    )


def _signature_version(topic: Topic) -> str:
    # Version 1 is SNS's default: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
    version: str = topic["attributes"].get("SignatureVersion") or "1"
    return version
