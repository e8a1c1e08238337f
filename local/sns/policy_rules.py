"""Refuse the delivery and redrive policies that SNS refuses.

Limits: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html. The messages follow
those that users quote ("http.defaultHealthyRetryPolicy.numRetries must be less than or equal to 100",
"Unexpected JSON member", "minDelayTarget must be specified").
"""

from __future__ import annotations

from typing import Any, get_args

from infra.webhooks.backoff import BackoffFunction
from local.sns.errors import SnsError, invalid_parameter
from local.sns.json_text import parse_object
from local.sns.policy import DEFAULT_RETRY_POLICY, MAX_TOTAL_DELAY_SECONDS, JsonObject, retry_delays

_MAX_RETRIES = 100
_MAX_DELAY_SECONDS = 3600
_PHASES = ("numNoDelayRetries", "numMinDelayRetries", "numMaxDelayRetries")
_BACKOFF_FUNCTIONS = get_args(BackoffFunction)
_TOPIC_SECTIONS = {
    "defaultHealthyRetryPolicy": "retry",
    "defaultSicklyRetryPolicy": "retry",
    "defaultThrottlePolicy": "throttle",
    "defaultRequestPolicy": "request",
}
_SUBSCRIPTION_SECTIONS = {
    "healthyRetryPolicy": "retry",
    "sicklyRetryPolicy": "retry",
    "throttlePolicy": "throttle",
    "requestPolicy": "request",
}


def parse_topic_policy(text: str) -> JsonObject | None:
    """Return a topic's DeliveryPolicy, None for the empty text; raise SnsError if SNS refuses it."""
    if not text:
        return None
    policy = parse_object(text, "DeliveryPolicy")
    _refuse_others(policy, {"http"}, "")
    http = _object(policy.get("http"), "http")
    _refuse_others(http, {*_TOPIC_SECTIONS, "disableSubscriptionOverrides"}, "http.")
    _check_sections(http, _TOPIC_SECTIONS, "http.")
    return policy


def parse_subscription_policy(text: str) -> JsonObject | None:
    """Return a subscription's DeliveryPolicy, None for the empty text; raise SnsError if SNS refuses it."""
    if not text:
        return None
    policy = parse_object(text, "DeliveryPolicy")
    _refuse_others(policy, {*_SUBSCRIPTION_SECTIONS, "guaranteed"}, "")
    _check_sections(policy, _SUBSCRIPTION_SECTIONS, "")
    return policy


def parse_redrive_policy(text: str) -> str | None:
    """Return the ARN of a RedrivePolicy's queue, None for the empty text; raise SnsError if it is none."""
    if not text:
        return None
    arn = parse_object(text, "RedrivePolicy").get("deadLetterTargetArn")
    if not isinstance(arn, str) or not arn.startswith("arn:") or arn.split(":")[2:3] != ["sqs"]:
        raise invalid_parameter("RedrivePolicy: deadLetterTargetArn is an invalid arn")
    return arn


def read_back_topic_policy(policy: JsonObject) -> dict[str, Any]:
    """Return a topic's DeliveryPolicy as SNS does: without its null members, the switch filled in."""
    http = {name: value for name, value in policy["http"].items() if value is not None}
    return {"http": {"disableSubscriptionOverrides": False, **http}}


def read_back_subscription_policy(policy: JsonObject) -> dict[str, Any]:
    """Return a subscription's DeliveryPolicy as SNS does: every member, null where none was given."""
    retry = policy.get("healthyRetryPolicy")
    return {
        "healthyRetryPolicy": {**DEFAULT_RETRY_POLICY, **retry} if retry else None,
        "sicklyRetryPolicy": policy.get("sicklyRetryPolicy"),
        "throttlePolicy": policy.get("throttlePolicy"),
        "requestPolicy": policy.get("requestPolicy"),
        "guaranteed": policy.get("guaranteed", False),
    }


def _check_sections(policy: JsonObject, sections: dict[str, str], prefix: str) -> None:
    checks = {"retry": _check_retry, "throttle": _check_throttle, "request": _check_request}
    for name, kind in sections.items():
        if policy.get(name) is not None:
            checks[kind](_object(policy[name], prefix + name), f"{prefix}{name}.")


def _check_retry(retry: JsonObject, prefix: str) -> None:
    _refuse_others(retry, set(DEFAULT_RETRY_POLICY), prefix)
    minimum = _integer(retry, "minDelayTarget", prefix, 1, _MAX_DELAY_SECONDS)
    _integer(retry, "maxDelayTarget", prefix, minimum, _MAX_DELAY_SECONDS)
    whole = {**DEFAULT_RETRY_POLICY, **retry}
    retries = _integer(whole, "numRetries", prefix, 0, _MAX_RETRIES)
    if sum(_integer(whole, phase, prefix, 0, _MAX_RETRIES) for phase in _PHASES) > retries:
        raise _refusal(f"{prefix}numRetries must be greater than or equal to the sum of {', '.join(_PHASES)}")
    if whole["backoffFunction"] not in _BACKOFF_FUNCTIONS:
        raise _refusal(f"{prefix}backoffFunction must be one of {', '.join(_BACKOFF_FUNCTIONS)}")
    if sum(retry_delays(whole)) > MAX_TOTAL_DELAY_SECONDS:
        raise _refusal(
            f"{prefix[:-1]}: the total retry time must not exceed {MAX_TOTAL_DELAY_SECONDS} seconds"
        )


def _check_throttle(throttle: JsonObject, prefix: str) -> None:
    _refuse_others(throttle, {"maxReceivesPerSecond"}, prefix)
    if throttle.get("maxReceivesPerSecond") is not None:
        _integer(throttle, "maxReceivesPerSecond", prefix, 1, None)


def _check_request(request: JsonObject, prefix: str) -> None:
    _refuse_others(request, {"headerContentType"}, prefix)
    content_type = request.get("headerContentType", "text/plain")
    if not isinstance(content_type, str) or "/" not in content_type:
        raise _refusal(f"{prefix}headerContentType is not a content type")


def _object(value: object, name: str) -> JsonObject:
    if not isinstance(value, dict):
        raise _refusal(f"{name} must be a JSON object")
    return value


def _integer(policy: JsonObject, name: str, prefix: str, least: int, most: int | None) -> int:
    value = policy.get(name)
    if value is None:
        raise _refusal(f"{prefix}{name} must be specified")
    if not isinstance(value, int) or isinstance(value, bool):
        raise _refusal(f"{prefix}{name} must be an integer")
    if value < least:
        raise _refusal(f"{prefix}{name} must be greater than or equal to {least}")
    if most is not None and value > most:
        raise _refusal(f"{prefix}{name} must be less than or equal to {most}")
    return value


def _refuse_others(policy: JsonObject, known: set[str], prefix: str) -> None:
    for name in policy:
        if name not in known:
            raise _refusal(f"Unexpected JSON member: {prefix}{name}")


def _refusal(reason: str) -> SnsError:
    return invalid_parameter(f"DeliveryPolicy: {reason}")
