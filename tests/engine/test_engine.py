"""The program under Pulumi's own engine, with a plugin instead of AWS: skipped where there is no CLI."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.pulumi_graph import PROJECT, ROOT, record_main

pytestmark = pytest.mark.skipif(
    not shutil.which("pulumi"),
    reason="the Pulumi CLI is not on this machine: https://www.pulumi.com/docs/install/",
)

STRIPE_KEY = "rk_live_a-marker-that-is-nowhere-else"


@dataclass(frozen=True)
class Engine:
    """A stack with a state of its own."""

    project: Path
    environment: Mapping[str, str]

    def run(self, *command: str, succeeds: bool = True) -> str:
        done = subprocess.run(
            ["pulumi", *command, "--non-interactive", "--color=never"],
            cwd=self.project,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert (done.returncode == 0) == succeeds, said
        return done.stdout if succeeds else said

    def up(self) -> dict[str, int]:
        """Deploy and return how many resources each thing happened to."""
        self.run("up", "--yes")
        history = json.loads(self.run("stack", "history", "--json", "--page-size=1"))
        return history[0]["resourceChanges"]

    def state_files(self) -> list[Path]:
        backend = Path(self.environment["PULUMI_BACKEND_URL"].removeprefix("file://"))
        return [file for file in backend.rglob("*") if file.is_file()]


def make_engine(directory: Path, stack: str) -> Engine:
    """Make a project of links to ours: what the CLI writes there does not end up in the repository."""
    project, plugins, state = (directory / name for name in ("project", "plugins", "state"))
    for each in (project, plugins, state):
        each.mkdir()
    for entry in ROOT.iterdir():
        if not entry.name.startswith((".", "Pulumi.")):
            (project / entry.name).symlink_to(entry)
    runtime = {"name": "python", "options": {"virtualenv": sys.prefix}}
    (project / "Pulumi.yaml").write_text(yaml.safe_dump({"name": PROJECT, "runtime": runtime}))
    shutil.copy(ROOT / f"Pulumi.{stack}.yaml", project)
    plugin = plugins / "pulumi-resource-aws"
    plugin.write_text(f'#!/bin/sh\ncd "{ROOT}" && exec "{sys.executable}" -m tests.engine.aws_plugin "$@"\n')
    plugin.chmod(plugin.stat().st_mode | stat.S_IXUSR)
    engine = Engine(
        project,
        {
            "PATH": f"{plugins}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(directory),
            "PULUMI_HOME": str(directory / "home"),
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "a test's",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        },
    )
    engine.run("stack", "init", stack)
    return engine


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    engine = make_engine(tmp_path_factory.mktemp("prod"), "prod")
    engine.run("config", "set", "--secret", "order-webhooks:stripeApiKey", STRIPE_KEY)
    return engine


def settings_of(engine: Engine) -> Any:
    return yaml.safe_load((engine.project / "Pulumi.prod.yaml").read_text())["config"][f"{PROJECT}:settings"]


def test_a_second_deployment_changes_nothing(prod: Engine) -> None:
    graph = record_main(settings_of(prod), secrets={"stripeApiKey": STRIPE_KEY})
    # Beside what the program declares there are the stack and its provider; the latter is not counted.
    assert prod.up() == {"create": len(graph.resources) + 1}
    assert prod.up() == {"same": len(graph.resources) + 1}


def test_a_secret_is_nowhere_in_the_state_in_plain_text(prod: Engine) -> None:
    files = prod.state_files()
    assert any(b"rk_live" not in file.read_bytes() and b"ciphertext" in file.read_bytes() for file in files)
    for file in files:
        assert STRIPE_KEY.encode() not in file.read_bytes(), file
    for shown in (
        prod.run("stack", "output", "--json"),
        prod.run("stack", "export"),
        prod.run("preview", "--diff"),
    ):
        assert STRIPE_KEY not in shown
    # It is the key, after all: who may decrypt the state sees it.
    assert STRIPE_KEY in prod.run("stack", "export", "--show-secrets")


def test_production_cannot_be_destroyed_by_a_command(prod: Engine) -> None:
    said = prod.run("destroy", "--yes", succeeds=False)
    assert "because it is protected" in said
    assert json.loads(prod.run("stack", "export"))["deployment"]["resources"][1:]
    assert set(prod.up()) == {"same"}


def test_a_preview_says_what_a_changed_setting_changes(prod: Engine) -> None:
    prod.run("config", "set", "--path", "order-webhooks:settings.functions.memory_megabytes", "1024")
    steps = json.loads(prod.run("preview", "--json"))["steps"]
    changed = {step["urn"].split("::")[-2].split("$")[-1] for step in steps if step["op"] != "same"}
    assert changed == {"aws:lambda/function:Function"}
