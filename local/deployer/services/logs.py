"""Log groups, and where their events are sent."""

from __future__ import annotations

from collections.abc import Mapping

from local.deployer.resource import Created, Creator, NewResource

SERVICE = "logs"

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
_LONGEST_NAME = 512


def create_log_group(resource: NewResource) -> Created:
    """Create a log group and set how long it keeps its events."""
    client = resource.client(SERVICE)
    name = resource.physical_name(longest=_LONGEST_NAME)
    client.create_log_group(logGroupName=name, **resource.inputs.take_as(kmsKeyId="kmsKeyId", tags="tags"))
    days = resource.inputs.take_optional("retentionInDays", int)
    if days:
        client.put_retention_policy(logGroupName=name, retentionInDays=days)
    # Without the ":*" that the service itself puts behind it, as the provider gives it.
    return Created(name, {"name": name, "arn": resource.site.arn("logs", f"log-group:{name}")})


def create_subscription_filter(resource: NewResource) -> Created:
    """Have the events of a log group that match a pattern sent to a function."""
    inputs = resource.inputs
    name = resource.physical_name(longest=_LONGEST_NAME)
    resource.client(SERVICE).put_subscription_filter(
        filterName=name,
        logGroupName=inputs.take("logGroup", str),
        filterPattern=inputs.take("filterPattern", str),
        destinationArn=inputs.take("destinationArn", str),
        **inputs.take_as(roleArn="roleArn", distribution="distribution"),
    )
    return Created(name, {"name": name})


CREATORS: Mapping[str, Creator] = {
    "aws:cloudwatch/logGroup:LogGroup": create_log_group,
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": create_subscription_filter,
}
