"""The decorator of the functions behind the HTTP API (payload format 2.0)."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from functions.adapters.outages import naming_outages
from functions.domain.log_record import LogField, Outcome
from functions.domain.outage import ServiceUnavailable
from functions.http.caller import CallerEnvironment, caller_of
from functions.http.problem import Problem
from functions.http.replies import Reply, problem_reply, unavailable
from functions.http.request import Request
from functions.runtime.environment import Environment, prepared
from functions.runtime.log import log_record
from functions.runtime.metrics import count

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

Respond = Callable[[Request, Environment], Reply]
Handler = Callable[[dict[str, Any], "LambdaContext"], Reply]


def api_function(
    environment_type: type[Environment], *, prepare: Callable[[Environment], object] = lambda _: None
) -> Callable[[Respond[Environment]], Handler]:
    """Make a Lambda handler of what answers one request.

    The handler reads the environment, identifies the caller where the environment has `api_auth`, writes the
    log record and answers every error with a problem document. `prepare` makes the AWS clients in the init
    phase. An outage of AWS becomes a 503. An unhandled error becomes a 500 that says nothing of its cause:
    that is in the log; and it is counted, since the function, which has answered, has not failed.
    """

    def decorate(respond: Respond[Environment]) -> Handler:
        function = respond.__module__.rpartition(".")[2]
        environment = prepared(environment_type, prepare)

        @wraps(respond)
        def handle(event: dict[str, Any], context: LambdaContext) -> Reply:
            request = Request(event)
            with log_record(function, context, {LogField.REQUEST_ID: request.request_id}) as log_fields:
                request.log_fields = log_fields
                reply = _answer(request, lambda: _respond(respond, request, environment()))
                log_fields[LogField.STATUS] = reply["statusCode"]
            return reply

        return handle

    return decorate


def _respond(respond: Respond[Environment], request: Request, environment: Environment) -> Reply:
    if isinstance(environment, CallerEnvironment):
        request.client_id = caller_of(request, environment.api_auth)
        request.log_fields[LogField.CLIENT_ID] = request.client_id
    return respond(request, environment)


def _answer(request: Request, respond: Callable[[], Reply]) -> Reply:
    log_fields = request.log_fields
    try:
        with naming_outages():
            return respond()
    except Problem as problem:
        refusal = problem
        log_fields |= {LogField.OUTCOME: Outcome.REFUSED, LogField.PROBLEM: problem.detail}
    except ServiceUnavailable as error:
        refusal = unavailable("The service is temporarily unavailable: send the request again.")
        log_fields |= {LogField.OUTCOME: Outcome.REFUSED, LogField.CAUSE: str(error)}
    except Exception:  # noqa: BLE001 - the edge: no client may see a traceback
        refusal = Problem(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "Internal error. The service's log has the cause under the request ID.",
        )
        log_fields |= {LogField.OUTCOME: Outcome.ERROR, LogField.EXCEPTION: traceback.format_exc()}
        count("UnhandledErrors")
    return problem_reply(refusal, request.request_id)
