"""The proof: from the facts of a run to the figures that must be zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from local.sns.behaviour import SnsBehaviour
from tests.faults.claims import CLAIMS, Contradiction, Kind
from tests.faults.facts import Facts


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One claim with what speaks against it; it holds when nothing does."""

    kind: Kind
    text: str
    against: tuple[str, ...]

    @property
    def figure(self) -> int:
        return len(self.against)


@dataclass(frozen=True)
class Report:
    """All claims about a run."""

    claims: tuple[Claim, ...]

    @property
    def holds(self) -> bool:
        return not any(claim.against for claim in self.claims)

    def figure(self, kind: Kind) -> int:
        """Return how much of a kind was found."""
        return sum(claim.figure for claim in self.claims if claim.kind == kind)


@dataclass(frozen=True)
class Outcome:
    """What was found after a run, in all and for each setting of SNS's switches where there were several."""

    facts: Facts
    report: Report
    by_setting: Mapping[SnsBehaviour, tuple[Facts, Report]] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return self.report.holds and all(report.holds for _, report in self.by_setting.values())


def prove(facts: Facts, claims: Sequence[Contradiction] = CLAIMS) -> Report:
    """Return what the facts say of each claim."""
    return Report(
        tuple(Claim(kind=kind, text=text, against=tuple(sorted(find(facts)))) for kind, text, find in claims)
    )
