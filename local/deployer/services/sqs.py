"""Queues and their policies."""

from __future__ import annotations

import json
from collections.abc import Mapping

from local.deployer.resource import Created, Creator, NewResource

SERVICE = "sqs"

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
_LONGEST_NAME = 80


def create_queue(resource: NewResource) -> Created:
    """Create a queue."""
    client = resource.client(SERVICE)
    name = resource.physical_name(longest=_LONGEST_NAME)
    attributes = resource.inputs.take_as(
        visibilityTimeoutSeconds="VisibilityTimeout",
        messageRetentionSeconds="MessageRetentionPeriod",
        receiveWaitTimeSeconds="ReceiveMessageWaitTimeSeconds",
        kmsMasterKeyId="KmsMasterKeyId",
        sqsManagedSseEnabled="SqsManagedSseEnabled",
        redrivePolicy="RedrivePolicy",
    )
    url = client.create_queue(
        QueueName=name,
        # Policies are text already; the rest in the form of SQS: 30, and true instead of True.
        Attributes={
            key: value if isinstance(value, str) else json.dumps(value) for key, value in attributes.items()
        },
        **resource.inputs.take_as(tags="tags"),
    )["QueueUrl"]
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return Created(url, {"name": name, "url": url, "arn": found["Attributes"]["QueueArn"]})


def create_queue_policy(resource: NewResource) -> Created:
    """Set who may use a queue."""
    return _set_attribute(resource, "Policy", resource.inputs.take("policy", str))


def create_redrive_allow_policy(resource: NewResource) -> Created:
    """Set which queues may use a queue as their dead-letter queue."""
    return _set_attribute(resource, "RedriveAllowPolicy", resource.inputs.take("redriveAllowPolicy", str))


def _set_attribute(resource: NewResource, attribute: str, document: str) -> Created:
    url = resource.inputs.take("queueUrl", str)
    resource.client(SERVICE).set_queue_attributes(QueueUrl=url, Attributes={attribute: document})
    return Created(url)


CREATORS: Mapping[str, Creator] = {
    "aws:sqs/queue:Queue": create_queue,
    "aws:sqs/queuePolicy:QueuePolicy": create_queue_policy,
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": create_redrive_allow_policy,
}
