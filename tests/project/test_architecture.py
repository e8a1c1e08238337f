"""The dependency contracts of .importlinter, and that importing a module has no effect."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / ".importlinter"
PACKAGES = ("functions", "infra", "local", "ops", "receiver", "tools", "workflow_definitions")

# By contract, imports that it must refuse: the importing package or module, and what it imports.
VIOLATIONS: Mapping[str, list[tuple[str, str]]] = {
    "infra-layers": [
        ("infra.api", "infra.intake"),
        ("infra.intake", "infra.workflow"),
        ("infra.workflow", "infra.webhooks"),
        ("infra.webhooks", "infra.storage"),
        ("infra.storage", "infra.monitoring"),
        ("infra.monitoring", "infra.encryption"),
        ("infra.encryption", "infra.api"),
        ("infra.storage", "infra.stack"),
        ("infra.settings", "infra.storage"),
        ("infra.work_queue", "infra.lambdas"),
        ("infra.lambdas", "infra.api"),
        ("infra.iam", "infra.lambdas"),
        ("infra.packaging", "infra.storage"),
    ],
    "whole-settings": [("infra.api", "infra.settings.model"), ("infra.workflow", "infra.settings.loading")],
    "infra-imports": [
        ("infra", "boto3"),
        ("infra.stack", "functions.handlers"),
        ("infra.api", "functions.adapters"),
        ("infra.intake", "functions.http"),
        ("infra.workflow", "functions.runtime"),
        ("infra.storage", "local"),
        ("infra.webhooks", "receiver"),
        ("infra.monitoring", "ops"),
        ("infra.encryption", "tools"),
        ("infra.packaging", "tests"),
    ],
    "functions-layers": [
        ("functions.runtime", "functions.handlers"),
        ("functions.http", "functions.runtime"),
        ("functions.http", "functions.adapters"),
        ("functions.adapters", "functions.http"),
        ("functions.domain", "functions.adapters"),
        ("functions.domain", "functions.handlers"),
        ("functions.domain", "functions.http"),
        ("functions.http", "functions.adapters"),
        ("functions.adapters", "functions.http"),
        ("functions.adapters", "functions.runtime"),
        ("functions.runtime", "functions.handlers"),
    ],
    "functions-imports": [
        ("functions.domain", "infra"),
        ("functions.handlers", "tools"),
        ("functions.adapters", "workflow_definitions"),
    ],
    "domain-imports": [
        ("functions.domain", "boto3"),
        ("functions.domain", "http"),
        ("functions.domain", "pulumi"),
        ("functions.domain", "aws_lambda_powertools"),
    ],
    "workflow-definitions-imports": [
        ("workflow_definitions", "pulumi"),
        ("workflow_definitions.order", "infra"),
        ("workflow_definitions.order", "functions"),
    ],
    "builders-imports": [
        ("infra.iam", "pulumi"),
        ("infra.naming", "pulumi_aws"),
        ("infra.monitoring.alarm_catalogue", "pulumi"),
        ("infra.webhooks.delivery_policy", "pulumi"),
        ("infra.encryption.key_policy", "pulumi"),
    ],
    "ops-imports": [
        ("ops", "functions.handlers"),
        ("ops", "functions.http"),
        ("ops", "functions.runtime"),
        ("ops", "infra"),
        ("ops", "local"),
    ],
    "receiver-imports": [("receiver", "functions"), ("receiver", "boto3"), ("receiver", "pydantic")],
    "local-imports": [("local", "tools"), ("local", "tests")],
    "openapi-imports": [("tools.openapi", "infra"), ("tools.openapi", "functions.handlers")],
    "program-graph-imports": [("tools.program_graph", "infra"), ("tools.program_graph", "tools.openapi")],
    "iam-documents-imports": [("tools.iam_documents", "pulumi")],
    "docs-generator-imports": [
        ("tools.docs_generator", "local"),
        ("tools.docs_generator", "functions.handlers"),
    ],
}


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache"],
        cwd=root,
        # Wide enough that no name of a contract is wrapped.
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def contract_names() -> dict[str, str]:
    config = configparser.ConfigParser()
    config.read(CONFIG)
    start = "importlinter:contract:"
    return {each.removeprefix(start): config[each]["name"] for each in config if each.startswith(start)}


def file_of(root: Path, module: str) -> Path:
    path = root.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@pytest.fixture(scope="module")
def report_of_violations(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report on a copy of the packages to which every violation has been added."""
    root = tmp_path_factory.mktemp("violating")
    shutil.copy(CONFIG, root)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    for violations in VIOLATIONS.values():
        for importer, imported in violations:
            with file_of(root, importer).open("a") as file:
                file.write(f"\nimport {imported}\n")
    checked = lint_imports(root)
    assert checked.returncode == 1, checked.stdout + checked.stderr
    return checked.stdout


def test_every_contract_is_kept() -> None:
    checked = lint_imports(ROOT)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("contract", contract_names())
def test_each_contract_fails_when_it_is_violated(contract: str, report_of_violations: str) -> None:
    _, *parts = re.split(r"^(.+)\n-+\n", report_of_violations, flags=re.MULTILINE)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    section = sections[contract_names()[contract]]
    for importer, imported in VIOLATIONS[contract]:
        assert re.search(rf"^- +{importer} -> {imported} \(l\.\d+", section, re.MULTILINE), section


def test_every_package_is_checked() -> None:
    """A new package belongs into the contracts."""
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert folders == set(PACKAGES)


def all_modules() -> list[str]:
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    return [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]


WATCH = """
import importlib, os, sys, threading

read = []
class Watched(dict):
    def __getitem__(self, key): read.append(key); return super().__getitem__(key)
    def get(self, key, default=None): read.append(key); return super().get(key, default)
    def __contains__(self, key): read.append(key); return super().__contains__(key)

# What the libraries read when they are first imported is theirs.
import boto3, botocore.session, cryptography, pulumi, pulumi_aws, pydantic, rich, yaml
import aws_lambda_powertools, aws_lambda_powertools.utilities.batch
import aws_lambda_powertools.utilities.data_classes, aws_lambda_powertools.utilities.typing
import boto3.dynamodb.types, hypercorn.asyncio, nicegui, playwright.sync_api, stripe
import xml.sax

def refuse(*a, **k): raise AssertionError("a client was made at import")
boto3.client = boto3.resource = boto3.Session = refuse
pulumi.Config = refuse
os.environ = Watched(os.environ)
os.getenv = lambda key, default=None: os.environ.get(key, default)
threads = threading.active_count()
for name in sys.argv[1:]:
    importlib.import_module(name)
assert threading.active_count() == threads, "a thread was started at import"
# A handler asks for nothing but whether this is Lambda's init phase.
allowed = ("PYTHON", "PYDANTIC", "AWS_LAMBDA_INITIALIZATION_TYPE")
ours = [key for key in read if not key.startswith(allowed)]
assert not ours, f"read at import: {ours}"
"""


def test_importing_any_module_has_no_effect() -> None:
    modules = [name for name in all_modules() if not name.startswith("local")]
    watched = subprocess.run(
        [sys.executable, "-c", WATCH, *modules], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert watched.returncode == 0, watched.stderr
