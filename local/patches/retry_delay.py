"""Retry delays follow the definition: at most MaxDelaySeconds, with jitter."""

from __future__ import annotations

import random
from typing import Any

from ministack.services import stepfunctions

from local.patches.patch import Patch

Retrier = dict[str, Any]

_find = stepfunctions._find_matching_retrier


def find_matching_retrier(
    retriers: list[Retrier], error: str, retry_counts: dict[int, int]
) -> tuple[Retrier | None, int]:
    """Return the retrier for an error, with its next delay worked out, and its place in the list.

    The caller multiplies the interval by the backoff rate to the power of the retries made: a rate of 1
    leaves our delay as it is. It also waits a minute at most.
    """
    retrier, place = _find(retriers, error, retry_counts)
    if retrier is None:
        return None, place
    delay_seconds = delay(retrier, retry_counts.get(place, 0))
    return {**retrier, "IntervalSeconds": delay_seconds, "BackoffRate": 1}, place


def delay(retrier: Retrier, retries: int) -> float:
    """Return the seconds before the next retry, `retries` having been made.

    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    """
    longest = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** retries
    longest = min(longest, retrier.get("MaxDelaySeconds", longest))
    if retrier.get("JitterStrategy") == "FULL":
        return random.uniform(0, longest)  # noqa: S311 - spreads load
    return float(longest)


PATCHES = (
    Patch(
        fault="MaxDelaySeconds and JitterStrategy of a Retry are ignored; Step Functions obeys both.",
        module="ministack.services.stepfunctions",
        attribute="_find_matching_retrier",
        source_sha256="cb494ae8503cce39ee49c409d9c1946a51cbf7709a67b5f5ce376db5a0c79170",
        replacement=find_matching_retrier,
    ),
)
