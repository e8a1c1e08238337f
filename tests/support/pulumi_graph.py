"""The program's recording, as the tests know it."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
from collections.abc import Mapping
from functools import cache
from typing import Any

import pulumi
import pytest
from pulumi.runtime.proto import source_pb2

from infra.lambdas import factory, python_function
from infra.packaging import build_layer, function_archive, size
from tests.support.shared_files import shared_file
from tools.program_graph import AWS, CHINA, GOVCLOUD, PROJECT, ROOT, Cloud, Graph, Resource, record
from tools.program_graph import record_main as record_main_anew

__all__ = [
    "AWS",
    "CHINA",
    "GOVCLOUD",
    "PROJECT",
    "ROOT",
    "Graph",
    "Resource",
    "record",
    "record_main",
    "record_main_anew",
]

# The same code is packaged every time.
_CACHED = [
    (factory, "build_layer", cache(build_layer)),
    (python_function, "function_archive", cache(function_archive)),
    (size, "_measure", cache(size._measure)),
]


def record_main(
    settings: Mapping[str, Any] | None = None,
    *,
    secrets: Mapping[str, str] | None = None,
    preview: bool = False,
    secret_settings: bool = False,
    project: str = PROJECT,
    stack: str = "test",
    cloud: Cloud = AWS,
) -> Graph:
    """Record the real program, once for each choice: nobody changes a graph, and making it takes seconds."""
    choice = json.dumps([settings, dict(secrets or {}), preview, secret_settings, project, stack])
    return _record(choice, cloud)


@cache
def _record(choice: str, cloud: Cloud) -> Graph:
    settings, secrets, preview, secret_settings, project, stack = json.loads(choice)
    # A preview has values that Pulumi compares by identity, so a copy would not do.
    name = f"{hashlib.sha256(f'{choice} {cloud}'.encode()).hexdigest()}.recording"
    shared = None if preview else shared_file(name)
    if shared is not None and shared.exists():
        graph: Graph = pickle.loads(shared.read_bytes())
        return graph
    with pytest.MonkeyPatch.context() as patched:
        for module, name, function in _CACHED:
            patched.setattr(module, name, function)
        # Pulumi shows them beside errors of its engine; here they would be an eighth of the work.
        patched.setattr(pulumi.runtime.resource, "_get_stack_trace", source_pb2.StackTrace)
        graph = record_main_anew(
            settings,
            secrets=secrets,
            preview=preview,
            secret_settings=secret_settings,
            project=project,
            stack=stack,
            cloud=cloud,
        )
    if shared is not None:
        own = shared.with_suffix(f".{os.getpid()}")
        own.write_bytes(pickle.dumps(graph))
        own.replace(shared)
    return graph
