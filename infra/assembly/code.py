"""The functions' common ground: their layer and their defaults."""

from __future__ import annotations

from pathlib import Path

import pulumi

from infra.account import Account
from infra.lambdas.factory import FunctionKit
from infra.lambdas.layer import FunctionLayer, FunctionLayerArgs
from infra.lambdas.python_function import FunctionDefaults
from infra.packaging import Target, build_layer
from infra.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def assemble_code(settings: Settings, account: Account, key_arn: pulumi.Input[str] | None) -> FunctionKit:
    """Build the layer and return what makes the functions."""
    functions = settings.functions
    on_host = functions.build_for == "host"
    content = build_layer(
        Target.host() if on_host else Target(functions.runtime, functions.architecture),
        requirements=ROOT / "functions" / "requirements.txt",
        cache=ROOT / ".cache" / "layers",
    )
    layer = FunctionLayer(
        "dependencies",
        FunctionLayerArgs(content=content, runtime=functions.runtime, architecture=functions.architecture),
    )
    return FunctionKit(
        account_id=account.account_id,
        defaults=FunctionDefaults(
            source_root=ROOT,
            layer_arn=layer.arn,
            layer_sizes=layer.sizes,
            runtime=functions.runtime,
            architecture=functions.architecture,
            memory_megabytes=functions.memory_megabytes,
            timeout_seconds=functions.timeout_seconds,
            log_level=functions.log_level,
            log_retention_days=settings.log_retention_days,
            key_arn=key_arn,
        ),
    )
