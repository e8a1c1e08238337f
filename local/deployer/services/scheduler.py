"""Schedules."""

from __future__ import annotations

from collections.abc import Mapping

from local.deployer.resource import Created, Creator, NewResource

SERVICE = "scheduler"

# https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
_LONGEST_NAME = 64


def create_schedule(resource: NewResource) -> Created:
    """Create a schedule in the default group."""
    inputs = resource.inputs
    name = resource.physical_name(longest=_LONGEST_NAME)
    target = inputs.take_nested("target")
    retry = target.take_nested("retryPolicy").take_as(
        maximumRetryAttempts="MaximumRetryAttempts", maximumEventAgeInSeconds="MaximumEventAgeInSeconds"
    )
    arn = resource.client(SERVICE).create_schedule(
        Name=name,
        ScheduleExpression=inputs.take("scheduleExpression", str),
        FlexibleTimeWindow=inputs.take_nested("flexibleTimeWindow").take_as(
            mode="Mode", maximumWindowInMinutes="MaximumWindowInMinutes"
        ),
        Target={
            **target.take_as(arn="Arn", roleArn="RoleArn", input="Input"),
            **({"RetryPolicy": retry} if retry else {}),
        },
        **inputs.take_as(
            description="Description",
            state="State",
            kmsKeyArn="KmsKeyArn",
            scheduleExpressionTimezone="ScheduleExpressionTimezone",
        ),
    )["ScheduleArn"]
    return Created(f"default/{name}", {"name": name, "arn": arn})


CREATORS: Mapping[str, Creator] = {"aws:scheduler/schedule:Schedule": create_schedule}
