"""The failure this guards against: `pulumi new <this repository>` making a project that does not deploy."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.settings import NAMESPACE
from tests.engine.engine import BUILT
from tests.support.pulumi_graph import ROOT

PROJECT = "shop-orders"
DESCRIPTION = "The shop's orders"
# What `pulumi new` replaces in every file that it copies:
# https://www.pulumi.com/docs/iac/guides/building-extending/packages/project-templates/
PLACEHOLDERS = {"${PROJECT}": PROJECT, "${DESCRIPTION}": DESCRIPTION}
RECORD = """
import json, sys
from tools.program_graph import record_main
from tools.iam_documents.place import PROJECT
from local.deployer.program import project_name
settings = {"api": {"throttle": {"burst": 7}}}
graph = record_main(settings, project=project_name(), stack="dev")
stage = graph.named("aws:apigatewayv2/stage:Stage", "api").inputs
queues = [each.inputs["tags"] for each in graph.of_type("aws:sqs/queue:Queue")]
json.dump({"burst": stage["defaultRouteSettings"]["throttlingBurstLimit"],
           "projects": sorted({each["project"] for each in queues}), "policies": PROJECT,
           "outputs": sorted(graph.outputs)}, sys.stdout)
"""


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    return [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def template() -> dict[str, Any]:
    section: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["template"]
    return section


def apply(target: Path) -> None:
    """Make a project of the template, as `pulumi new` does."""
    for name in tracked_files():
        content = (ROOT / name).read_bytes()
        for placeholder, value in PLACEHOLDERS.items():
            content = content.replace(placeholder.encode(), value.encode())
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(content)
    file = target / "Pulumi.yaml"
    project = yaml.safe_load(file.read_text())
    del project["template"]
    file.write_text(yaml.safe_dump({**project, "name": PROJECT, "description": DESCRIPTION}))


def check(project: Path) -> None:
    """Fail unless the program of a new project reads its settings and has its name."""
    done = subprocess.run(
        [sys.executable, "-c", RECORD], cwd=project, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["burst"], found["projects"], found["policies"]) == (7, [PROJECT], PROJECT)
    assert {"orders_endpoint", "topic_arn"} <= set(found["outputs"])


def test_the_prompts_are_for_what_the_program_reads() -> None:
    assert {key.partition(":")[0] for key in template()["config"]} <= {"aws", NAMESPACE}
    for key, prompt in template()["config"].items():
        assert set(prompt) <= {"description", "default", "secret"}, key
        assert prompt["description"], key


def test_no_file_has_a_placeholder_that_is_not_meant() -> None:
    for name in tracked_files():
        if name != Path("tests/project/test_template.py"):
            content = (ROOT / name).read_bytes()
            assert not [each for each in PLACEHOLDERS if each.encode() in content], name


@pytest.mark.slow
def test_a_project_of_another_name_is_recorded(tmp_path: Path) -> None:
    apply(tmp_path)
    check(tmp_path)


@pytest.mark.slow
def test_pulumi_new_makes_such_a_project(tmp_path: Path) -> None:
    command = shutil.which("pulumi") or shutil.which(str(BUILT / "bin" / "pulumi"))
    if command is None:
        pytest.skip("there is no Pulumi CLI: `make engine` builds one")
    source, target = tmp_path / "template", tmp_path / "project"
    for name in tracked_files():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
    target.mkdir()
    options = ["--generate-only", "--yes", "--offline", "--name", PROJECT, "--description", DESCRIPTION]
    home = {"PULUMI_HOME": str(tmp_path / "home"), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    done = subprocess.run(
        [command, "new", str(source), "--dir", str(target), *options],
        env={**os.environ, **home},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    # A CLI that was built alone has no plugin for Python, which it looks for when the project is there.
    assert done.returncode == 0 or "no language plugin" in done.stderr, done.stdout + done.stderr
    made = yaml.safe_load((target / "Pulumi.yaml").read_text())
    assert (made["name"], made["description"]) == (PROJECT, DESCRIPTION)
    assert "template" not in made
    check(target)
