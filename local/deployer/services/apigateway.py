"""HTTP APIs with their routes and stages."""

from __future__ import annotations

from collections.abc import Mapping

from local.deployer.resource import Created, Creator, NewResource

SERVICE = "apigatewayv2"

# https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html
_LONGEST_NAME = 128


def create_api(resource: NewResource) -> Created:
    """Create an API; its endpoint is the URL at which the emulator serves it."""
    name = resource.physical_name(longest=_LONGEST_NAME)
    site = resource.site
    api = resource.inputs.take_as(protocolType="ProtocolType", description="Description", tags="Tags")
    cors = resource.inputs.take_nested("corsConfiguration").take_as(
        allowOrigins="AllowOrigins",
        allowMethods="AllowMethods",
        allowHeaders="AllowHeaders",
        exposeHeaders="ExposeHeaders",
        allowCredentials="AllowCredentials",
        maxAge="MaxAge",
    )
    if cors:
        api["CorsConfiguration"] = cors
    # The emulator takes the API's ID from this tag: its URL is then the same in every run of a stack.
    api["Tags"] = {**api.get("Tags", {}), "ms-custom-id": site.stack}
    api_id = resource.client(SERVICE).create_api(Name=name, **api)["ApiId"]
    return Created(
        api_id,
        {
            "name": name,
            "apiEndpoint": site.cloud.api_url(api_id),
            "arn": f"arn:{site.partition}:apigateway:{site.cloud.region}::/apis/{api_id}",
            "executionArn": site.arn("execute-api", api_id),
        },
    )


def create_integration(resource: NewResource) -> Created:
    """Create an integration."""
    integration = resource.client(SERVICE).create_integration(
        **resource.inputs.take_as(
            apiId="ApiId",
            integrationType="IntegrationType",
            integrationUri="IntegrationUri",
            integrationMethod="IntegrationMethod",
            payloadFormatVersion="PayloadFormatVersion",
        )
    )
    return Created(integration["IntegrationId"])


def create_authorizer(resource: NewResource) -> Created:
    """Create an authorizer."""
    inputs = resource.inputs
    authorizer = resource.client(SERVICE).create_authorizer(
        Name=resource.physical_name(longest=_LONGEST_NAME),
        JwtConfiguration=inputs.take_nested("jwtConfiguration").take_as(
            issuer="Issuer", audiences="Audience"
        ),
        **inputs.take_as(apiId="ApiId", authorizerType="AuthorizerType", identitySources="IdentitySource"),
    )
    return Created(authorizer["AuthorizerId"])


def create_route(resource: NewResource) -> Created:
    """Create a route."""
    route = resource.client(SERVICE).create_route(
        **resource.inputs.take_as(
            apiId="ApiId",
            routeKey="RouteKey",
            target="Target",
            authorizationType="AuthorizationType",
            authorizerId="AuthorizerId",
        )
    )
    return Created(route["RouteId"])


def create_stage(resource: NewResource) -> Created:
    """Create a stage."""
    inputs = resource.inputs
    name = resource.physical_name(longest=_LONGEST_NAME)
    resource.client(SERVICE).create_stage(
        StageName=name,
        DefaultRouteSettings=inputs.take_nested("defaultRouteSettings").take_as(
            throttlingBurstLimit="ThrottlingBurstLimit", throttlingRateLimit="ThrottlingRateLimit"
        ),
        AccessLogSettings=inputs.take_nested("accessLogSettings").take_as(
            destinationArn="DestinationArn", format="Format"
        ),
        **inputs.take_as(apiId="ApiId", autoDeploy="AutoDeploy", tags="Tags"),
    )
    return Created(name, {"name": name})


CREATORS: Mapping[str, Creator] = {
    "aws:apigatewayv2/api:Api": create_api,
    "aws:apigatewayv2/integration:Integration": create_integration,
    "aws:apigatewayv2/authorizer:Authorizer": create_authorizer,
    "aws:apigatewayv2/route:Route": create_route,
    "aws:apigatewayv2/stage:Stage": create_stage,
}
