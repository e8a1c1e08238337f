"""A provider instead of pulumi-aws: Pulumi's engine calls it, and it deploys to the laptop's emulator.

It creates resources with the deployer's own creators. It cannot show how the real provider checks an input.
It does show the engine's part: what is created, changed, replaced and deleted, and what the state holds.
"""

from __future__ import annotations

import dataclasses
import threading
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime import MockCallArgs, rpc
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from local.deployer import provider as deployer
from local.deployer.creators import CREATORS, SERVICES
from local.deployer.inputs import Inputs, plain
from local.deployer.resource import Created, NewResource
from local.deployer.site import Cloud, Site
from tests.engine.deletions import DELETIONS, Existing
from tests.engine.replacements import REPLACING
from tests.engine.updates import UpdatingClient

_LARGEST_MESSAGE_BYTES = 400 * 1024 * 1024
_THREADS = 16


class PlantedError(Exception):
    """The failure of a resource that a test has chosen."""


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """Deploys to a cloud; `failing` holds the names of resources whose creation fails."""

    def __init__(self, cloud: Cloud, stack: str) -> None:
        self._site = Site.survey(stack, cloud, SERVICES)
        self._calls = deployer.Provider(self._site, CREATORS, None)
        self._lock = threading.Lock()
        self.failing: set[str] = set()
        self.deleted_types: set[str] = set()

    def Handshake(self, request, context):
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(self, request, context):
        return empty_pb2.Empty()

    def GetPluginInfo(self, request, context):
        return plugin_pb2.PluginInfo(version=version("pulumi-aws"))

    def CheckConfig(self, request, context):
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request, context):
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request, context):
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Invoke(self, request, context):
        answer, failures = self._calls.call(MockCallArgs(request.tok, _plain(request.args), ""))
        assert not failures
        return provider_pb2.InvokeResponse(**{"return": _struct(answer)})

    def Check(self, request, context):
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request, context):
        old, new = _dict(request.old_inputs), _dict(request.news)
        changed = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
        replacing = [key for key in changed if key in REPLACING[_type(request.urn)]]
        kind = provider_pb2.DiffResponse
        return kind(
            changes=kind.DIFF_SOME if changed else kind.DIFF_NONE,
            diffs=changed,
            replaces=replacing,
            # Two resources cannot have one name at a time; those that the provider names can coexist.
            deleteBeforeReplace="name" in new,
        )

    def Create(self, request, context):
        if request.preview:
            # What is not returned, the program does not know yet.
            return provider_pb2.CreateResponse(id="", properties=request.properties)
        if _name(request.urn) in self.failing:
            raise PlantedError(f"{_name(request.urn)} fails in this test")
        # Automatic names are different each time, so that a replacement can be there beside the old one.
        site = dataclasses.replace(self._site, stack=f"{self._site.stack}-{uuid.uuid4().hex[:7]}")
        created = _create(request.urn, _plain(request.properties), site)
        properties = _struct({**_dict(request.properties), **created.outputs})
        return provider_pb2.CreateResponse(id=created.id, properties=properties)

    def Update(self, request, context):
        if request.preview:
            # An update leaves the name, the ARN and the URL as they were.
            properties = _struct({**_dict(request.olds), **_dict(request.news)})
            return provider_pb2.UpdateResponse(properties=properties)
        clients = {
            service: UpdatingClient(client, request.id) for service, client in self._site.clients.items()
        }
        inputs, old = _plain(request.news), _stored(request.olds)
        name = {"name": old["name"]} if "name" in old else {}
        updated = _create(request.urn, {**name, **inputs}, dataclasses.replace(self._site, clients=clients))
        assert updated.id == request.id, "an update leaves the ID as it was"
        return provider_pb2.UpdateResponse(properties=_struct({**_dict(request.news), **updated.outputs}))

    def Delete(self, request, context):
        kind = _type(request.urn)
        properties = _stored(request.properties)
        DELETIONS[kind](Existing(request.id, properties, self._site.clients))
        with self._lock:
            self.deleted_types.add(kind)
        return empty_pb2.Empty()

    def Cancel(self, request, context):
        return empty_pb2.Empty()


def _create(urn: str, inputs: Mapping[str, Any], site: Site) -> Created:
    read = Inputs(inputs)
    created = CREATORS[_type(urn)](NewResource(type=_type(urn), name=_name(urn), inputs=read, site=site))
    read.finish()
    return created


def _type(urn: str) -> str:
    return urn.split("::")[-2].rpartition("$")[2]


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _plain(properties: struct_pb2.Struct) -> dict[str, Any]:
    """Return properties as a creator reads them: with archives as such, and without secrets' wrapping."""
    return plain(rpc.deserialize_properties(properties))


def _stored(properties: struct_pb2.Struct) -> dict[str, Any]:
    """Return properties of the state, in which an archive is only its hash."""
    return plain(_dict(properties))


def _dict(struct: struct_pb2.Struct) -> dict[str, Any]:
    return json_format.MessageToDict(struct)


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(values, struct_pb2.Struct())


@contextmanager
def serving(provider: Provider) -> Iterator[int]:
    """Serve a provider to engines, and yield its port."""
    sizes = ("grpc.max_receive_message_length", "grpc.max_send_message_length")
    server = grpc.server(
        ThreadPoolExecutor(_THREADS), options=[(size, _LARGEST_MESSAGE_BYTES) for size in sizes]
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(grace=None).wait()
