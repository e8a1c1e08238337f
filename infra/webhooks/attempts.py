"""When SNS makes the attempts of a delivery, and how long it tries."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from infra.webhooks.backoff import Phase, retry_delays
from infra.webhooks.delivery_policy import DeliveryPolicy

# SNS waits this long for an answer: https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
ATTEMPT_TIMEOUT_SECONDS = 15
# What SNS holds back for a throttled webhook waits about so long at most: redelivery stays below the
# throttle, and the backlog is that of a burst of orders.
_THROTTLE_BACKLOG_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class ScheduledAttempt:
    """Hold when SNS makes one attempt of a delivery, in seconds since the first.

    `earliest_seconds`: every attempt before it failed at once, and the delays are those of the approximated
    curve without jitter. `latest_seconds`: every delay of the backoff is the longest, and every attempt
    before it used up the time that SNS waits for an answer. A throttle comes on top, and so does any jitter
    that goes beyond the longest delay: AWS does not say how much it adds.
    """

    number: int
    phase: Phase
    earliest_seconds: float
    latest_seconds: float


def scheduled_attempts(policy: DeliveryPolicy) -> tuple[ScheduledAttempt, ...]:
    """Return every attempt that SNS makes by a policy before it gives up, the first one included."""
    retries = retry_delays(
        policy.backoff_function,
        float(policy.min_delay_target_seconds),
        float(policy.max_delay_target_seconds),
        immediate=policy.num_no_delay_retries,
        pre_backoff=policy.num_min_delay_retries,
        backoff=policy.num_backoff_retries,
        post_backoff=policy.num_max_delay_retries,
    )
    phases, shortest, longest = zip(("first", 0.0, 0.0), *retries, strict=True)
    waits = [0.0, *(delay + ATTEMPT_TIMEOUT_SECONDS for delay in longest[1:])]
    times = zip(phases, accumulate(shortest), accumulate(waits), strict=True)
    return tuple(ScheduledAttempt(number, *when) for number, when in enumerate(times, start=1))


def longest_delivery_seconds(policies: Sequence[DeliveryPolicy]) -> int:
    """Return how long SNS may try to deliver an event by the longest of these policies."""

    def longest(policy: DeliveryPolicy) -> float:
        backlog_seconds = 0 if policy.max_receives_per_second is None else _THROTTLE_BACKLOG_SECONDS
        return scheduled_attempts(policy)[-1].latest_seconds + ATTEMPT_TIMEOUT_SECONDS + backlog_seconds

    return math.ceil(max(map(longest, policies)))
