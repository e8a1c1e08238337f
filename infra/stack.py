"""The whole service: the capabilities, and what each is given of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from infra.api.component import Api, ApiArgs
from infra.diagnostics.component import Diagnostics, DiagnosticsArgs
from infra.foundation import Foundation, make_foundation, prepare_resources
from infra.intake.component import Intake, IntakeArgs
from infra.lambdas.python_function import PythonFunction
from infra.monitoring.component import Monitoring, MonitoringArgs
from infra.naming import API
from infra.protection import DestroyLock, collect_resources
from infra.settings import Settings
from infra.storage.component import Storage
from infra.webhooks.component import Webhooks, WebhooksArgs
from infra.work_queue import WorkQueue
from infra.workflow.component import OrderWorkflows, OrderWorkflowsArgs


@dataclass(frozen=True, kw_only=True)
class Stack:
    """Everything that the service consists of."""

    functions: Sequence[PythonFunction]
    storage: Storage
    orders_queue: WorkQueue
    webhooks: Webhooks
    workflows: OrderWorkflows
    api: Api
    monitoring: Monitoring
    diagnostics: Diagnostics | None


def build_stack(
    settings: Settings, stripe_api_key: pulumi.Input[str] | None, *, urls_are_secret: bool
) -> Stack:
    """Declare everything that the service consists of.

    `urls_are_secret` keeps the URLs of the settings' subscribers secret in Pulumi's state.
    """
    prepare_resources(settings)
    everything = collect_resources()
    shared = make_foundation(settings)
    webhooks = _webhooks(settings, shared, urls_are_secret=urls_are_secret)
    order_events = webhooks.publish_orders(shared.storage.orders)
    webhooks.attach_policies()
    workflows = _workflows(settings, shared, order_events.inform_client, stripe_api_key)
    intake = _intake(settings, shared, workflows)
    shared.orders_queue.attach_policies()
    diagnostics = _diagnostics(shared, webhooks, intake) if settings.diagnostics else None
    routes = {**intake.routes, **order_events.routes, **webhooks.routes}
    api = _api(settings, shared, routes, diagnostics.routes if diagnostics else {})
    functions = [*intake.functions, *workflows.functions, *order_events.functions]
    functions += [*webhooks.functions, *api.functions]
    functions += diagnostics.functions if diagnostics else ()
    monitoring = _monitoring(settings, shared, functions, intake, api, webhooks, workflows)
    DestroyLock("destroy-lock", everything if settings.protect else [], protect=settings.protect)
    return Stack(
        functions=functions,
        storage=shared.storage,
        orders_queue=shared.orders_queue,
        webhooks=webhooks,
        workflows=workflows,
        api=api,
        monitoring=monitoring,
        diagnostics=diagnostics,
    )


def _webhooks(settings: Settings, shared: Foundation, *, urls_are_secret: bool) -> Webhooks:
    return Webhooks(
        "webhooks",
        WebhooksArgs(
            account=shared.account,
            factory=shared.factory,
            webhooks=shared.storage.webhooks,
            api_auth=settings.api.auth,
            deliveries=shared.storage.deliveries,
            settings=settings.webhooks,
            delivery=settings.delivery,
            redelivery=settings.redelivery,
            visibility_timeout_seconds=settings.visibility_timeout_seconds,
            batch_size=settings.queue.batch_size,
            max_concurrency=settings.queue.max_concurrency,
            subscribers=settings.subscribers,
            urls_are_secret=urls_are_secret,
            max_webhooks_per_client=settings.max_webhooks_per_client,
            allow_http_webhooks=settings.allow_http_webhooks,
            log_retention_days=settings.log_retention_days,
            key_arn=shared.key_arn,
        ),
    )


def _workflows(
    settings: Settings,
    shared: Foundation,
    inform_client: PythonFunction,
    stripe_api_key: pulumi.Input[str] | None,
) -> OrderWorkflows:
    return OrderWorkflows(
        "workflows",
        OrderWorkflowsArgs(
            account=shared.account,
            factory=shared.factory,
            orders=shared.storage.orders,
            order_ttl_days=settings.tables.order_ttl_days,
            inform_client=inform_client,
            orders_dead_letters=shared.orders_queue.dead_letters,
            settings=settings.workflow,
            payment=settings.payment,
            stripe_api_key=stripe_api_key,
            log_retention_days=settings.log_retention_days,
            tracing=settings.tracing,
            key_arn=shared.key_arn,
        ),
    )


def _intake(settings: Settings, shared: Foundation, workflows: OrderWorkflows) -> Intake:
    return Intake(
        "intake",
        IntakeArgs(
            factory=shared.factory,
            orders_queue=shared.orders_queue,
            idempotency=shared.storage.idempotency,
            api_auth=settings.api.auth,
            idempotency_key_ttl_hours=settings.api.idempotency_key_ttl_hours,
            state_machine_arn=workflows.order.arn,
            grant_start=workflows.order.grant_start,
            batch_size=settings.queue.batch_size,
            max_concurrency=settings.queue.max_concurrency,
        ),
    )


def _diagnostics(shared: Foundation, webhooks: Webhooks, intake: Intake) -> Diagnostics:
    return Diagnostics(
        "diagnostics",
        DiagnosticsArgs(
            factory=shared.factory,
            topic_arn=webhooks.topics.first.arn,
            topic_names=webhooks.topics.names,
            grant_confirm=webhooks.topics.grant_confirm,
            secret_source=intake.accept_order.role.unique_id,
        ),
    )


def _api(
    settings: Settings,
    shared: Foundation,
    routes: Mapping[str, PythonFunction],
    public_routes: Mapping[str, PythonFunction],
) -> Api:
    return Api(
        API,
        ApiArgs(
            factory=shared.factory,
            settings=settings.api,
            orders=shared.storage.orders,
            routes=routes,
            public_routes=public_routes,
            log_retention_days=settings.log_retention_days,
            key_arn=shared.key_arn,
        ),
    )


def _monitoring(
    settings: Settings,
    shared: Foundation,
    functions: Sequence[PythonFunction],
    intake: Intake,
    api: Api,
    webhooks: Webhooks,
    workflows: OrderWorkflows,
) -> Monitoring:
    return Monitoring(
        "monitoring",
        MonitoringArgs(
            account=shared.account,
            email=settings.alarms.email,
            key_arn=shared.key_arn,
            functions=functions,
            accept_order=intake.accept_order,
            api_id=api.id,
            orders=shared.orders_queue,
            signal_queues=(webhooks.signals.undelivered, webhooks.signals.failed),
            log_filters=webhooks.signals.log_filters,
            record_deliveries=webhooks.signals.function,
            workflow_arns={name: machine.arn for name, machine in workflows.by_name.items()},
        ),
    )
