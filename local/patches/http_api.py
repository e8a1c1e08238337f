"""An HTTP API invokes a function as AWS does: one request ID, a complete event, no error details."""

from __future__ import annotations

from typing import Any

from ministack.core.concurrency import run_reentrant
from ministack.core.responses import get_account_id
from ministack.services import apigateway, lambda_svc

from local.patches.patch import Patch
from local.patches.payload_format import (
    Request,
    Response,
    event_of,
    internal_server_error,
    new_request_id,
    response_of,
)


async def invoke_lambda_proxy(
    integration: dict[str, Any],
    api_id: str,
    stage: str,
    path: str,
    method: str,
    headers: dict[str, str],
    body: bytes,
    query_params: dict[str, list[str]],
    route_key: str = "$default",
    path_params: dict[str, str] | None = None,
    *,
    owner_account_id: str | None = None,
    owner_region: str | None = None,
    raw_query_string: str | None = None,
    **_authorizer: Any,  # noqa: ANN401 - the laptop has none
) -> Response:
    """Answer a request by the function that its route leads to."""
    request = Request(
        request_id=new_request_id(),
        account_id=get_account_id(),
        api_id=api_id,
        domain_name=f"{api_id}.execute-api.{apigateway._HOST}",
        stage=stage,
        route_key=route_key,
        method=method,
        path=path,
        query_string=apigateway._raw_query_string(query_params, raw_query_string),
        query=query_params or {},
        path_parameters=path_params or {},
        headers=headers,
        body=body,
    )
    reference = apigateway._extract_lambda_ref_from_integration_uri(integration["integrationUri"])
    event = event_of(request)
    status, response_headers, content = await _invoke(reference, owner_account_id, owner_region, event)
    return status, {**response_headers, "apigw-requestid": request.request_id}, content


async def _invoke(
    reference: str, account_id: str | None, region: str | None, event: dict[str, Any]
) -> Response:
    func, config, _ = lambda_svc._get_func_record_for_ref_in_scope(
        reference, account_id=account_id, region=region
    )
    if func is None or config is None:
        return internal_server_error()
    record = lambda_svc._execution_record_for_config(func, config)
    result = await run_reentrant(lambda_svc._execute_function_with_config_scope, record, event)
    if result.get("error"):
        return internal_server_error()
    try:
        return response_of(result.get("body"))
    except (TypeError, ValueError):
        lambda_svc.logger.warning("%s returned no valid response: %s", reference, result.get("body"))
        return internal_server_error()


PATCHES = (
    Patch(
        fault=(
            "The header apigw-requestid is not the requestId of the event; the event has no cookies, no "
            "x-forwarded headers and the local time as UTC; a client sees a failed function's error. On AWS "
            "both IDs are one, and a failed function is an Internal Server Error."
        ),
        module="ministack.services.apigateway",
        attribute="_invoke_lambda_proxy",
        source_sha256="fbe5024fcd36643f48b24c6bf405e6d4983503748de1da69b3ab63358fd015d1",
        replacement=invoke_lambda_proxy,
    ),
)
