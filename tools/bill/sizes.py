"""Sizes and durations that a bill needs, measured on the laptop; tests hold them to what the functions do."""

from __future__ import annotations

from pathlib import Path

# A function's record of one invocation, with the 26 bytes that CloudWatch adds to each.
FUNCTION_LOG_BYTES = 400
# Lambda's own records of an invocation in JSON: platform.start and platform.report.
# https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
PLATFORM_LOG_BYTES = 620
ACCESS_LOG_BYTES = 560
# A metric of our own in the embedded format: that an order was accepted, and that it was settled.
METRIC_LOG_BYTES = 280
METRIC_RECORDS = 2
# SNS's entry of one delivery: https://docs.aws.amazon.com/sns/latest/dg/sns-msg-status-cloudwatch.html
DELIVERY_LOG_BYTES = 720
# Step Functions' events of one state, without the order: entered, scheduled, started, succeeded, exited.
EXPRESS_LOG_BYTES = 2_200

# What a warm invocation is billed for, in milliseconds: our own code and boto3 at the default memory, and
# about ten for each call of AWS within a region.
_BILLED_MILLISECONDS = {
    "accept-order": 39,
    "start-execution": 40,
    "save-order": 25,
    "process-payment": 15,
    "update-order": 25,
    "inform-client": 70,
    "record-deliveries": 40,
}


def billed_seconds(function: str) -> float:
    """Return how long a warm invocation of a function takes; raise LookupError for one without a duration."""
    if function not in _BILLED_MILLISECONDS:
        raise LookupError(f"add the billed duration of {function} to {Path(__file__).name}")
    return _BILLED_MILLISECONDS[function] / 1000
