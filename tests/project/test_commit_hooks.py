"""What is checked before a commit, tried on a repository of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIVE_KEY = "rk_live_" + "a1" * 12
AWS_KEY = "AKIA" + "Z2" * 8

# What each hook is to refuse, by its ID.
REFUSED = {
    "ruff-check": ("wrong.py", "import os\n"),
    "ruff-format": ("ugly.py", '"""Ugly."""\n\nx = [1,2]\n'),
    "trailing-whitespace": ("spaces.md", "a  \n"),
    "end-of-file": ("open.md", "a"),
    "line-endings": ("dos.md", "a\r\nb\r\n"),
    "yaml": ("broken.yaml", "a: [1\n"),
    "json": ("broken.json", "{\n"),
    "toml": ("broken.toml", "a =\n"),
    "large-file": ("large.txt", "0123456789abcde\n" * 40_000),
    "private-key": ("key.pem", "-----BEGIN RSA " + "PRIVATE KEY-----\n"),
    "live-key": ("stripe.txt", f"key = {LIVE_KEY}\n"),
    "wording": ("wording.md", "the rehear" + "sal\n"),
    "stack-file": ("Pulumi.prod.yaml", "config:\n  order-webhooks:stripeApiKey: sk_test_1\n"),
}
# These need more than a file: an unfinished merge, a second name, the whole project.
NOT_TRIED = {"merge-conflict", "case-conflict", "mypy", "unit-tests"}

TAKEN = {
    "right.py": '"""Right."""\n',
    "example.md": "AKIAIOSFODNN7EXAMPLE is AWS's own example.\n",
    "Pulumi.prod.yaml": "config:\n  order-webhooks:stripeApiKey:\n    secure: v1:abc:def\n",
}


def run_hooks(directory: Path, files: Mapping[str, str]) -> dict[str, str]:
    """Return the result of each hook on the files of a new repository: Passed, Failed or Skipped."""
    if not shutil.which("git"):
        pytest.skip("the hooks are git's, and there is no git on this machine")
    for name, content in files.items():
        (directory / name).write_bytes(content.encode())
    config = directory / ".pre-commit-config.yaml"
    # In place of the names for people, the IDs.
    config.write_text(
        re.sub(
            r"- id: (\S+)\n( +)name: .*",
            r"- id: \1\n\2name: \1",
            (ROOT / ".pre-commit-config.yaml").read_text(),
        )
    )
    (directory / ".venv").symlink_to(sys.prefix)
    (directory / "tools").symlink_to(ROOT / "tools")
    (directory / ".gitignore").write_text(".venv\ntools\n")
    environment = {
        **os.environ,
        "PRE_COMMIT_HOME": str(directory.parent / "cache"),
        "PRE_COMMIT_COLOR": "never",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    for command in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=directory, env=environment, check=True)
    hooks = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--all-files"],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = re.findall(r"^([a-z-]+)\.+(?:\([^)]*\))?(Passed|Failed|Skipped)$", hooks.stdout, re.MULTILINE)
    assert said, hooks.stdout + hooks.stderr
    assert (hooks.returncode != 0) == ("Failed" in dict(said).values())
    return dict(said)


def test_each_hook_refuses_what_it_is_for(tmp_path: Path) -> None:
    directory = tmp_path / "bad"
    directory.mkdir()
    said = run_hooks(directory, dict(REFUSED.values()))
    assert {hook for hook, result in said.items() if result == "Failed"} == set(REFUSED)


def test_no_hook_refuses_what_is_right(tmp_path: Path) -> None:
    directory = tmp_path / "good"
    directory.mkdir()
    assert "Failed" not in run_hooks(directory, TAKEN).values()


def test_every_hook_is_tried() -> None:
    config = (ROOT / ".pre-commit-config.yaml").read_text()
    assert set(re.findall(r"- id: (\S+)", config)) == REFUSED.keys() | NOT_TRIED
