"""`GET /health`: the API and its functions answer."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from functions.http.replies import Reply, reply
from functions.http.request import Request
from functions.http.small_bodies import Health
from functions.runtime.api_function import api_function


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The function needs nothing."""


@api_function(Environment)
def handle(_request: Request, _environment: Environment) -> Reply:
    """Say that the service is up."""
    return reply(HTTPStatus.OK, Health(status="ok"))
