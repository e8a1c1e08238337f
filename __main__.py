"""Order Webhooks: read the settings, build the stack, export what it is known by."""

from __future__ import annotations

import pulumi

from infra.settings import load_settings, load_stripe_api_key, settings_are_secret
from infra.stack import build_stack

settings = load_settings()
stack = build_stack(settings, load_stripe_api_key(settings), urls_are_secret=settings_are_secret())

pulumi.export("orders_endpoint", pulumi.Output.concat(stack.api.endpoint, "/orders"))
pulumi.export("api_endpoint", stack.api.endpoint)
# What the API's own domain name must point to, where it has one.
if stack.api.domain_target is not None:
    pulumi.export("domain_target", stack.api.domain_target)
# The operator's own subscribers belong on the first topic, which receives every event.
pulumi.export("topic_arn", stack.webhooks.topics.first.arn)
pulumi.export("topic_arns", stack.webhooks.topics.arns)
pulumi.export("state_machine_arn", stack.workflows.order.arn)
# Beside an EXPRESS workflow there is one that gives payments back.
if stack.workflows.release is not None:
    pulumi.export("release_state_machine_arn", stack.workflows.release.arn)
pulumi.export("orders_table_name", stack.storage.orders.name)
pulumi.export("webhooks_table_name", stack.storage.webhooks.name)
pulumi.export("deliveries_table_name", stack.storage.deliveries.name)
pulumi.export("orders_queue_url", stack.orders_queue.messages.url)
pulumi.export("orders_dead_letters_url", stack.orders_queue.dead_letters.url)
pulumi.export("undelivered_queue_url", stack.webhooks.signals.undelivered.messages.url)
pulumi.export("undelivered_unreadable_queue_url", stack.webhooks.signals.undelivered.dead_letters.url)
pulumi.export("record_deliveries_failed_queue_url", stack.webhooks.signals.failed.messages.url)
pulumi.export("record_deliveries_unreadable_queue_url", stack.webhooks.signals.failed.dead_letters.url)
# When an event that SNS could not deliver is published again.
pulumi.export("redelivery_delays_seconds", list(settings.redelivery.delays_seconds))
pulumi.export("redeliver_schedule_name", stack.webhooks.redeliver_schedule_name)
pulumi.export("dashboard_url", stack.monitoring.dashboard_url)
pulumi.export("alarms_topic_arn", stack.monitoring.alarm_topic_arn)
# The token in its path makes it a secret.
if stack.diagnostics is not None:
    pulumi.export(
        "diagnostics_url",
        pulumi.Output.concat(stack.api.endpoint, "/diagnostics/", stack.diagnostics.token),
    )
pulumi.export("api_auth", settings.api.auth)
pulumi.export("function_names", {each.logical_name: each.name for each in stack.functions})
# Of each function by its name, each workflow by its own, such as `order-workflow`, and `api-access`.
pulumi.export(
    "log_group_names",
    {
        **{each.logical_name: each.log_group_name for each in stack.functions},
        **{f"{name}-workflow": each.log_group_name for name, each in stack.workflows.by_name.items()},
        "api-access": stack.api.access_log_group_name,
    },
)
