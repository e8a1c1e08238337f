"""What an audit of one lock file came to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A known vulnerability of a locked package."""

    package: str
    version: str
    advisory: str
    """Its ID or its address."""
    advice: str
    """What helps."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is known of a lock file: of how many packages, and what they have."""

    source: str
    audited: int = 0
    findings: tuple[Finding, ...] = ()
    gap: str | None = None
    """Why some or all of it could not be audited: that is no clean result."""
