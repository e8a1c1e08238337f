"""The dependency direction, and that importing a module has no effect."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "functions",
    "infra",
    "local",
    "ops",
    "receiver",
    "tools",
    "workflow_definitions",
)

# What the modules below a path may not import.
FORBIDDEN = {
    "workflow_definitions": ("pulumi", "pulumi_aws", "boto3", "botocore", "functions", "infra", "local"),
    "functions/domain": (
        "pulumi",
        "boto3",
        "botocore",
        "aws_lambda_powertools",
        "functions.adapters",
        "functions.handlers",
    ),
    "functions/adapters": ("functions.handlers",),
    "functions": (
        "pulumi",
        "pulumi_aws",
        "infra",
        "tools.openapi",
        "local",
        "receiver",
        "workflow_definitions",
    ),
    "ops": ("pulumi", "functions.handlers", "infra", "local", "receiver"),
    "infra": ("boto3", "botocore", "functions", "tools.openapi", "local", "receiver"),
    "tools/openapi": (
        "pulumi",
        "boto3",
        "botocore",
        "aws_lambda_powertools",
        "functions.adapters",
        "functions.environment",
        "functions.handlers",
        "infra",
        "local",
        "receiver",
        "workflow_definitions",
    ),
    # A run of the program knows nothing of what it runs: it serves the handbook and the tests.
    "tools/program_graph": (
        "pulumi_aws",
        "boto3",
        "botocore",
        "functions",
        "tools.docs_generator",
        "infra",
        "tools.openapi",
        "local",
        "ops",
        "receiver",
        "workflow_definitions",
    ),
    "tools/docs_generator": (
        "pulumi",
        "pulumi_aws",
        "boto3",
        "botocore",
        "functions.adapters",
        "functions.handlers",
        "tools.openapi",
        "local",
        "ops",
        "receiver",
    ),
    "infra/iam.py": ("pulumi", "pulumi_aws"),
    "infra/monitoring/alarm.py": ("pulumi", "pulumi_aws"),
    "infra/monitoring/alarm_catalogue.py": ("pulumi", "pulumi_aws"),
    "infra/monitoring/dashboard_body.py": ("pulumi", "pulumi_aws"),
    "infra/webhooks/delivery_policy.py": ("pulumi", "pulumi_aws"),
    "infra/webhooks/backoff.py": ("pulumi", "pulumi_aws"),
    "tools/iam_documents/deployer": ("pulumi", "pulumi_aws"),
    "infra/encryption/key_policy.py": ("pulumi", "pulumi_aws"),
    "infra/encryption/key_use.py": ("pulumi", "pulumi_aws"),
    "infra/naming.py": ("pulumi", "pulumi_aws"),
    "receiver": (
        "pulumi",
        "boto3",
        "botocore",
        "pydantic",
        "functions",
        "infra",
        "local",
        "workflow_definitions",
    ),
}


def modules_below(path: str) -> list[Path]:
    place = ROOT / path
    return [place] if place.suffix else sorted(place.rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        # A relative import cannot leave its package.
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FORBIDDEN)
def test_imports_go_one_way(path: str) -> None:
    modules = modules_below(path)
    assert modules
    for module in modules:
        for imported in imports_of(module):
            for forbidden in FORBIDDEN[path]:
                assert imported != forbidden, f"{module} imports {forbidden}"
                assert not imported.startswith(f"{forbidden}."), f"{module} imports {imported}"


@pytest.mark.parametrize("path", [each for each in PACKAGES if each != "tools"])
def test_nothing_that_runs_needs_what_looks_at_it(path: str) -> None:
    """Neither the tests nor the developers' tools."""
    forbidden = {"tests", "tools"} - {path}
    for module in modules_below(path):
        used = {imported.partition(".")[0] for imported in imports_of(module)}
        assert not used & forbidden, module


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

# What the libraries read when they are first imported is theirs.
import boto3, botocore.session, cryptography, pulumi, pulumi_aws, pydantic, rich, yaml
import aws_lambda_powertools, aws_lambda_powertools.utilities.batch
import aws_lambda_powertools.utilities.data_classes, aws_lambda_powertools.utilities.typing
import boto3.dynamodb.types, hypercorn.asyncio, stripe

def refuse(*a, **k): raise AssertionError("a client was made at import")
boto3.client = boto3.resource = boto3.Session = refuse
pulumi.Config = refuse
os.environ = Watched(os.environ)
os.getenv = lambda key, default=None: os.environ.get(key, default)
threads = threading.active_count()
for name in sys.argv[1:]:
    importlib.import_module(name)
assert threading.active_count() == threads, "a thread was started at import"
ours = [key for key in read if not key.startswith(("PYTHON", "PYDANTIC"))]
assert not ours, f"read at import: {ours}"
"""


def test_importing_any_module_has_no_effect() -> None:
    modules = [name for name in all_modules() if not name.startswith("local")]
    watched = subprocess.run(
        [sys.executable, "-c", WATCH, *modules], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert watched.returncode == 0, watched.stderr
