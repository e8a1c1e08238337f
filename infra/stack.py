"""The whole service: every capability is assembled from components, and here they meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra.account import current_account
from infra.assembly.code import assemble_code
from infra.assembly.endpoints import assemble_endpoints
from infra.assembly.events import assemble_events
from infra.assembly.guarding import assemble_key
from infra.assembly.intake import assemble_intake, assemble_queue
from infra.assembly.seeing import Service, assemble_seeing
from infra.assembly.workflow import assemble_workflows
from infra.protection import protect_what_lasts
from infra.settings import Settings
from infra.storage.tables import ServiceTables, ServiceTablesArgs
from infra.tagging import tag_everything


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What a deployed stack is known by."""

    api_endpoint: pulumi.Output[str]
    topic_arn: pulumi.Output[str]
    state_machine_arn: pulumi.Output[str]
    release_state_machine_arn: pulumi.Output[str] | None
    """Beside an EXPRESS workflow there is one that gives payments back."""
    orders_table_name: pulumi.Output[str]
    webhooks_table_name: pulumi.Output[str]
    orders_queue_url: pulumi.Output[str]
    orders_dead_letters_url: pulumi.Output[str]
    undelivered_queue_url: pulumi.Output[str]
    dead_webhooks_queue_url: pulumi.Output[str]
    dashboard_url: pulumi.Output[str]
    alarms_topic_arn: pulumi.Output[str]
    api_auth: str
    function_names: Mapping[str, pulumi.Output[str]]
    log_group_names: Mapping[str, pulumi.Output[str]]
    """Of each function by its name, each workflow by its own, such as `order-workflow`, and `api-access`."""
    domain_target: pulumi.Output[str] | None
    """What the API's own domain name must point to, where it has one."""


def build_stack(settings: Settings) -> Stack:
    """Declare everything that the service consists of."""
    tag_everything(
        {
            "project": pulumi.get_project(),
            "stack": pulumi.get_stack(),
            "managed-by": "pulumi",
            **settings.tags,
        }
    )
    if settings.protect:
        protect_what_lasts()
    account = current_account()
    kit = assemble_code(settings, account, assemble_key(settings, account))
    tables = ServiceTables(
        "store",
        ServiceTablesArgs(
            deletion_protection=settings.tables.deletion_protection,
            point_in_time_recovery=settings.tables.point_in_time_recovery,
        ),
    )
    events = assemble_events(settings, account, kit, tables)
    orders = assemble_queue(settings, account, kit)
    workflows = assemble_workflows(settings, account, kit, tables, events.inform_client, orders)
    accept_order = assemble_intake(settings, kit, tables, workflows["order"], orders)
    api = assemble_endpoints(settings, kit, tables, events, accept_order)
    seeing = assemble_seeing(
        settings,
        account,
        Service(kit=kit, api=api, orders=orders.queue, events=events, workflows=workflows),
    )
    return Stack(
        api_endpoint=api.endpoint,
        topic_arn=events.topic.arn,
        state_machine_arn=workflows["order"].arn,
        release_state_machine_arn=workflows["release"].arn if "release" in workflows else None,
        orders_table_name=tables.orders_name,
        webhooks_table_name=tables.webhooks_name,
        orders_queue_url=orders.queue.url,
        orders_dead_letters_url=orders.queue.dead_letters_url,
        undelivered_queue_url=events.undelivered.url,
        dead_webhooks_queue_url=events.undelivered.dead_letters_url,
        dashboard_url=seeing.dashboard_url,
        alarms_topic_arn=seeing.alarms_topic_arn,
        api_auth=settings.api.auth,
        function_names={name: function.name for name, function in kit.made.items()},
        log_group_names={
            **{name: function.log_group_name for name, function in kit.made.items()},
            **{f"{name}-workflow": workflow.log_group_name for name, workflow in workflows.items()},
            "api-access": api.access_log_group_name,
        },
        domain_target=api.domain_target,
    )
