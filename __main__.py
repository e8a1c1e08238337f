"""Order Webhooks: read the settings, build the stack, export what it is known by."""

from __future__ import annotations

import pulumi

from infra.settings import load_settings
from infra.stack import build_stack

stack = build_stack(load_settings(pulumi.Config()))

pulumi.export("orders_endpoint", pulumi.Output.concat(stack.api_endpoint, "/orders"))
pulumi.export("api_endpoint", stack.api_endpoint)
if stack.domain_target is not None:
    pulumi.export("domain_target", stack.domain_target)
pulumi.export("topic_arn", stack.topic_arn)
pulumi.export("state_machine_arn", stack.state_machine_arn)
if stack.release_state_machine_arn is not None:
    pulumi.export("release_state_machine_arn", stack.release_state_machine_arn)
pulumi.export("orders_table_name", stack.orders_table_name)
pulumi.export("webhooks_table_name", stack.webhooks_table_name)
pulumi.export("orders_queue_url", stack.orders_queue_url)
pulumi.export("orders_dead_letters_url", stack.orders_dead_letters_url)
pulumi.export("undelivered_queue_url", stack.undelivered_queue_url)
pulumi.export("dead_webhooks_queue_url", stack.dead_webhooks_queue_url)
pulumi.export("dashboard_url", stack.dashboard_url)
pulumi.export("alarms_topic_arn", stack.alarms_topic_arn)
pulumi.export("api_auth", stack.api_auth)
pulumi.export("function_names", stack.function_names)
pulumi.export("log_group_names", stack.log_group_names)
