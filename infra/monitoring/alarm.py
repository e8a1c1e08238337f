"""Alarms as plain data: what each watches, when it goes off, and which section of the runbook it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infra.metrics import Metric

RUNBOOK = "docs/runbook.md"

# What is watched is mostly reported only while something happens, and nothing is no fault: a queue that holds
# a message is reported, and so is a function that runs.
_ABOVE = ("GreaterThanOrEqualToThreshold", "notBreaching")
# What always happens is a fault where it is not reported.
_BELOW = ("LessThanThreshold", "breaching")


@dataclass(frozen=True, kw_only=True)
class Expression:
    """Metric math over metrics, which the expression knows by these names."""

    text: str
    metrics: Mapping[str, Metric]


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """When operators are notified, and what they read then."""

    name: str
    section: str
    """The anchor of the runbook's section: several alarms may share one."""
    why: str
    """What an operator reads first: one sentence."""
    watches: Metric | Expression
    threshold: float
    """The alarm goes off at this value."""
    is_below: bool = False
    """Whether it goes off below this value instead, and where nothing is reported."""
    period_seconds: int = 300
    periods: int = 1
    """How many periods in a row reach the threshold before it goes off."""

    @property
    def comparison(self) -> str:
        """CloudWatch's comparison operator."""
        return (_BELOW if self.is_below else _ABOVE)[0]

    @property
    def missing_data(self) -> str:
        """What CloudWatch makes of a period without values."""
        return (_BELOW if self.is_below else _ABOVE)[1]

    @property
    def description(self) -> str:
        """What the alarm's message says."""
        return f"{self.why} See {RUNBOOK}#{self.section}"
