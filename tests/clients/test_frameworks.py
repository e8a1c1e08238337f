"""The failure this guards against: a parsed body taken for a forgery, so that its event is not sent again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.clients.environment import EXAMPLES_MODULES, HERE, NODE, PYTHON, needs_node, needs_python, run

pytestmark = pytest.mark.slow

# One byte more than the kits accept.
TOO_LONG = f"{1024 * 1024 + 1} bytes"
IN_PYTHON = {
    "flask": "the body",
    "flask, parsed as JSON before": "the body",
    "flask, read as a form before": "TypeError: the body was read before",
    "flask, a long body": "RequestEntityTooLarge: 413",
    "flask, another object": "TypeError: pass the request of Flask, not dict",
    "django": "the body",
    "django, read as a form before": "the body",
    "django, read as a stream before": "RawPostDataException: ",
    "django, another object": "TypeError: pass the request of Django, not NoneType",
    "starlette": "the body",
    "starlette, parsed as JSON before": "the body",
    "starlette, read as a stream before": "RuntimeError: Stream consumed",
    "starlette, a long body": TOO_LONG,
    "starlette, another object": "TypeError: pass the request of FastAPI or Starlette, not bytes",
}
EXPRESS_ADVICE = "TypeError: the body was read before: register this route before express.json()"
IN_NODE = {
    "express": "the body",
    "express, in chunks": "the body",
    "express, raw": "the body",
    "express, text before that JSON parser": "the body",
    "express, parsed as JSON before": EXPRESS_ADVICE,
    "express, parsed as text before": EXPRESS_ADVICE,
    "express, a long body": TOO_LONG,
    "express, another object": "TypeError: pass Express's request",
    "fastify, raw": "the body",
    "fastify, parsed as JSON": "TypeError: Fastify has parsed the body: register this route in a plugin",
    "fastify, another object": "TypeError: pass Fastify's request",
    "node": "the body",
    "node, read before": "TypeError: the body was read before",
    "node, a long body": TOO_LONG,
    "node, another object": "TypeError: pass Node's request",
    "fetch": "the body",
    "fetch, read before": "TypeError: the body was read before",
    "fetch, a long body": TOO_LONG,
    "fetch, another object": "TypeError: pass the Fetch Request",
}


@needs_python
def test_requests_of_frameworks_in_python(tmp_path: Path, python_kit: Path) -> None:
    script = HERE / "callers_of_frameworks.py"
    printed = json.loads(run([PYTHON, script], tmp_path, environment={"PYTHONPATH": str(python_kit)}))
    assert set(printed) == set(IN_PYTHON)
    for name, expected in IN_PYTHON.items():
        assert printed[name].startswith(expected), (name, printed[name])


@needs_node
def test_requests_of_frameworks_in_node(tmp_path: Path) -> None:
    script = tmp_path / "callers.mjs"
    script.write_bytes((HERE / "callers_of_frameworks.mjs").read_bytes())
    (tmp_path / "node_modules").symlink_to(EXAMPLES_MODULES)
    printed = json.loads(run([str(NODE), script], tmp_path))
    assert set(printed) == set(IN_NODE)
    for name, expected in IN_NODE.items():
        assert printed[name].startswith(expected), (name, printed[name])
