"""Our provider alone, called over gRPC as the engine calls it, with everything that the program declares."""

from __future__ import annotations

import asyncio
import contextvars
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime import Settings, configure, run_in_stack, set_all_config
from pulumi.runtime.mocks import MockEngine, MockMonitor
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, resource_pb2

from infra.settings import SETTINGS_KEY
from local.deployer.creators import CREATORS
from local.emulator import Emulator, running_emulator
from tests.engine.deletions import DELETIONS, list_cloud
from tests.engine.engine import run_program
from tests.engine.provider import Provider, serving
from tests.engine.replacements import REPLACING
from tests.support.pulumi_graph import PROJECT, Graph

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

SETTINGS = {
    "api": {"auth": "none", "cors": {"origins": ["https://shop.test"]}},
    "functions": {"build_for": "host"},
    "encryption": {"customer_managed_key": True},
}


@dataclass(frozen=True)
class Registered:
    """A resource of the program: what it asked for, and what the provider returned."""

    urn: str
    type: str
    inputs: struct_pb2.Struct
    id: str
    properties: struct_pb2.Struct


class Monitor(MockMonitor):
    """Passes every registration to a provider, as the engine does."""

    def __init__(self, stub: Any) -> None:
        super().__init__(Graph())
        self._stub = stub
        self.registered: list[Registered] = []

    def invoke(self, request: Any) -> Any:
        answer = self._stub.Invoke(provider_pb2.InvokeRequest(tok=request.tok, args=request.args))
        return resource_pb2.ResourceInvokeResponse(**{"return": getattr(answer, "return")})

    Invoke = invoke

    def register_resource(self, request: Any) -> Any:
        urn = self.make_urn(request.parent, request.type, request.name)
        if not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        made = self._stub.Create(provider_pb2.CreateRequest(urn=urn, properties=request.object))
        self.registered.append(Registered(urn, request.type, request.object, made.id, made.properties))
        return resource_pb2.RegisterResourceResponse(urn=urn, id=made.id, object=made.properties)

    RegisterResource = register_resource


@dataclass
class Deployed:
    emulator: Emulator
    stub: Any
    resources: list[Registered] = field(default_factory=list)


def _deploy(monitor: Monitor) -> None:
    async def run() -> None:
        configure(Settings(PROJECT, "alone", monitor=monitor, engine=MockEngine(None), dry_run=False))
        set_all_config({SETTINGS_KEY: json.dumps(SETTINGS)}, [])
        await run_in_stack(run_program)

    with asyncio.Runner() as runner:
        runner.run(run())


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    directory: Path = tmp_path_factory.mktemp("provider")
    with ExitStack() as running:
        emulator = running.enter_context(running_emulator(work_directory=directory))
        port = running.enter_context(serving(Provider(emulator, "alone")))
        channel = running.enter_context(grpc.insecure_channel(f"127.0.0.1:{port}"))
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        monitor = Monitor(stub)
        contextvars.Context().run(_deploy, monitor)
        yield Deployed(emulator, stub, monitor.registered)


def _diff(deployed: Deployed, resource: Registered, news: struct_pb2.Struct) -> Any:
    request = provider_pb2.DiffRequest(urn=resource.urn, old_inputs=resource.inputs, news=news)
    return deployed.stub.Diff(request)


def test_the_same_inputs_change_nothing(deployed: Deployed) -> None:
    for each in deployed.resources:
        assert _diff(deployed, each, each.inputs).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_property_that_forces_a_new_resource_replaces_it_and_others_do_not(deployed: Deployed) -> None:
    machine = next(each for each in deployed.resources if each.type.endswith(":StateMachine"))
    for name, replaces in [("type", ["type"]), ("roleArn", [])]:
        news = struct_pb2.Struct()
        news.CopyFrom(machine.inputs)
        news[name] = "another"
        answer = _diff(deployed, machine, news)
        assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
        assert list(answer.replaces) == replaces


def test_every_type_that_can_be_updated_keeps_its_id(deployed: Deployed) -> None:
    for each in deployed.resources:
        if {"lambda/layerVersion", "lambda/permission"} & {each.type.split(":")[1]}:
            continue  # they have nothing that an update could change
        request = provider_pb2.UpdateRequest(
            id=each.id, urn=each.urn, olds=each.properties, news=each.inputs, old_inputs=each.inputs
        )
        assert deployed.stub.Update(request).properties == each.properties, each.urn


def test_deletion_leaves_nothing(deployed: Deployed) -> None:
    assert list_cloud(deployed.emulator)
    for each in reversed(deployed.resources):
        deployed.stub.Delete(provider_pb2.DeleteRequest(id=each.id, urn=each.urn, properties=each.properties))
    assert list_cloud(deployed.emulator) == set()


def test_every_type_that_the_deployer_creates_can_be_deleted_and_replaced() -> None:
    assert DELETIONS.keys() == REPLACING.keys() == CREATORS.keys()
