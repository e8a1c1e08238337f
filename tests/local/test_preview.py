"""`make preview`: what it hands to the Pulumi CLI, and the CLI's own answer where there is one."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pulumi_aws
import pytest
import yaml

from local import preview
from local.laptop_options import laptop_settings
from tests.support.pulumi_graph import PROJECT, ROOT, record_main

CONFIG = yaml.safe_load((ROOT / "Pulumi.local.yaml").read_text())["config"]
ENDPOINTS = CONFIG["aws:endpoints"][0]

# Stands for the CLI: writes down how it was called, and whether the emulator answered at that moment.
FAKE_CLI = """#!{python}
import json, os, sys, urllib.request, pathlib
call = {{"arguments": sys.argv[1:], "environment": dict(os.environ), "directory": os.getcwd()}}
if "--config-file" in sys.argv:
    import yaml
    file = sys.argv[sys.argv.index("--config-file") + 1]
    call["config"] = yaml.safe_load(pathlib.Path(file).read_text())["config"]
    endpoint = call["config"]["aws:endpoints"][0]["sts"]
    call["health"] = urllib.request.urlopen(endpoint + "/_ministack/health", timeout=60).status
with open({log!r}, "a") as log:
    log.write(json.dumps(call) + "\\n")
print("printed by", sys.argv[1])
sys.exit({code} if sys.argv[1] == "preview" else 0)
"""


@pytest.fixture
def fake_cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a CLI on the path that fails with code 7, and return the file in which it writes down its calls."""
    log, cli = tmp_path / "calls.jsonl", tmp_path / "bin" / "pulumi"
    cli.parent.mkdir()
    cli.write_text(FAKE_CLI.format(python=sys.executable, log=str(log), code=7))
    cli.chmod(cli.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{cli.parent}{os.pathsep}{os.environ['PATH']}")
    return log


def test_the_cli_previews_the_local_stack_against_a_running_emulator(fake_cli, monkeypatch, capfd) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "PULUMI_ACCESS_TOKEN", "PULUMI_STACK"):
        monkeypatch.setenv(name, "the-developers-own")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://the-teams-state")
    assert preview.main(["--diff"]) == 7
    init, run = (json.loads(line) for line in fake_cli.read_text().splitlines())
    # The stack that the developer has selected stays selected.
    assert init["arguments"] == ["stack", "init", "local", "--no-select"]
    assert run["arguments"][:3] == ["preview", "--stack", "local"]
    assert run["arguments"][-1] == "--diff"
    assert run["directory"] == str(ROOT)
    assert run["health"] == 200
    assert capfd.readouterr().out == "printed by preview\n"
    for call in (init, run):
        assert call["environment"]["PULUMI_BACKEND_URL"].startswith((ROOT / ".local" / "preview-").as_uri())
        assert "the-developers-own" not in call["environment"].values()


def test_the_cli_gets_the_stacks_own_configuration_with_the_emulators_address(fake_cli) -> None:
    preview.main([])
    config = json.loads(fake_cli.read_text().splitlines()[1])["config"]
    assert {key: value for key, value in config.items() if key != "aws:endpoints"} == {
        key: value for key, value in CONFIG.items() if key != "aws:endpoints"
    }
    (endpoints,) = config["aws:endpoints"]
    assert endpoints.keys() == ENDPOINTS.keys()
    assert len(set(endpoints.values())) == 1
    assert not list((ROOT / ".local").glob("preview-*"))


def test_without_a_cli_it_says_where_to_get_one(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert preview.main([]) == 2
    assert preview.INSTALL_PAGE in capsys.readouterr().err


def test_make_local_has_the_settings_of_the_local_stack() -> None:
    assert laptop_settings() == CONFIG[f"{PROJECT}:settings"]


def test_every_service_of_the_program_is_led_to_the_emulator() -> None:
    graph = record_main({**CONFIG[f"{PROJECT}:settings"], "encryption": {"customer_managed_key": True}})
    used = {_service(each.type) for each in graph.resources if each.custom} | {"secretsmanager", "sts"}
    assert used == ENDPOINTS.keys()
    known = {name.rstrip("_") for name in vars(pulumi_aws.ProviderEndpointArgs)}
    assert ENDPOINTS.keys() <= known


def _service(type_: str) -> str:
    module, _, kind = type_.removeprefix("aws:").partition("/")
    return "logs" if kind.startswith("log") else module


def install_provider() -> None:
    """Install the AWS provider for the CLI, or skip the test with the CLI's reason."""
    command = ["pulumi", "plugin", "install", "resource", "aws", version("pulumi-aws")]
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines()[-1:]
        pytest.skip(f"the AWS provider cannot be installed: {' '.join(reason)}")


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("pulumi"), reason=f"the Pulumi CLI is not here: {preview.INSTALL_PAGE}")
def test_the_real_cli_previews_the_whole_program(capfd) -> None:
    install_provider()
    assert preview.main(["--json"]) == 0
    shown: Any = json.loads(capfd.readouterr().out)
    created = {
        step["urn"].split("::")[-2].split("$")[-1] for step in shown["steps"] if step["op"] == "create"
    }
    graph = record_main(laptop_settings())
    assert created >= {each.type for each in graph.resources}
    assert not [each for each in shown.get("diagnostics", []) if each["severity"] == "error"]
