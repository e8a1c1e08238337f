"""CloudWatch metrics as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

# The service that the functions' logs and metrics name.
SERVICE = "order-webhooks"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A CloudWatch metric and how its values of one period become a number."""

    namespace: str
    name: str
    dimensions: Mapping[str, Any]
    """By name; the values may be outputs."""
    statistic: Literal["Sum", "Maximum"]
