"""Run a program under Pulumi's mocks and record what it declares."""

from __future__ import annotations

import asyncio
import contextvars
import json
import runpy
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

import pulumi
from google.protobuf import json_format  # type: ignore[import-untyped]  # has no stubs
from pulumi.runtime.mocks import MockEngine, MockMonitor
from pulumi.runtime.stack import Stack

from tools.program_graph.graph import Graph
from tools.program_graph.outputs import AWS, Cloud

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "order-webhooks"
# Of the settings, whatever the project is called.
NAMESPACE = "order-webhooks"


class _Monitor(MockMonitor):
    """Records the parts of a registration that Pulumi does not pass to mocks."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self._graph = graph

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802, ANN401 - Pulumi's own name and type
        key = (request.type, request.name)
        if request.protect:
            self._graph.protected.add(key)
        if request.parent:
            self._graph.parents[key] = request.parent
        self._graph.dependencies[key] = {_type_and_name(urn) for urn in request.dependencies}
        if request.HasField("replacement_trigger"):
            self._graph.triggers[key] = json_format.MessageToDict(request.replacement_trigger)
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]  # Pulumi's mocks


def _type_and_name(urn: str) -> tuple[str, str]:
    _, _, types, name = urn.split("::", 3)
    return types.rpartition("$")[2], name


def record(
    program: Callable[[], None],
    *,
    config: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    preview: bool = False,
    project: str = PROJECT,
    stack: str = "test",
    cloud: Cloud = AWS,
) -> Graph:
    """Run a program under mocks to its end and return what it registered; an error in any apply is raised.

    Pulumi keeps the state of a run in context variables. Each run has a context of its own, so runs do not
    affect each other.
    """
    graph = contextvars.Context().run(
        _record, program, dict(config or {}), dict(secrets or {}), (project, stack), preview, cloud
    )
    if not graph.resources:
        raise LookupError("the program registered nothing")
    return graph


def _record(
    program: Callable[[], None],
    config: dict[str, str],
    secrets: dict[str, str],
    names: tuple[str, str],
    preview: bool,  # noqa: FBT001 - of a private function
    cloud: Cloud,
) -> Graph:
    graph = Graph(preview=preview, cloud=cloud)
    monitor = _Monitor(graph)

    async def run() -> None:
        pulumi.runtime.configure(
            pulumi.runtime.Settings(*names, monitor=monitor, engine=MockEngine(None), dry_run=preview)
        )
        pulumi.runtime.set_all_config({**config, **secrets}, list(secrets))
        await pulumi.runtime.run_in_stack(partial(_settle, program))
        exports = cast("Stack", pulumi.runtime.get_root_resource()).outputs
        for name, value in exports.items():
            output = pulumi.Output.from_input(value)
            graph.outputs[name] = await output.future() if await output.is_known() else pulumi.UNKNOWN

    with asyncio.Runner() as runner:
        runner.run(run())
    graph.urns = list(monitor.resources)
    return graph


async def _settle(program: Callable[[], None]) -> None:
    """Run a program and wait until it has no task left.

    Pulumi's own wait goes through all tasks whenever one ends, which is a third of the time of a recording.
    The outputs that failed are left to it.
    """
    program()
    while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(tasks)


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
    """Record the real program with the settings and the secrets of a stack file.

    It packages no bytecode, unless the settings ask for it: a recording needs no interpreter of Lambda's.
    `secret_settings` is what Pulumi says of settings in which one value is encrypted.
    """
    own = {f"{NAMESPACE}:settings": json.dumps(_without_bytecode(settings))}

    def main() -> None:
        runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")

    encrypted = {f"{NAMESPACE}:{name}": value for name, value in (secrets or {}).items()}
    if secret_settings:
        own, encrypted = {}, {**own, **encrypted}
    return record(
        main, config=own, secrets=encrypted, preview=preview, project=project, stack=stack, cloud=cloud
    )


def _without_bytecode(settings: Mapping[str, Any] | None) -> Mapping[str, Any]:
    functions = (settings or {}).get("functions", {})
    return {**(settings or {}), "functions": {"bytecode": False, **functions}}
