"""The failure this guards against: an OpenAPI document from which no client can be generated that works."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.clients.environment import HERE, MODULES, NODE, PYTHON, needs_node, needs_python, run
from tests.support.chain import Chain
from tests.support.pulumi_graph import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

DOCUMENT = ROOT / "docs" / "openapi.json"
EXPECTED = {
    "health": "ok",
    "order": "paid",
    "refused": [{"field": "items", "message": "must have at least 1 item"}],
    "webhooks": ["pending_confirmation"],
    "deleted": 204,
}


@pytest.fixture
def hook_url(httpserver: HTTPServer) -> str:
    """The URL of a hook that can be reached and confirms nothing."""
    return httpserver.url_for("/hooks")


@needs_python
def test_a_client_for_python(tmp_path: Path, laptop: Chain, hook_url: str) -> None:
    # It formats what it has written with ruff, which it looks for on the PATH.
    environment = {"PATH": f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}"}
    command = [PYTHON.parent / "openapi-python-client", "generate", "--path", DOCUMENT, "--meta", "none"]
    printed = run([*command, "--output-path", "order_webhooks"], tmp_path, environment=environment)
    assert "Warning" not in printed, printed
    (tmp_path / "generated.py").write_bytes((HERE / "generated.py").read_bytes())
    # What the generator itself writes around the models has errors of its own.
    check = [PYTHON, "-m", "mypy", "--strict", "--follow-imports", "silent", "generated.py"]
    assert "Success" in run(check, tmp_path)
    answer = json.loads(run([PYTHON, "generated.py", laptop.outputs["api_endpoint"], hook_url], tmp_path))
    assert answer == EXPECTED


@needs_node
def test_types_for_typescript(tmp_path: Path, laptop: Chain, hook_url: str) -> None:
    (tmp_path / "node_modules").symlink_to(MODULES)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    run([MODULES / ".bin" / "openapi-typescript", DOCUMENT, "-o", "order-webhooks.d.ts"], tmp_path)
    (tmp_path / "generated.ts").write_bytes((HERE / "generated.ts").read_bytes())
    options = ["--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom"]
    compiler = MODULES / "typescript" / "lib" / "tsc.js"
    run([str(NODE), compiler, *options, "--types", "node", "--outDir", "built", "generated.ts"], tmp_path)
    (tmp_path / "built" / "node_modules").symlink_to(MODULES)
    call = [str(NODE), "built/generated.js", laptop.outputs["api_endpoint"], hook_url]
    answer = json.loads(run(call, tmp_path))
    items = answer.pop("items")
    assert items == [{"sku": "KB-75", "name": "Keyboard", "quantity": 2, "unit_amount": 4995}]
    assert answer == EXPECTED
