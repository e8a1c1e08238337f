"""Routes: which function answers, and whether callers are authenticated first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi_aws as aws

from infra.lambdas.python_function import PythonFunction
from infra.settings.api import CorsSettings

DEFAULT_ROUTE = "$default"

# What a page must send to be known as a caller, and what it may read of an answer.
_AUTH_HEADERS: Mapping[str, Sequence[str]] = {
    "iam": ("authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"),
    "jwt": ("authorization",),
    "none": ("x-client-id",),
}
_REQUEST_HEADERS = ("content-type", "idempotency-key")
_EXPOSED_HEADERS = ("apigw-requestid", "location", "retry-after")


@dataclass(frozen=True, kw_only=True)
class Route:
    """The function of one route key, such as `POST /orders`."""

    key: str
    function: PythonFunction
    public: bool = False
    """Whether the route is open to callers that are not authenticated."""

    @property
    def slug(self) -> str:
        """A logical name's part: of `GET /orders/{request_id}` it is get-orders-request-id."""
        words = "".join(each if each.isalnum() else " " for each in self.key.lower()).split()
        return "-".join(words)


def cors_configuration(
    cors: CorsSettings | None, auth: str, routes: Sequence[Route]
) -> aws.apigatewayv2.ApiCorsConfigurationArgs | None:
    """Return what API Gateway answers browsers: preflights never reach a route."""
    if cors is None:
        return None
    methods = {route.key.partition(" ")[0] for route in routes} - {DEFAULT_ROUTE}
    return aws.apigatewayv2.ApiCorsConfigurationArgs(
        allow_origins=cors.origins,
        allow_methods=sorted(methods),
        allow_headers=sorted([*_REQUEST_HEADERS, *_AUTH_HEADERS[auth]]),
        expose_headers=_EXPOSED_HEADERS,
        max_age=cors.max_age_seconds,
    )
