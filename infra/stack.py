"""The whole service: every capability is assembled from components, and here they meet."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.account import current_account
from infra.assembly.code import assemble_code
from infra.assembly.endpoints import assemble_endpoints
from infra.assembly.events import assemble_events
from infra.assembly.intake import assemble_intake, assemble_queue
from infra.assembly.workflow import assemble_workflow
from infra.service_tables import ServiceTables, ServiceTablesArgs
from infra.settings import Settings
from infra.tagging import tag_everything


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What a deployed stack is known by."""

    api_endpoint: pulumi.Output[str]
    topic_arn: pulumi.Output[str]
    state_machine_arn: pulumi.Output[str]
    orders_table_name: pulumi.Output[str]
    orders_queue_url: pulumi.Output[str]
    orders_dead_letters_url: pulumi.Output[str]
    undelivered_queue_url: pulumi.Output[str]
    dead_webhooks_queue_url: pulumi.Output[str]


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
    account = current_account()
    kit = assemble_code(settings, account)
    tables = ServiceTables(
        "store",
        ServiceTablesArgs(
            deletion_protection=settings.tables.deletion_protection,
            point_in_time_recovery=settings.tables.point_in_time_recovery,
        ),
    )
    events = assemble_events(settings, kit, tables)
    orders = assemble_queue(settings, account, kit)
    workflow = assemble_workflow(settings, account, kit, tables, events.inform_client, orders)
    accept_order = assemble_intake(settings, kit, tables, workflow, orders)
    api = assemble_endpoints(settings, kit, tables, events, accept_order)
    return Stack(
        api_endpoint=api.endpoint,
        topic_arn=events.topic.arn,
        state_machine_arn=workflow.arn,
        orders_table_name=tables.orders_name,
        orders_queue_url=orders.queue.url,
        orders_dead_letters_url=orders.queue.dead_letters_url,
        undelivered_queue_url=events.undelivered.url,
        dead_webhooks_queue_url=events.undelivered.dead_letters_url,
    )
