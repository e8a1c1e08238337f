"""The HTTP API in front of the functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from functions.domain.order_index import CLIENT_INDEX
from infra.api.access_log import ACCESS_LOG_FIELDS
from infra.api.domain import make_domain
from infra.api.routes import DEFAULT_ROUTE, Route, cors_configuration
from infra.lambdas.factory import FunctionFactory
from infra.lambdas.python_function import PythonFunction
from infra.naming import ACCESS_LOG
from infra.settings.api import ApiSettings
from infra.table import Table


@dataclass(frozen=True, kw_only=True)
class ApiArgs:
    """What the API is made of."""

    factory: FunctionFactory
    settings: ApiSettings
    orders: Table
    routes: Mapping[str, PythonFunction]
    """The functions of other capabilities by the keys of their routes, such as `POST /orders`."""
    public_routes: Mapping[str, PythonFunction]
    """The same for routes that are open to callers that are not authenticated."""
    log_retention_days: int
    key_arn: pulumi.Input[str] | None
    """The key that encrypts the access log, where it is not AWS's own."""


class Api(pulumi.ComponentResource):
    """An HTTP API with one stage, throttled and logged; only its own route may invoke each function."""

    def __init__(self, name: str, args: ApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:api:Api", name, {}, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        own_routes = self._own_routes(args)
        routes = [
            *(Route(key=key, function=each) for key, each in args.routes.items()),
            *(Route(key=key, function=each, public=True) for key, each in args.public_routes.items()),
            *own_routes,
        ]
        self.functions = tuple(route.function for route in own_routes)
        settings = args.settings
        self._api = aws.apigatewayv2.Api(
            name,
            protocol_type="HTTP",
            description="Takes orders and shows them",
            cors_configuration=cors_configuration(settings.cors, settings.auth, routes),
            # A second address would be a way around whatever stands in front of the first.
            disable_execute_api_endpoint=True if settings.domain else None,
            opts=self._child,
        )
        authorization = self._authorization(settings)
        for route in routes:
            self._add_route(route, {} if route.public else authorization)
        stage = self._add_stage(args)
        self.id = self._api.id
        # The default stage has no path of its own, so the API's endpoint is where clients call.
        self.endpoint = self._api.api_endpoint
        self.domain_target: pulumi.Output[str] | None = None
        if settings.domain is not None:
            domain = make_domain(name, settings.domain, stage, self._child)
            self.endpoint, self.domain_target = domain.endpoint, domain.target
        self.register_outputs({"endpoint": self.endpoint})

    def _own_routes(self, args: ApiArgs) -> list[Route]:
        get_order = args.factory.make(
            "get_order",
            "Shows an order to its client",
            parent=self,
            environment={"API_AUTH": args.settings.auth, "ORDERS_TABLE_NAME": args.orders.name},
            grants=[args.orders.grant_get],
            behind_api=True,
        )
        list_orders = args.factory.make(
            "list_orders",
            "Lists a client's orders",
            parent=self,
            environment={"API_AUTH": args.settings.auth, "ORDERS_TABLE_NAME": args.orders.name},
            grants=[args.orders.grant_query_index(CLIENT_INDEX)],
            behind_api=True,
        )
        health = args.factory.make("health", "Answers that the API is up", parent=self, behind_api=True)
        routes = [
            Route(key="GET /orders", function=list_orders),
            Route(key="GET /orders/{request_id}", function=get_order),
            Route(key="GET /health", function=health, public=True),
        ]
        keys = [*args.routes, *args.public_routes, *(route.key for route in routes)]
        refuse_request = args.factory.make(
            "refuse_request",
            "Refuses what no route takes",
            parent=self,
            environment={"API_ROUTES": ",".join(keys)},
            behind_api=True,
        )
        # A caller that misses every route is not authenticated, and learns nothing but that.
        return [*routes, Route(key=DEFAULT_ROUTE, function=refuse_request, public=True)]

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
        name = f"{self._name}-{route.slug}"
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

    def _add_stage(self, args: ApiArgs) -> aws.apigatewayv2.Stage:
        access_log = aws.cloudwatch.LogGroup(
            ACCESS_LOG,
            retention_in_days=args.log_retention_days,
            kms_key_id=args.key_arn,
            opts=self._child,
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
                destination_arn=access_log.arn, format=json.dumps(ACCESS_LOG_FIELDS)
            ),
            opts=self._child,
        )
