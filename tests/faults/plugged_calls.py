"""AWS calls that a function makes, refused before their effect or answered with an error after it."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs

from tests.faults import plugged_workers
from tests.faults.injector import Injector
from tests.faults.names import logical_name, table_name
from tests.faults.plan import delayed, died, failed, refused
from tests.faults.plugged_anywhere import Kills
from tools.function_calls import Handler, Response, from_function

# Longer than a function of the stack under test may run.
_TOO_LATE_SECONDS = 6.0
# Which parameter names the thing that an operation is about.
_RESOURCES = ("TableName", "QueueUrl", "TopicArn", "stateMachineArn")
_REFUSALS = {
    "dynamodb": (400, "ProvisionedThroughputExceededException"),
    "states": (400, "ThrottlingException"),
    "sqs": (503, "ServiceUnavailable"),
    "sns": (400, "Throttling"),
}
_FAILURES = {
    "dynamodb": (500, "InternalServerError"),
    "states": (500, "InternalFailure"),
    "sqs": (500, "InternalFailure"),
    "sns": (500, "InternalError"),
}


def plug_in(injector: Injector) -> None:
    from ministack import app

    kills = Kills(injector)
    for service in _REFUSALS:
        app.SERVICE_HANDLERS[service] = _hit(service, app.SERVICE_HANDLERS[service], injector, kills)


def _hit(service: str, handle: Handler, injector: Injector, kills: Kills) -> Handler:
    async def handle_or_fail(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Response:
        if not from_function(headers):
            return await handle(method, path, headers, body, query_params)
        parameters = parameters_of(service, body)
        call = name_of(headers, parameters)
        text = json.dumps(parameters)
        if call == "SendMessage orders":
            message = json.loads(parameters["MessageBody"])
            injector.learn(message["request_id"], message["order"]["reference"])
        plugged_workers.note_call(injector, headers, call, text)
        if kills.strikes(headers, "before", text):
            return error_response(service, *_REFUSALS[service])
        if injector.strikes(refused(call), text):
            return error_response(service, *_REFUSALS[service])
        answer = await handle(method, path, headers, body, query_params)
        if kills.strikes(headers, "after", text):
            return answer
        if injector.strikes(failed(call), text):
            return error_response(service, *_FAILURES[service])
        if injector.strikes(died(call), text):
            plugged_workers.kill_caller(headers)
        if injector.strikes(delayed(call), text):
            await asyncio.sleep(_TOO_LATE_SECONDS)
        return answer

    return handle_or_fail


def parameters_of(service: str, body: bytes) -> dict[str, Any]:
    """Return a call's parameters, whatever its protocol."""
    if service == "sns":
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    parameters: dict[str, Any] = json.loads(body or b"{}")
    return parameters


def name_of(headers: dict[str, str], parameters: dict[str, Any]) -> str:
    """Return what is done to what, such as `PutItem orders`."""
    operation = headers.get("x-amz-target", "").rpartition(".")[2] or parameters.get("Action", "")
    resource = logical_name(next((parameters[name] for name in _RESOURCES if name in parameters), ""))
    if "TableName" in parameters:
        resource = table_name(resource)
    purpose = " for its charge" if "gateway_charge_id" in parameters.get("UpdateExpression", "") else ""
    return f"{operation} {resource}{purpose}"


def error_response(service: str, status: int, code: str) -> Response:
    """Return a service's error as its protocol writes it."""
    if service == "sns":
        text = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>as planned</Message></Error>"
        return status, {"Content-Type": "text/xml"}, f"<ErrorResponse>{text}</ErrorResponse>".encode()
    body = json.dumps({"__type": code, "message": "as planned"}).encode()
    return status, {"Content-Type": "application/x-amz-json-1.0"}, body
