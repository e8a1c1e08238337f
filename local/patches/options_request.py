"""An OPTIONS request reaches its route like any other, where the API has no CORS configuration."""

from __future__ import annotations

from typing import Any

from ministack.services import apigateway

from local.patches.patch import Patch
from local.patches.payload_format import Response

_handle = apigateway._handle_execute_in_scope


async def handle_execute(
    api_id: str,
    stage: str,
    path: str,
    method: str,
    headers: dict[str, str],
    body: bytes,
    query_params: dict[str, list[str]],
    *owner: str | None,
) -> Response:
    """Answer a request to an API's stage.

    Only an open route's OPTIONS are answered here; everything else is the emulator's, which knows
    authorizers and preflights.
    """
    answer: Response
    route = _open_route(api_id, path) if method == "OPTIONS" else None
    if route is None:
        answer = await _handle(api_id, stage, path, method, headers, body, query_params, *owner)
        return answer
    account_id, region, query_string = owner
    answer = await apigateway._invoke_lambda_proxy(
        apigateway._integrations[api_id][route["target"].removeprefix("integrations/")],
        api_id,
        stage,
        path,
        method,
        {name.lower(): value for name, value in headers.items()},
        body,
        query_params,
        route["routeKey"],
        owner_account_id=account_id,
        owner_region=region,
        raw_query_string=query_string,
    )
    return answer


def _open_route(api_id: str, path: str) -> dict[str, Any] | None:
    if (apigateway._apis.get(api_id) or {}).get("corsConfiguration"):
        return None
    route: dict[str, Any] | None = apigateway._match_route(api_id, "OPTIONS", "/" + path.lstrip("/"))
    return route if route and route.get("authorizationType", "NONE") == "NONE" else None


PATCHES = (
    Patch(
        fault=(
            "Every OPTIONS request is treated as a preflight, and refused with 403 where the API has no CORS "
            "configuration. API Gateway then sends it to its route, $default included: "
            "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html"
        ),
        module="ministack.services.apigateway",
        attribute="_handle_execute_in_scope",
        source_sha256="aa60b8b0dfaafaa2880d52a7b62fe8ed3f6d92c0e26da47c26f64747d156f6b0",
        replacement=handle_execute,
    ),
)
