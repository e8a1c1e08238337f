"""What the workflow itself costs, for each type, from its definition and a price table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MILLION = 1_000_000
_EXPRESS_MEMORY_STEP_MEGABYTES = 64
_EXPRESS_DURATION_STEP_SECONDS = 0.1
_SECONDS_PER_HOUR = 3_600
_MEGABYTES_PER_GIGABYTE = 1_024


@dataclass(frozen=True, kw_only=True)
class WorkflowPrices:
    """Prices in US dollars, without free tiers: https://aws.amazon.com/step-functions/pricing/."""

    region: str
    as_of: str
    standard_per_transition: float
    express_per_request: float
    express_per_gigabyte_hour: float
    """For the first thousand hours of a month; more cost less."""


PRICES = WorkflowPrices(
    region="eu-west-1",
    as_of="2026-11",
    standard_per_transition=0.025 / 1_000,
    express_per_request=1.00 / _MILLION,
    express_per_gigabyte_hour=0.06,
)


def standard_cost_per_million(definition: Mapping[str, Any], prices: WorkflowPrices = PRICES) -> float:
    """Return what a million orders on the happy path cost as STANDARD: each state is a transition."""
    return len(happy_path(definition)) * prices.standard_per_transition * _MILLION


def express_cost_per_million(
    *, duration_seconds: float, memory_megabytes: int, prices: WorkflowPrices = PRICES
) -> float:
    """Return what a million orders cost as EXPRESS: a request each, and memory for as long as they take.

    Step Functions rounds the duration up to tenths of a second and the memory up to 64 MB.
    """
    tenths = math.ceil(round(duration_seconds / _EXPRESS_DURATION_STEP_SECONDS, 6))
    chunks = math.ceil(memory_megabytes / _EXPRESS_MEMORY_STEP_MEGABYTES)
    hours = tenths * _EXPRESS_DURATION_STEP_SECONDS / _SECONDS_PER_HOUR
    gigabytes = chunks * _EXPRESS_MEMORY_STEP_MEGABYTES / _MEGABYTES_PER_GIGABYTE
    return (prices.express_per_request + hours * gigabytes * prices.express_per_gigabyte_hour) * _MILLION


def happy_path(definition: Mapping[str, Any]) -> list[str]:
    """Return the states that an execution enters when nothing fails, in order."""
    path: list[str] = []
    state: str | None = definition["StartAt"]
    while state is not None:
        path.append(state)
        state = definition["States"][state].get("Next")
    return path
