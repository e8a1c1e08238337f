"""Alarms as plain data: what each watches, when it goes off, and which section of the runbook it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infra.metrics import Metric

RUNBOOK = "docs/runbook.md"

# Alike for every alarm. What is watched is reported only while something happens, and nothing is no fault:
# a queue that holds a message is reported, and so is a function that runs.
COMPARISON = "GreaterThanOrEqualToThreshold"
MISSING_DATA = "notBreaching"


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
    period_seconds: int = 300
    periods: int = 1
    """How many periods in a row reach the threshold before it goes off."""

    @property
    def description(self) -> str:
        """What the alarm's message says."""
        return f"{self.why} See {RUNBOOK}#{self.section}"
