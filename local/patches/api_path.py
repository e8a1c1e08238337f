"""A trailing slash is part of a path: /orders/ does not match the route of /orders."""

from __future__ import annotations

from ministack import app

from local.patches.patch import Patch

_parse = app._parse_execute_api_url
_resolve = app._resolve_stage_and_path


def parse_url(host: str, path: str) -> tuple[str, str, str] | None:
    """Return the API, the first segment of its path, which may be a stage, and what follows that segment.

    Nothing follows the segment of `/orders`, and a slash follows that of `/orders/`.
    """
    parsed: tuple[str, str, str] | None = _parse(host, path)
    if parsed is None:
        return None
    api_id, segment, rest = parsed
    return api_id, segment, "" if rest == "/" and not path.endswith("/") else rest


def resolve_stage(api_id: str, segment: str, rest: str) -> tuple[str, str]:
    """Return the stage, and the path in it."""
    stage, path = _resolve(api_id, segment, rest)
    if stage != segment:
        path = f"/{segment}{rest}"
    return stage, path or "/"


_FAULT = (
    "POST /orders/ reaches the route POST /orders. AWS finds no route for it, or $default: "
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html"
)

PATCHES = (
    Patch(
        fault=_FAULT,
        module="ministack.app",
        attribute="_parse_execute_api_url",
        source_sha256="13d571174968a2ab24e142eccd773fe668f1ed44d5029cfdd4456975f584d1c0",
        replacement=parse_url,
    ),
    Patch(
        fault=_FAULT,
        module="ministack.app",
        attribute="_resolve_stage_and_path",
        source_sha256="e44464f6865c160819ab81b553a2deffc0193de95d2d2bc60b6c1bf5f78b003d",
        replacement=resolve_stage,
    ),
)
