"""The locked packages of the tests in JavaScript, by npm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from audit.command import Run
from audit.outcome import Finding, Outcome


def audit_node(folder: Path, *, root: Path, run: Run) -> Outcome:
    """Ask npm's registry about everything in a folder's package-lock.json."""
    source = str((folder / "package-lock.json").relative_to(root))
    completed = run(["npm", "audit", "--json", "--package-lock-only"], folder)
    try:
        report = json.loads(completed.output)
    except ValueError:
        report = None
    if not isinstance(report, dict) or "vulnerabilities" not in report:
        # A registry that takes no audits is told of in the report itself.
        message = report.get("message") if isinstance(report, dict) else None
        return Outcome(source=source, gap=message or completed.last_words)
    vulnerable, audited = report["vulnerabilities"], report["metadata"]["dependencies"]["total"]
    return Outcome(
        source=source, audited=audited, findings=tuple(_finding(each) for each in vulnerable.values())
    )


def _finding(vulnerable: dict[str, Any]) -> Finding:
    # Beside advisories, names of packages that bring the vulnerability in.
    advisories = [each["url"] for each in vulnerable["via"] if isinstance(each, dict)]
    return Finding(
        package=vulnerable["name"],
        version=vulnerable["range"],
        advisory=", ".join(advisories) or f"by way of {', '.join(vulnerable['via'])}",
        advice="npm audit fix" if vulnerable["fixAvailable"] else "not fixed yet",
    )
