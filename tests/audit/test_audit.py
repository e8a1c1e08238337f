"""What the scanners answer, and what is made of it: above all, that no answer is not a good one."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from audit.__main__ import NODE_FOLDER, REQUIREMENTS, ROOT, main
from audit.command import Completed, run

CLEAN = {"dependencies": [{"name": "pydantic", "version": "2.14.4", "vulns": []}], "fixes": []}
VULNERABLE = {
    "dependencies": [
        {
            "name": "requests",
            "version": "2.30.0",
            "vulns": [{"id": "GHSA-1", "fix_versions": ["2.31.0"]}, {"id": "GHSA-2", "fix_versions": []}],
        }
    ],
    "fixes": [],
}
# What pip-audit 2.10.1 answered where its index had packages and no advisories, with exit code 0.
SKIPPED = {"dependencies": [{"name": "pulumi", "skip_reason": "Dependency not found on PyPI: pulumi"}]}
NPM_CLEAN = {"vulnerabilities": {}, "metadata": {"dependencies": {"total": 40}}}
NPM_VULNERABLE = {
    "vulnerabilities": {
        "braces": {
            "name": "braces",
            "range": "<3.0.3",
            "via": [{"url": "https://github.com/advisories/GHSA-3"}],
            "fixAvailable": True,
        },
        "glob": {"name": "glob", "range": "1.0.0", "via": ["braces"], "fixAvailable": False},
    },
    "metadata": {"dependencies": {"total": 40}},
}
# What npm 10 answered where the registry takes no audits.
NPM_REFUSED = {"message": "405 Method Not Allowed", "error": {"summary": "", "detail": ""}}


class Scanners:
    """Answers for pip-audit and npm, each with an exit code."""

    def __init__(self, python: Any = CLEAN, node: Any = NPM_CLEAN, *, errors: str = "") -> None:
        self._python, self._node, self._errors = python, node, errors
        self.commands: list[tuple[str, ...]] = []

    def __call__(self, command: Sequence[str], folder: Path) -> Completed:
        self.commands.append((*command, str(folder)))
        answer = self._node if command[0] == "npm" else self._python
        return Completed(0, answer if isinstance(answer, str) else json.dumps(answer), self._errors)


def test_every_lock_file_of_the_repository_is_audited(capsys: pytest.CaptureFixture[str]) -> None:
    scanners = Scanners()
    assert main([], scanners) == 0
    ignored = (".venv", "node_modules", ".cache", ".local")
    locks = {
        str(each.relative_to(ROOT))
        for pattern in ("requirements*.txt", "package-lock.json")
        for each in ROOT.rglob(pattern)
        if not set(ignored) & set(each.relative_to(ROOT).parts)
    }
    assert locks == {*REQUIREMENTS, f"{NODE_FOLDER}/package-lock.json"}
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in told] == [*REQUIREMENTS, f"{NODE_FOLDER}/package-lock.json"]
    assert told[0] == "functions/requirements.txt: 1 packages, nothing known"
    asked = [command[command.index("--requirement") + 1] for command in scanners.commands[:-1]]
    assert asked == list(REQUIREMENTS)
    assert scanners.commands[-1][-1] == str(ROOT / NODE_FOLDER)


@pytest.mark.parametrize("arguments", [[], ["--strict"]])
def test_a_vulnerability_is_told_with_what_helps_and_is_a_failure(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(arguments, Scanners(VULNERABLE, NPM_VULNERABLE)) == 1
    told = capsys.readouterr().out
    assert "requirements.txt: 1 packages, 2 vulnerabilities" in told
    assert "  requests 2.30.0: GHSA-1 (fixed in 2.31.0)" in told
    assert "  requests 2.30.0: GHSA-2 (not fixed yet)" in told
    assert "  braces <3.0.3: https://github.com/advisories/GHSA-3 (npm audit fix)" in told
    assert "  glob 1.0.0: by way of braces (not fixed yet)" in told


@pytest.mark.parametrize(
    ("python", "node"),
    [
        (SKIPPED, NPM_CLEAN),
        ("", NPM_CLEAN),
        ("Traceback", NPM_CLEAN),
        ([], NPM_CLEAN),
        (CLEAN, NPM_REFUSED),
        (CLEAN, ""),
        (CLEAN, "null"),
    ],
)
def test_what_could_not_be_audited_is_never_called_clean(
    capsys: pytest.CaptureFixture[str], python: Any, node: Any
) -> None:
    scanners = Scanners(python, node, errors="Traceback:\nConnectionError: no api.osv.dev\n")
    assert main([], scanners) == 0
    told = capsys.readouterr()
    assert "NOT AUDITED" in told.out
    assert "not known to be safe" in told.err
    assert main(["--strict"], scanners) == 2


def test_the_reason_is_the_last_that_the_scanner_said(capsys: pytest.CaptureFixture[str]) -> None:
    main([], Scanners("", errors="Traceback:\n  File\nConnectionError: no api.osv.dev\n\n"))
    assert "requirements.txt: NOT AUDITED: ConnectionError: no api.osv.dev" in capsys.readouterr().out


def test_the_reason_of_a_registry_is_in_its_answer(capsys: pytest.CaptureFixture[str]) -> None:
    main([], Scanners(node=NPM_REFUSED, errors="A complete log is elsewhere"))
    assert "package-lock.json: NOT AUDITED: 405 Method Not Allowed" in capsys.readouterr().out


def test_a_vulnerability_counts_although_others_could_not_be_audited() -> None:
    assert main(["--strict"], Scanners(VULNERABLE, NPM_REFUSED)) == 1


def test_a_scanner_that_is_not_there_says_so(tmp_path: Path) -> None:
    assert run(["no-such-scanner"], tmp_path) == Completed(127, "", "no-such-scanner is not on this machine")


def test_a_scanner_answers_in_its_folder(tmp_path: Path) -> None:
    script = "import os, sys; print(os.getcwd()); sys.stderr.write('two\\nwords\\n'); sys.exit(3)"
    completed = run([sys.executable, "-c", script], tmp_path)
    assert (completed.exit_code, completed.output.strip()) == (3, str(tmp_path))
    assert completed.last_words == "words"
