"""Topics, their policies and their subscriptions."""

from __future__ import annotations

from collections.abc import Mapping

from local.deployer.resource import Created, Creator, NewResource

SERVICE = "sns"

# https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
_LONGEST_NAME = 256
_SECONDS_IN_MINUTE = 60
# The provider's own default.
_CONFIRMATION_TIMEOUT_MINUTES = 1


def create_topic(resource: NewResource) -> Created:
    """Create a topic."""
    name = resource.physical_name(longest=_LONGEST_NAME)
    attributes = resource.inputs.take_as(
        deliveryPolicy="DeliveryPolicy",
        httpFailureFeedbackRoleArn="HTTPFailureFeedbackRoleArn",
        httpSuccessFeedbackRoleArn="HTTPSuccessFeedbackRoleArn",
        httpSuccessFeedbackSampleRate="HTTPSuccessFeedbackSampleRate",
        kmsMasterKeyId="KmsMasterKeyId",
        signatureVersion="SignatureVersion",
    )
    arn = resource.client(SERVICE).create_topic(
        Name=name,
        Attributes={key: str(value) for key, value in attributes.items()},
        Tags=resource.inputs.take_tags(),
    )["TopicArn"]
    return Created(arn, {"name": name, "arn": arn, "owner": resource.site.account_id})


def create_topic_policy(resource: NewResource) -> Created:
    """Set who may use a topic."""
    arn = resource.inputs.take("arn", str)
    resource.client(SERVICE).set_topic_attributes(
        TopicArn=arn, AttributeName="Policy", AttributeValue=resource.inputs.take("policy", str)
    )
    return Created(arn, {"owner": resource.site.account_id})


def create_subscription(resource: NewResource) -> Created:
    """Subscribe an endpoint and, like the provider, wait until it has confirmed where it does so itself."""
    inputs = resource.inputs
    protocol, endpoint = inputs.take("protocol", str), inputs.take("endpoint", str)
    confirms_itself = inputs.take_optional("endpointAutoConfirms", bool) or False
    minutes = inputs.take_optional("confirmationTimeoutInMinutes", int) or _CONFIRMATION_TIMEOUT_MINUTES
    arn = resource.client(SERVICE).subscribe(
        TopicArn=inputs.take("topic", str),
        Protocol=protocol,
        Endpoint=endpoint,
        Attributes=inputs.take_as(
            filterPolicy="FilterPolicy",
            filterPolicyScope="FilterPolicyScope",
            deliveryPolicy="DeliveryPolicy",
            redrivePolicy="RedrivePolicy",
        ),
        # Otherwise the response has no ARN while the subscription is unconfirmed.
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    if confirms_itself:
        _wait_for_confirmation(resource, arn, endpoint, timeout_seconds=minutes * _SECONDS_IN_MINUTE)
    return Created(arn, {"arn": arn})


def _wait_for_confirmation(resource: NewResource, arn: str, endpoint: str, *, timeout_seconds: float) -> None:
    client = resource.client(SERVICE)

    def is_confirmed() -> bool:
        attributes = client.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        return bool(attributes["PendingConfirmation"] == "false")

    resource.site.wait_until(
        is_confirmed,
        timeout_seconds=timeout_seconds,
        missing=f"{endpoint} has not confirmed the subscription",
    )


CREATORS: Mapping[str, Creator] = {
    "aws:sns/topic:Topic": create_topic,
    "aws:sns/topicPolicy:TopicPolicy": create_topic_policy,
    "aws:sns/topicSubscription:TopicSubscription": create_subscription,
}
