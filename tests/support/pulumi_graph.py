"""The program's recording, as the tests know it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from tools.program_graph import AWS, CHINA, PROJECT, ROOT, Cloud, Graph, Resource, record
from tools.program_graph import record_main as record_main_anew

__all__ = [
    "AWS",
    "CHINA",
    "PROJECT",
    "ROOT",
    "Graph",
    "Resource",
    "record",
    "record_main",
    "record_main_anew",
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
    return _record(
        json.dumps(settings), json.dumps(dict(secrets or {})), preview, secret_settings, project, stack, cloud
    )


@cache
def _record(
    settings: str, secrets: str, preview: bool, secret_settings: bool, project: str, stack: str, cloud: Cloud
) -> Graph:
    return record_main_anew(
        json.loads(settings),
        secrets=json.loads(secrets),
        preview=preview,
        secret_settings=secret_settings,
        project=project,
        stack=stack,
        cloud=cloud,
    )
