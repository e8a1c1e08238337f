"""Audit every locked dependency: exit code 0 is clean, 1 is vulnerable, 2 is not known.

Where no database can be reached, a desk without a network is told so and not stopped: 0. With `--strict`, as
in CI, what could not be audited is no success: 2.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from audit.command import Run, run
from audit.node_packages import audit_node
from audit.outcome import Outcome
from audit.python_packages import audit_requirements

ROOT = Path(__file__).resolve().parents[1]
# What runs in AWS, what deploys it, and what tests it.
REQUIREMENTS = ("functions/requirements.txt", "requirements.txt", "requirements-dev.txt")
NODE_FOLDER = "tests/node"

_CLEAN, _VULNERABLE, _UNKNOWN = range(3)


def audit_everything(runner: Run) -> list[Outcome]:
    """Audit each lock file of the repository."""
    python = [audit_requirements(ROOT / each, root=ROOT, run=runner) for each in REQUIREMENTS]
    return [*python, audit_node(ROOT / NODE_FOLDER, root=ROOT, run=runner)]


def report(outcomes: Sequence[Outcome]) -> str:
    """Return what a person reads: one line a lock file, and one a vulnerability."""
    lines = []
    for outcome in outcomes:
        found = f"{len(outcome.findings)} vulnerabilities" if outcome.findings else "nothing known"
        if outcome.audited:
            lines.append(f"{outcome.source}: {outcome.audited} packages, {found}")
        lines += [
            f"  {each.package} {each.version}: {each.advisory} ({each.advice})" for each in outcome.findings
        ]
        if outcome.gap:
            lines.append(f"{outcome.source}: NOT AUDITED: {outcome.gap}")
    return "\n".join(lines)


def exit_code(outcomes: Sequence[Outcome], *, strict: bool) -> int:
    """Return 1 where anything is vulnerable, 2 where that is strictly not known, else 0."""
    if any(each.findings for each in outcomes):
        return _VULNERABLE
    return _UNKNOWN if strict and any(each.gap for each in outcomes) else _CLEAN


def main(arguments: Sequence[str], runner: Run = run) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m audit", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--strict", action="store_true", help="what cannot be audited is no success")
    options = parser.parse_args(arguments)
    outcomes = audit_everything(runner)
    sys.stdout.write(report(outcomes) + "\n")
    if any(each.gap for each in outcomes) and not options.strict:
        sys.stderr.write(
            "What was not audited is not known to be safe: run this again where it can be asked.\n"
        )
    return exit_code(outcomes, strict=options.strict)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
