"""When each retry of an HTTP(S) delivery comes, worked out from delivery policies as SNS reads them.

The four phases and their limits are
https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from infra.webhooks import backoff as backoff_phases

JsonObject = Mapping[str, Any]

MAX_TOTAL_DELAY_SECONDS = 3600
# AWS says that jitter is added, not how much.
JITTER_FRACTION = 0.1

DEFAULT_CONTENT_TYPE = "text/plain; charset=UTF-8"
DEFAULT_RETRY_POLICY: JsonObject = {
    "minDelayTarget": 20,
    "maxDelayTarget": 20,
    "numRetries": 3,
    "numMaxDelayRetries": 0,
    "numNoDelayRetries": 0,
    "numMinDelayRetries": 0,
    "backoffFunction": "linear",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPlan:
    """The part of an effective policy that one delivery needs.

    `retry_delays_seconds` has one entry per retry, without jitter.
    """

    retry_delays_seconds: tuple[float, ...]
    max_receives_per_second: int | None
    content_type: str


def plan_delivery(topic_policy: JsonObject | None, subscription_policy: JsonObject | None) -> DeliveryPlan:
    """Return the plan that a topic's and a subscription's DeliveryPolicy give a message.

    Each sub-policy comes whole from the subscription, else whole from the topic, else from SNS; the
    subscription's policy is ignored where the topic disables overrides.
    """
    http: JsonObject = (topic_policy or {}).get("http") or {}
    own = {} if http.get("disableSubscriptionOverrides") else (subscription_policy or {})
    retry = own.get("healthyRetryPolicy") or http.get("defaultHealthyRetryPolicy") or {}
    throttle = own.get("throttlePolicy") or http.get("defaultThrottlePolicy") or {}
    request = own.get("requestPolicy") or http.get("defaultRequestPolicy") or {}
    return DeliveryPlan(
        retry_delays_seconds=retry_delays(retry),
        max_receives_per_second=throttle.get("maxReceivesPerSecond"),
        content_type=request.get("headerContentType") or DEFAULT_CONTENT_TYPE,
    )


def retry_delays(retry_policy: JsonObject) -> tuple[float, ...]:
    """Return the seconds to wait before each retry, without jitter, phase after phase."""
    retry = {**DEFAULT_RETRY_POLICY, **retry_policy}
    counts = {
        "immediate": int(retry["numNoDelayRetries"]),
        "pre_backoff": int(retry["numMinDelayRetries"]),
        "post_backoff": int(retry["numMaxDelayRetries"]),
    }
    backoff = max(0, int(retry["numRetries"]) - sum(counts.values()))
    shortest, longest = float(retry["minDelayTarget"]), float(retry["maxDelayTarget"])
    delays = backoff_phases.retry_delays(
        retry["backoffFunction"], shortest, longest, backoff=backoff, **counts
    )
    return tuple(delay for _, delay, _ in delays)


def add_jitter(delays_seconds: Iterable[float], random: Random) -> tuple[float, ...]:
    """Lengthen each delay by a random part of itself, so that the whole still fits SNS's hour."""
    delays = tuple(delays_seconds)
    total = sum(delays)
    spare = MAX_TOTAL_DELAY_SECONDS / total - 1 if total else 0.0
    fraction = max(0.0, min(JITTER_FRACTION, spare))
    return tuple(delay * (1 + random.uniform(0, fraction)) for delay in delays)
