"""Python's locked requirements, by pip-audit."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from audit.command import Completed, Run
from audit.outcome import Finding, Outcome


def audit_requirements(file: Path, *, root: Path, run: Run) -> Outcome:
    """Ask OSV about everything in a locked requirements file, without installing any of it.

    pip-audit's other service, PyPI's own, is asked through what stands for it: a mirror that has packages
    and no advisories makes it skip them all and end well.
    """
    source = str(file.relative_to(root))
    command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", "osv", "--disable-pip"]
    options = ["--require-hashes", "--progress-spinner", "off", "--format", "json", "--requirement", source]
    return _outcome(source, run([*command, *options], root))


def _outcome(source: str, completed: Completed) -> Outcome:
    try:
        dependencies: list[dict[str, Any]] = json.loads(completed.output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Outcome(source=source, gap=completed.last_words)
    skipped = [each for each in dependencies if "skip_reason" in each]
    findings = [
        Finding(
            package=each["name"],
            version=each["version"],
            advisory=vulnerability["id"],
            advice=_advice(vulnerability["fix_versions"]),
        )
        for each in dependencies
        for vulnerability in each.get("vulns", [])
    ]
    return Outcome(
        source=source,
        audited=len(dependencies) - len(skipped),
        findings=tuple(findings),
        gap=f"{len(skipped)} skipped, such as {skipped[0]['skip_reason']}" if skipped else None,
    )


def _advice(fixed_in: list[str]) -> str:
    return f"fixed in {', '.join(fixed_in)}" if fixed_in else "not fixed yet"
