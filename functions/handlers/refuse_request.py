"""`$default`: what no route of the API takes, refused as every other refusal is."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from functions.http.problem import Problem
from functions.http.replies import Reply
from functions.http.request import Request
from functions.http.routes import allowed_methods
from functions.runtime.api_function import api_function


@dataclass(frozen=True, kw_only=True)
class Environment:
    """`api_routes` has the API's routes, such as "POST /orders" and "GET /orders/{request_id}"."""

    api_routes: tuple[str, ...]


@api_function(Environment)
def handle(request: Request, environment: Environment) -> Reply:
    """Refuse a request: 405 where another method would do, else 404."""
    methods = allowed_methods(environment.api_routes, request.path)
    if not methods:
        raise Problem(HTTPStatus.NOT_FOUND, "Path not found.")
    allowed = ", ".join(methods)
    raise Problem(
        HTTPStatus.METHOD_NOT_ALLOWED, f"This path allows only {allowed}.", headers={"allow": allowed}
    )
