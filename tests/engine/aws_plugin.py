"""A plugin that stands for pulumi-aws: Pulumi's own engine calls it, and it makes nothing.

It returns for a resource what the program graph returns for it. It cannot show how the real provider treats
an input; it does show the engine's part: what changes, what is protected, what the state holds.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockResourceArgs
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from tools.program_graph.outputs import AWS

_LARGEST_MESSAGE_BYTES = 400 * 1024 * 1024


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """Takes every input as it is; a change of any is an update."""

    def Handshake(self, request, context):
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, request, context):
        return plugin_pb2.PluginInfo(version=version("pulumi-aws"))

    def CheckConfig(self, request, context):
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request, context):
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request, context):
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Invoke(self, request, context):
        return provider_pb2.InvokeResponse(**{"return": _struct(AWS.call(request.tok))})

    def Check(self, request, context):
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request, context):
        old, new = _dict(request.old_inputs), _dict(request.news)
        changed = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
        kind = provider_pb2.DiffResponse
        return kind(changes=kind.DIFF_SOME if changed else kind.DIFF_NONE, diffs=changed)

    def Create(self, request, context):
        id_, properties = _made(request.urn, request.properties, preview=request.preview)
        return provider_pb2.CreateResponse(id="" if request.preview else id_, properties=properties)

    def Update(self, request, context):
        # An update leaves everything that others may have read of the resource as it was.
        _, properties = _made(request.urn, request.news, preview=False)
        return provider_pb2.UpdateResponse(properties=properties)

    def Delete(self, request, context):
        return empty_pb2.Empty()

    def Cancel(self, request, context):
        return empty_pb2.Empty()


def _made(urn: str, properties: struct_pb2.Struct, *, preview: bool) -> tuple[str, struct_pb2.Struct]:
    *_, types, name = urn.split("::")
    inputs = _dict(properties)
    outputs = AWS.outputs_of(
        MockResourceArgs(
            typ=types.rpartition("$")[2],
            name=name,
            inputs=_plain(inputs),
            provider="",
            resource_id="",
            custom=True,
            transforms=[],
        )
    )
    id_ = str(outputs.get("id", f"{name}-id"))
    if preview:
        outputs = dict.fromkeys(outputs, rpc.UNKNOWN)
    # What was given stays as it was given, secrets marked as such.
    return id_, _struct({**outputs, **inputs})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(rpc._special_sig_key) == rpc._special_secret_sig:
            return _plain(value["value"])
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _dict(struct: struct_pb2.Struct) -> dict[str, Any]:
    return json_format.MessageToDict(struct)


def _struct(values: dict[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(values, struct_pb2.Struct())


def main() -> None:
    sizes = ("grpc.max_receive_message_length", "grpc.max_send_message_length")
    server = grpc.server(ThreadPoolExecutor(8), options=[(size, _LARGEST_MESSAGE_BYTES) for size in sizes])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(), server)
    # The engine reads the port from the first line.
    sys.stdout.write(f"{server.add_insecure_port('127.0.0.1:0')}\n")
    sys.stdout.flush()
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
