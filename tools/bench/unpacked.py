"""The functions' code and their layer as Lambda unpacks them, with the environment that the program sets."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from infra.packaging import Compiler, Interpreter, Target
from infra.packaging.archives import contents
from tools.program_graph import Graph, record_main

# What Lambda's runtime brings: https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
_RUNTIME_MODULES = ("boto3", "botocore", "s3transfer", "dateutil", "urllib3", "six", "jmespath")
_SETTINGS: dict[str, Any] = {
    "api": {"auth": "none"},
    "functions": {"build_for": "host", "bytecode": True},
}


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """One function's code in a folder, and what Lambda would set for it."""

    handler_module: str
    code: Path
    layer: Path
    runtime: Path
    """A folder with the runtime's own boto3."""
    variables: Mapping[str, str]

    @property
    def search_path(self) -> list[str]:
        """Where Python looks for modules, in Lambda's order."""
        return [str(self.code), str(self.layer / "python"), str(self.runtime)]


def unpack_program(directory: Path, *, bytecode: bool) -> dict[str, Unpacked]:
    """Unpack every function of the program, built for this machine, by the name of its handler."""
    graph = record_main(_SETTINGS)
    (layer,) = graph.of_type("aws:lambda/layerVersion:LayerVersion")
    unpacked_layer = _unpack(layer.inputs["code"], directory / "layer", bytecode=bytecode)
    runtime = _copy_runtime(directory / "runtime")
    found = {}
    for function in graph.of_type("aws:lambda/function:Function"):
        module = str(function.inputs["handler"]).rpartition(".")[0]
        name = module.rpartition(".")[2]
        found[name] = Unpacked(
            handler_module=module,
            code=_unpack(function.inputs["code"], directory / "code" / name, bytecode=bytecode),
            layer=unpacked_layer,
            runtime=runtime,
            variables=_variables(graph, function.inputs["environment"]["variables"]),
        )
    return found


def _unpack(archive: pulumi.Archive, folder: Path, *, bytecode: bool) -> Path:
    for name, content in contents(archive):
        if not bytecode and "__pycache__" in name:
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            shutil.copyfile(content, path)
    return folder


def _variables(graph: Graph, variables: Mapping[str, Any]) -> dict[str, str]:
    region = graph.cloud.region
    return {
        **{name: str(value) for name, value in variables.items()},
        # Lambda's own, without which boto3 makes no client and the functions are not in the init phase.
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def _copy_runtime(folder: Path) -> Path:
    """Copy what Lambda's runtime has, with bytecode; the descriptions of AWS's services are links."""
    for name in _RUNTIME_MODULES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise LookupError(f"{name} of Lambda's runtime is not installed here: run `make install`")
        origin = Path(spec.origin)
        folder.mkdir(parents=True, exist_ok=True)
        if origin.name == "__init__.py":
            shutil.copytree(
                origin.parent, folder / name, ignore=shutil.ignore_patterns("__pycache__", "data")
            )
            if (origin.parent / "data").exists():
                (folder / name / "data").symlink_to(origin.parent / "data")
        else:
            shutil.copy(origin, folder / origin.name)
    Compiler(Interpreter.of(Target.host()), folder).compile_layer(folder)
    return folder
