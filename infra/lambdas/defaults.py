"""What all functions of a stack have in common."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pulumi

from infra.packaging import Compiler, Sizes
from infra.settings.resources import FunctionSettings

# The folder that holds the `functions` package.
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class FunctionFactoryArgs:
    """What is the same for every function of the stack."""

    account_id: pulumi.Input[str]
    """The account whose Lambda may assume the functions' roles."""
    settings: FunctionSettings
    log_retention_days: int
    tracing: bool
    """Whether X-Ray traces the functions."""
    key_arn: pulumi.Input[str] | None
    """The key that encrypts what the functions touch, where it is not AWS's own."""


@dataclass(frozen=True, kw_only=True)
class FunctionDefaults:
    """The same, with the layer that was made for it."""

    args: FunctionFactoryArgs
    compiler: Compiler | None
    """What compiles the functions' code; None leaves that to each cold start."""
    layer_arn: pulumi.Input[str]
    layer_sizes: Sizes
    """What the layer holds: Lambda's size limit counts it with the function's own code."""
