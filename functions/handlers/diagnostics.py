"""`POST /diagnostics/{token}/{status}`: the operator's webhook, which answers with the status in its path."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from functions.adapters import aws
from functions.adapters.topic_usage import topic_arns
from functions.domain.log_record import LogField
from functions.http.bodies import DiagnosticsAnswer
from functions.http.problem import Problem
from functions.http.replies import Reply, reply
from functions.http.request import Request
from functions.runtime.api_function import api_function

# SNS waits 15 seconds for an answer: https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
_LONGER_THAN_SNS_SECONDS = 17
_STATUSES = {str(status): HTTPStatus(status) for status in (200, 301, 404, 429, 503)}
_SILENT = "none"


@dataclass(frozen=True, kw_only=True)
class Environment:
    """`topic_names` are the topics whose subscriptions the function confirms; `topic_arn` is the first."""

    token: str
    topic_arn: str
    topic_names: tuple[str, ...]


@api_function(Environment, prepare=lambda _: aws.sns())
def handle(request: Request, environment: Environment) -> Reply:
    """Confirm SNS's handshake, or answer with the status that the path names, and log what SNS sent.

    With `none` as the status, SNS has no answer before it stops waiting.
    """
    parameter = request.path_parameter("status")
    status = unquote(parameter)
    is_ours = secrets.compare_digest(request.path_parameter("token").encode(), environment.token.encode())
    if not is_ours or (status != _SILENT and status not in _STATUSES):
        raise Problem(HTTPStatus.NOT_FOUND, "Path not found.")
    message = _message(request.body())
    request.log_fields |= {
        LogField.SNS_MESSAGE_ID: message.get("MessageId"),
        LogField.SNS_MESSAGE_TYPE: message.get("Type"),
        LogField.WEBHOOK_ID: request.query_parameter("webhook_id"),
    }
    answer = DiagnosticsAnswer(status_parameter=parameter)
    if message.get("Type") == "SubscriptionConfirmation":
        _confirm(message, topic_arns(environment.topic_arn, environment.topic_names))
        return reply(HTTPStatus.OK, answer)
    if status == _SILENT:
        time.sleep(_LONGER_THAN_SNS_SECONDS)
        return reply(HTTPStatus.OK, answer)
    # Where a redirect leads must answer, so that a client which follows it is noticed.
    headers = {"location": request.path.rpartition("/")[0] + "/200"} if status == "301" else None
    return reply(_STATUSES[status], answer, headers)


def _confirm(message: dict[str, Any], own_topics: list[str]) -> None:
    """Confirm a subscription to one of the stack's topics."""
    topic_arn, token = message.get("TopicArn"), message.get("Token")
    if topic_arn not in own_topics or not isinstance(token, str):
        raise Problem(HTTPStatus.BAD_REQUEST, "This topic is not one of the stack's.")
    aws.sns().confirm_subscription(TopicArn=topic_arn, Token=token)


def _message(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body or b"{}")
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
