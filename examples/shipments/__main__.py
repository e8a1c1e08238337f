"""Another service with the same webhooks: clients register, and are notified of their shipments.

It has an API of its own, with the webhooks' routes, and no orders. What publishes its events is its own too,
here a container that runs as the role `shipping`: docs/adopting.md. The settings are this repository's,
`order-webhooks:settings`; what this program does not use has no effect.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

# In a repository of your own, have copies of `infra/` and `functions/` beside the program.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra import iam
from infra.access import GrantedRole
from infra.account import current_account
from infra.lambdas.defaults import FunctionFactoryArgs
from infra.lambdas.factory import FunctionFactory
from infra.lambdas.python_function import PythonFunction
from infra.settings import load_settings
from infra.storage.component import StorageArgs, WebhookTables
from infra.webhooks.component import Webhooks, WebhooksArgs

settings = load_settings()
account = current_account()
factory = FunctionFactory(
    "functions",
    FunctionFactoryArgs(
        account_id=account.account_id,
        settings=settings.functions,
        tracing=settings.tracing,
        log_retention_days=settings.log_retention_days,
        key_arn=None,
    ),
)
tables = WebhookTables(
    "store", StorageArgs(deletion_protection=False, point_in_time_recovery=False, key_arn=None)
)
webhooks = Webhooks(
    "webhooks",
    WebhooksArgs(
        account=account,
        factory=factory,
        webhooks=tables.webhooks,
        deliveries=tables.deliveries,
        api_auth=settings.api.auth,
        settings=settings.webhooks,
        delivery=settings.delivery,
        redelivery=settings.redelivery,
        visibility_timeout_seconds=settings.visibility_timeout_seconds,
        batch_size=settings.queue.batch_size,
        max_concurrency=settings.queue.max_concurrency,
        subscribers=settings.subscribers,
        urls_are_secret=False,
        max_webhooks_per_client=settings.max_webhooks_per_client,
        allow_http_webhooks=settings.allow_http_webhooks,
        log_retention_days=settings.log_retention_days,
        key_arn=None,
    ),
)


@dataclass(frozen=True)
class Shipping:
    """The container that ships, and publishes what it has shipped."""

    role: GrantedRole


this_account = {"StringEquals": {"aws:SourceAccount": account.account_id}}
shipping = Shipping(
    GrantedRole("shipping", iam.trust("ecs-tasks.amazonaws.com", this_account), pulumi.ResourceOptions())
)
webhooks.topics.grant_publish(shipping)
# Which webhooks a client has, since an event is addressed to them.
tables.webhooks.grant_query(shipping)
shipping.role.attach_policy(None)
webhooks.attach_policies()

api = aws.apigatewayv2.Api("shipments", protocol_type="HTTP", description="Registers webhooks for shipments")


def add_route(key: str, function: PythonFunction) -> None:
    """Let the API's route invoke a function, and nothing else."""
    name = key.replace("{", "").replace("}", "").replace(" /", "-").replace("/", "-").lower()
    integration = aws.apigatewayv2.Integration(
        name,
        api_id=api.id,
        integration_type="AWS_PROXY",
        integration_uri=function.invoke_arn,
        payload_format_version="2.0",
    )
    aws.lambda_.Permission(
        name,
        action="lambda:InvokeFunction",
        function=function.name,
        principal="apigateway.amazonaws.com",
        source_arn=pulumi.Output.concat(
            api.execution_arn, "/*/", key.replace(" ", "").replace("{webhook_id}", "*")
        ),
    )
    aws.apigatewayv2.Route(
        name,
        api_id=api.id,
        route_key=key,
        target=pulumi.Output.concat("integrations/", integration.id),
        authorization_type="AWS_IAM" if settings.api.auth == "iam" else "NONE",
    )


for route, handler in webhooks.routes.items():
    add_route(route, handler)
aws.apigatewayv2.Stage("shipments", api_id=api.id, name="$default", auto_deploy=True)

pulumi.export("api_endpoint", api.api_endpoint)
pulumi.export("topic_arn", webhooks.topics.first.arn)
pulumi.export("shipping_role_arn", shipping.role.arn)
