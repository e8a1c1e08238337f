"""The webhooks' subscriptions at SNS."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from functions.domain.deliveries.webhook_state import WebhookState
from functions.domain.registration_refused import EndpointRefused, TopicFull
from functions.domain.webhook import Webhook, WebhookStatus

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

# A filter policy that matches nothing: no event has this audience.
_NOTHING = json.dumps({"audience": ["nobody"]})


class Subscriptions:
    """Creates, reads and ends the subscriptions of webhooks to the event topic."""

    def __init__(
        self,
        client: SNSClient,
        topic_arn: str = "",
        undelivered_queue_arn: str = "",
        find_state: Callable[[str], WebhookState | None] = lambda _: None,
    ) -> None:
        self._client = client
        self._find_state = find_state
        self._topic_arn = topic_arn
        self._undelivered_queue_arn = undelivered_queue_arn

    def subscribe(self, webhook: Webhook) -> str:
        """Have SNS send the webhook its confirmation, again if it did before; return the ARN.

        The filter is part of the subscription from its first moment: without it the webhook would receive
        other clients' events. Raises `EndpointRefused` and `TopicFull`.
        """
        try:
            arn = self._subscribe(webhook, self._attributes(webhook))
        except self._client.exceptions.InvalidParameterException:
            # It exists with other attributes: deleted while it was pending, and now registered again.
            # Or SNS does not take the URL: it then says so once more.
            arn = self._subscribe_silently(webhook)
        except (
            self._client.exceptions.SubscriptionLimitExceededException,
            self._client.exceptions.FilterPolicyLimitExceededException,
        ) as error:
            raise TopicFull(
                "The service has reached its limit of webhooks: its operator must raise it."
            ) from error
        self._make_sure_of_filter(webhook, arn)
        return arn

    def find(self, webhook: Webhook) -> str | None:
        """Return the ARN of a webhook's subscription that no record has, or None.

        A Subscribe with the attributes that the subscription has returns its ARN.
        """
        for attributes in (self._silent_attributes(), self._attributes(webhook)):
            try:
                return self._subscribe(webhook, attributes)
            except self._client.exceptions.InvalidParameterException:
                continue
        return None

    def restore(self, webhook: Webhook, subscription_arn: str) -> bool:
        """Set the filter of a subscription that was ended but is kept by SNS; return False if it is gone."""
        try:
            for name, value in self._attributes(webhook).items():
                self._set(subscription_arn, name, value)
        except self._client.exceptions.NotFoundException:
            return False
        return True

    def is_unconfirmed(self, subscription_arn: str) -> bool:
        """Return whether SNS has a subscription and waits for its confirmation."""
        return self._pending_confirmation(subscription_arn) == "true"

    def status_of(self, webhook: Webhook) -> WebhookStatus:
        """Return a webhook's status as it is at this moment."""
        arn = webhook.subscription_arn
        pending = None if arn is None else self._pending_confirmation(arn)
        if pending != "false":
            is_gone = pending is None and webhook.confirmed_at is not None
            return "unsubscribed" if is_gone else "pending_confirmation"
        if webhook.status == "paused":
            return "paused"
        state = self._find_state(webhook.webhook_id)
        if state is None or state.registration != webhook.registration:
            return "active"
        if state.disabled_at is not None:
            return "disabled"
        return "failing" if state.is_failing else "active"

    def end(self, subscription_arn: str) -> bool:
        """End a subscription; return False where SNS keeps it, without events, since it is unconfirmed.

        SNS deletes an unconfirmed one after 48 hours, and after a late confirmation it still gets no events:
        https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html
        """
        try:
            self._set(subscription_arn, "FilterPolicy", _NOTHING)
            self._client.unsubscribe(SubscriptionArn=subscription_arn)
        except self._client.exceptions.NotFoundException:
            return True
        except self._client.exceptions.InvalidParameterException:
            # "This subscription is pending".
            return False
        return True

    def _subscribe_silently(self, webhook: Webhook) -> str:
        """Find the subscription that `end` has left, or make one that receives nothing: never all events."""
        try:
            arn = self._subscribe(webhook, self._silent_attributes())
        except self._client.exceptions.InvalidParameterException as error:
            raise EndpointRefused(_explain(error.response["Error"].get("Message", ""))) from error
        for name, value in self._attributes(webhook).items():
            self._set(arn, name, value)
        return arn

    def _make_sure_of_filter(self, webhook: Webhook, subscription_arn: str) -> None:
        """Set the filter where a subscription that existed has another, and raise an error if it stays so."""
        for _ in range(2):
            policy = self._read(subscription_arn).get("FilterPolicy", "null")
            if json.loads(policy) == webhook.filter_policy:
                return
            self._set(subscription_arn, "FilterPolicy", json.dumps(webhook.filter_policy))
        self.end(subscription_arn)
        raise RuntimeError(f"{subscription_arn} does not have the filter policy of {webhook.webhook_id}")

    def _attributes(self, webhook: Webhook) -> dict[str, str]:
        return {**self._silent_attributes(), "FilterPolicy": json.dumps(webhook.filter_policy)}

    def _silent_attributes(self) -> dict[str, str]:
        redrive_policy = json.dumps({"deadLetterTargetArn": self._undelivered_queue_arn})
        return {"FilterPolicy": _NOTHING, "RedrivePolicy": redrive_policy}

    def _pending_confirmation(self, subscription_arn: str) -> str | None:
        """Return SNS's "true" or "false", or None where it has no such subscription."""
        try:
            return self._read(subscription_arn).get("PendingConfirmation", "false")
        except self._client.exceptions.NotFoundException:
            return None

    def _read(self, subscription_arn: str) -> Mapping[str, str]:
        return self._client.get_subscription_attributes(SubscriptionArn=subscription_arn)["Attributes"]

    def _subscribe(self, webhook: Webhook, attributes: dict[str, str]) -> str:
        answer = self._client.subscribe(
            TopicArn=webhook.topic_arn or self._topic_arn,
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
