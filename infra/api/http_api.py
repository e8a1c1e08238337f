"""The HTTP API in front of the functions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.api.domain import ApiDomain, ApiDomainArgs
from infra.lambdas.python_function import PythonFunction
from infra.settings import ApiSettings

DEFAULT_ROUTE = "$default"
# After half a minute API Gateway answers 503 by itself, whatever the function then still does:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
LONGEST_ANSWER_SECONDS = 29

# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
_ACCESS_LOG_FIELDS = {
    "request_id": "$context.requestId",
    "time": "$context.requestTime",
    "route": "$context.routeKey",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "protocol": "$context.protocol",
    "source_ip": "$context.identity.sourceIp",
    "user_agent": "$context.identity.userAgent",
    "caller": "$context.identity.userArn",
    "response_length": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_latency_ms": "$context.integrationLatency",
    "integration_status": "$context.integration.status",
    "integration_error": "$context.integrationErrorMessage",
    "authorizer_error": "$context.authorizer.error",
    "error": "$context.error.message",
}


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
    """What takes the requests of one route key, such as `POST /orders`."""

    key: str
    function: PythonFunction
    public: bool = False
    """Whether the route is open to callers that nobody has authenticated."""


@dataclass(frozen=True, kw_only=True)
class HttpApiArgs:
    """What the API is made of."""

    settings: ApiSettings
    routes: Sequence[Route]
    log_retention_days: int


class HttpApi(pulumi.ComponentResource):
    """An HTTP API with one stage, throttled and logged; each function may be invoked by its route alone."""

    def __init__(self, name: str, args: HttpApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:api:HttpApi", name, {}, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        domain = args.settings.domain
        self._api = aws.apigatewayv2.Api(
            name,
            protocol_type="HTTP",
            description="Takes orders and shows them",
            cors_configuration=_cors(args.settings, args.routes),
            # A second address would be a way around whatever stands in front of the first.
            disable_execute_api_endpoint=True if domain else None,
            opts=self._child,
        )
        authorization = self._authorization(args.settings)
        for route in args.routes:
            self._add_route(route, {} if route.public else authorization)
        stage = self._add_stage(args)
        self.id = self._api.id
        # The default stage has no path of its own, so the API's endpoint is where clients call.
        self.endpoint = self._api.api_endpoint
        self.domain_target: pulumi.Output[str] | None = None
        if domain is not None:
            named = ApiDomain(
                name,
                ApiDomainArgs(settings=domain, api_id=self._api.id, stage_name=stage.name),
                self._child,
            )
            self.endpoint, self.domain_target = named.endpoint, named.target
        self.register_outputs({"endpoint": self.endpoint})

    def _authorization(self, settings: ApiSettings) -> Mapping[str, pulumi.Input[str]]:
        if settings.auth == "iam":
            return {"authorization_type": "AWS_IAM"}
        if settings.jwt is None:
            return {}
        authorizer = aws.apigatewayv2.Authorizer(
            self._name,
            name=self._name,
            api_id=self._api.id,
            authorizer_type="JWT",
            identity_sources=["$request.header.Authorization"],
            jwt_configuration=aws.apigatewayv2.AuthorizerJwtConfigurationArgs(
                issuer=settings.jwt.issuer, audiences=[settings.jwt.audience]
            ),
            opts=self._child,
        )
        return {"authorization_type": "JWT", "authorizer_id": authorizer.id}

    def _add_route(self, route: Route, authorization: Mapping[str, pulumi.Input[str]]) -> None:
        name = f"{self._name}-{_slug(route.key)}"
        integration = aws.apigatewayv2.Integration(
            name,
            api_id=self._api.id,
            integration_type="AWS_PROXY",
            integration_uri=route.function.invoke_arn,
            integration_method="POST",
            payload_format_version="2.0",
            opts=self._child,
        )
        aws.apigatewayv2.Route(
            name,
            api_id=self._api.id,
            route_key=route.key,
            target=pulumi.Output.concat("integrations/", integration.id),
            opts=self._child,
            **authorization,
        )
        aws.lambda_.Permission(
            name,
            action="lambda:InvokeFunction",
            function=route.function.name,
            principal="apigateway.amazonaws.com",
            # The star is the stage: its name is not part of a route, and this API has only one.
            source_arn=pulumi.Output.concat(self._api.execution_arn, "/*/", route.key.replace(" ", "", 1)),
            opts=self._child,
        )

    def _add_stage(self, args: HttpApiArgs) -> aws.apigatewayv2.Stage:
        access_log = aws.cloudwatch.LogGroup(
            f"{self._name}-access", retention_in_days=args.log_retention_days, opts=self._child
        )
        self.access_log_group_name = access_log.name
        return aws.apigatewayv2.Stage(
            self._name,
            name="$default",
            api_id=self._api.id,
            auto_deploy=True,
            default_route_settings=aws.apigatewayv2.StageDefaultRouteSettingsArgs(
                throttling_burst_limit=args.settings.throttle.burst,
                throttling_rate_limit=args.settings.throttle.rate_per_second,
            ),
            access_log_settings=aws.apigatewayv2.StageAccessLogSettingsArgs(
                destination_arn=access_log.arn, format=json.dumps(_ACCESS_LOG_FIELDS)
            ),
            opts=self._child,
        )


def _cors(settings: ApiSettings, routes: Sequence[Route]) -> aws.apigatewayv2.ApiCorsConfigurationArgs | None:
    """Return what API Gateway answers browsers by itself: preflights never reach a route."""
    cors = settings.cors
    if cors is None:
        return None
    methods = {route.key.partition(" ")[0] for route in routes} - {DEFAULT_ROUTE}
    return aws.apigatewayv2.ApiCorsConfigurationArgs(
        allow_origins=cors.origins,
        allow_methods=sorted(methods),
        allow_headers=sorted([*_REQUEST_HEADERS, *_AUTH_HEADERS[settings.auth]]),
        expose_headers=_EXPOSED_HEADERS,
        allow_credentials=cors.allow_credentials,
        max_age=cors.max_age_seconds,
    )


def _slug(route_key: str) -> str:
    """Return a logical name's part for a route key: `GET /orders/{request_id}` is get-orders-request-id."""
    words = "".join(each if each.isalnum() else " " for each in route_key.lower()).split()
    return "-".join(words)
