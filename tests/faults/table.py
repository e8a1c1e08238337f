"""The figures of a run, for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.table import Table

from local.sns.behaviour import SnsBehaviour
from tests.faults.claims import Kind
from tests.faults.facts import Facts
from tests.faults.proof import Report
from tests.faults.sns_settings import shown

_SHOWN = 5
_KINDS: tuple[Kind, ...] = ("lost", "doubled", "misdelivered", "unaccounted")


def show_claims(console: Console, facts: Facts, report: Report) -> None:
    """Print what each claim found, and the evidence."""
    console.print(_claims(facts, report))
    console.print(_repetitions(facts))
    for line in _evidence(report):
        console.print(line, markup=False)


def show_faults(console: Console, facts: Facts) -> None:
    """Print what went wrong on purpose."""
    console.print(_faults(facts))


def show_settings(console: Console, found: Mapping[SnsBehaviour, tuple[Facts, Report]]) -> None:
    """Print what was found of the orders of each setting of SNS's switches."""
    table = Table(
        *("SNS", "orders", "events taken", *_KINDS, "other"),
        title="By setting of SNS's switches",
        title_justify="left",
    )
    for behaviour, (facts, report) in found.items():
        figures = [report.figure(kind) for kind in (*_KINDS, "other")]
        counts = [len(facts.accepted), len(facts.handled), *figures]
        style = None if report.holds else "bold red"
        table.add_row(shown(behaviour), *map(str, counts), style=style)
    console.print(table)


def _faults(facts: Facts) -> Table:
    table = Table(
        "fault", "planned", "happened", title=f"Faults, {facts.workflow_type}", title_justify="left"
    )
    for fault, planned in sorted(facts.planned_faults.items()):
        table.add_row(fault, str(planned), str(facts.happened_faults.get(fault, 0)))
    return table


def _repetitions(facts: Facts) -> Table:
    table = Table("events taken again because of", "", title="Duplicates", title_justify="left")
    for cause, count in sorted(Counter(each.cause or "?" for each in facts.repetitions).items()):
        table.add_row(cause, str(count))
    return table


def _claims(facts: Facts, report: Report) -> Table:
    statuses = [each.status for each in facts.stored]
    kept = sum(each.kept for each in facts.charges)
    title = (
        f"{facts.workflow_type}: {len(facts.accepted)} orders accepted, {statuses.count('paid')} paid, "
        f"{statuses.count('declined')} declined, {statuses.count('failed')} failed; {kept} charges kept, "
        f"{len(facts.charges) - kept} given back; {len(facts.handled)} events taken"
    )
    table = Table("", "claim", "figure", title=title, title_justify="left")
    for claim in report.claims:
        style = "bold red" if claim.against else None
        table.add_row(claim.kind, claim.text, str(claim.figure), style=style)
    table.add_section()
    for kind in _KINDS:
        table.add_row("", f"[bold]{kind}", f"[bold]{report.figure(kind)}")
    return table


def _evidence(report: Report) -> Iterator[str]:
    for claim in report.claims:
        for each in claim.against[:_SHOWN]:
            yield f"{claim.text}: {each}"
