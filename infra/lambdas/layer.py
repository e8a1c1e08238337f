"""The layer with the functions' dependencies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from infra.packaging import check_size


@dataclass(frozen=True, kw_only=True)
class FunctionLayerArgs:
    """What the layer is made of."""

    content: Path
    """The folder that becomes /opt, with a `python` folder in it."""
    runtime: str
    architecture: str


class FunctionLayer(pulumi.ComponentResource):
    """One layer for all functions: third-party packages only, so it changes with the lock file alone."""

    def __init__(
        self, name: str, args: FunctionLayerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("orders:functions:FunctionLayer", name, {}, opts)
        content = pulumi.FileArchive(str(args.content))
        self.sizes = check_size(name, content)
        layer = aws.lambda_.LayerVersion(
            name,
            layer_name=f"{pulumi.get_project()}-{pulumi.get_stack()}-{name}",
            description="Third-party packages of the order functions",
            code=content,
            compatible_runtimes=[args.runtime],
            compatible_architectures=[args.architecture],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = layer.arn
        self.register_outputs({"arn": self.arn})
