"""The webhooks' subscriptions at SNS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from functions.domain.instant import now, timestamp
from functions.domain.registration import EndpointRefused, TopicFull
from functions.domain.webhook import Webhook, WebhookStatus

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

# No event has this audience.
_NOBODY = {"audience": ["nobody"]}


class Subscriptions:
    """Creates, reads and ends the subscriptions of webhooks to the event topic."""

    def __init__(self, client: SNSClient, topic_arn: str = "", undelivered_queue_arn: str = "") -> None:
        self._client = client
        self._topic_arn = topic_arn
        self._undelivered_queue_arn = undelivered_queue_arn

    def subscribe(self, webhook: Webhook) -> str:
        """Have SNS ask the webhook for its confirmation, again if it did before; return the ARN.

        The filter goes with the subscription from its first moment: without it the webhook would hear of
        other clients' events. Raises `EndpointRefused` and `TopicFull`.
        """
        attributes = {
            "FilterPolicy": json.dumps(webhook.filter_policy),
            "RedrivePolicy": json.dumps({"deadLetterTargetArn": self._undelivered_queue_arn}),
        }
        try:
            return self._subscribe(webhook, attributes)
        except self._client.exceptions.InvalidParameterException:
            # It is there with other attributes: deleted while it was pending, and now registered again.
            # Or SNS does not take the URL: it then says so once more.
            arn = self._subscribe_plainly(webhook)
            for name, value in attributes.items():
                self._set(arn, name, value)
            return arn
        except (
            self._client.exceptions.SubscriptionLimitExceededException,
            self._client.exceptions.FilterPolicyLimitExceededException,
        ) as error:
            raise TopicFull(
                "The service has reached its limit of webhooks: its operator must raise it."
            ) from error

    def is_pending(self, webhook: Webhook) -> bool:
        """Tell whether SNS still waits for the webhook's confirmation, or has no subscription for it."""
        if webhook.subscription_arn is None:
            return True
        try:
            answer = self._client.get_subscription_attributes(SubscriptionArn=webhook.subscription_arn)
        except self._client.exceptions.NotFoundException:
            return True
        return answer["Attributes"].get("PendingConfirmation") == "true"

    def status_of(self, webhook: Webhook) -> WebhookStatus:
        """Return a webhook's status as it is at this moment."""
        return webhook.status(pending=self.is_pending(webhook), now=timestamp(now()))

    def end(self, subscription_arn: str) -> None:
        """End a subscription, or where SNS keeps it because nobody confirmed it, let it hear of nothing.

        SNS forgets an unconfirmed one after three days, and a late confirmation finds it silent:
        https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html
        """
        try:
            self._set(subscription_arn, "FilterPolicy", json.dumps(_NOBODY))
            self._client.unsubscribe(SubscriptionArn=subscription_arn)
        except self._client.exceptions.NotFoundException:
            return
        except self._client.exceptions.InvalidParameterException:
            # "This subscription is pending": it stays, silent.
            return

    def _subscribe_plainly(self, webhook: Webhook) -> str:
        try:
            return self._subscribe(webhook, {})
        except self._client.exceptions.InvalidParameterException as error:
            raise EndpointRefused(_explain(error.response["Error"].get("Message", ""))) from error

    def _subscribe(self, webhook: Webhook, attributes: dict[str, str]) -> str:
        answer = self._client.subscribe(
            TopicArn=self._topic_arn,
            Protocol=webhook.endpoint.partition(":")[0],
            Endpoint=webhook.endpoint,
            Attributes=attributes,
            ReturnSubscriptionArn=True,
        )
        return answer["SubscriptionArn"]

    def _set(self, subscription_arn: str, name: str, value: str) -> None:
        self._client.set_subscription_attributes(
            SubscriptionArn=subscription_arn, AttributeName=name, AttributeValue=value
        )


def _explain(message: str) -> str:
    """Return what a client can do about an endpoint that SNS refuses.

    https://repost.aws/knowledge-center/sns-topic-https-endpoints-notification
    """
    if "unreachable endpoint" in message.lower():
        return "SNS, which calls the webhooks, cannot reach this URL from the internet (Unreachable Endpoint)"
    return "SNS, which calls the webhooks, does not take this URL"
