"""The four phases of SNS's retries, and the curves of its backoff phase, as near as they can be known.

AWS publishes them as a picture only, without a formula or a table. What it does say is that the first delay
is the minimum and the last is the maximum. These four are fitted to that and are approximations between the
two ends: good for a schedule that a person reads, no ground for code that must know the second.
https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Literal

BackoffFunction = Literal["arithmetic", "exponential", "geometric", "linear"]
Phase = Literal["first", "immediate", "pre-backoff", "backoff", "post-backoff"]


def retry_delays(
    function: BackoffFunction,
    shortest: float,
    longest: float,
    *,
    immediate: int,
    pre_backoff: int,
    backoff: int,
    post_backoff: int,
) -> Iterator[tuple[Phase, float, float]]:
    """List each retry's phase, approximate delay and longest delay, in seconds and without jitter.

    The last four arguments say how many retries each phase has.
    """
    yield from repeat(("immediate", 0.0, 0.0), immediate)
    yield from repeat(("pre-backoff", shortest, shortest), pre_backoff)
    for delay in backoff_delays(function, shortest, longest, backoff):
        yield "backoff", delay, longest
    yield from repeat(("post-backoff", longest, longest), post_backoff)


def backoff_delays(
    function: BackoffFunction, shortest: float, longest: float, count: int
) -> tuple[float, ...]:
    """Approximate the delays of `count` retries in seconds, without jitter; a single one has the shortest."""
    if count <= 1:
        return (float(shortest),) * count
    curve, last = _CURVES[function], count - 1
    return (*(curve(shortest, longest, step, last) for step in range(last)), float(longest))


def _linear(shortest: float, longest: float, step: int, last: int) -> float:
    return shortest + (longest - shortest) * step / last


def _arithmetic(shortest: float, longest: float, step: int, last: int) -> float:
    """Lengthen each delay by a constant more than the one before."""
    return shortest + (longest - shortest) * step * (step + 1) / (last * (last + 1))


def _geometric(shortest: float, longest: float, step: int, last: int) -> float:
    """Multiply each delay by a constant."""
    return float(shortest * (longest / shortest) ** (step / last))


def _exponential(shortest: float, longest: float, step: int, last: int) -> float:
    """Lengthen each delay by twice as much as the one before."""
    return float(shortest + (longest - shortest) * (2**step - 1) / (2**last - 1))


_CURVES: dict[BackoffFunction, Callable[[float, float, int, int], float]] = {
    "arithmetic": _arithmetic,
    "exponential": _exponential,
    "geometric": _geometric,
    "linear": _linear,
}
