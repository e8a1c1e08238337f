"""The same tags on everything that can carry tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi


def tag_everything(tags: Mapping[str, str]) -> None:
    """Have every taggable resource that the program registers from now on carry the tags.

    A resource's own tags win over these.
    """

    def add_tags(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not hasattr(type(args.resource), "tags"):
            return None
        own_tags: Any = args.props.get("tags") or {}
        props = {**args.props, "tags": {**tags, **own_tags}}
        return pulumi.ResourceTransformationResult(props=props, opts=args.opts)

    pulumi.runtime.register_stack_transformation(add_tags)
