"""`status`: a stack's state."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, timedelta

from ops.api import Api
from ops.errors import ATTENTION, OK, OpsError
from ops.queues import depths_with_ages
from ops.redrive import failed_executions
from ops.report import Report
from ops.status.facts import AlarmRaised, Status
from ops.status.view import render
from ops.tables import KnownWebhook, all_webhooks
from ops.target import Target

# Long enough to be seen after a weekend; `redrive` lists all that can still be redriven.
_RECENT = timedelta(days=14)


def status(target: Target, _options: Namespace) -> Report:
    """Show the stack's state."""
    found = read_status(target)
    concerns = list(found.concerns())
    document = {
        **asdict(found),
        "pending": [_shown(each) for each in found.pending],
        "failing": [_shown(each) for each in found.failing],
        "concerns": concerns,
    }
    return Report(
        document=document,
        views=render(found, concerns, target.name),
        code=ATTENTION if concerns else OK,
    )


def _shown(webhook: KnownWebhook) -> dict[str, str | None]:
    return {
        "client_id": webhook.client_id,
        "webhook_id": webhook.webhook_id,
        "calls": webhook.shown_url,
        "status": webhook.status,
    }


def read_status(target: Target) -> Status:
    """Read the state of every part of the stack."""
    webhooks = all_webhooks(target)
    return Status(
        api_endpoint=str(target.output("api_endpoint")),
        health=_health(target),
        queues=depths_with_ages(target),
        pending=[each for each in webhooks if each.status == "pending_confirmation"],
        failing=[each for each in webhooks if each.status in ("failing", "disabled")],
        webhook_count=len(webhooks),
        alarms=list(_alarms(target)),
        failed_executions=list(failed_executions(target, _RECENT)),
    )


def _health(target: Target) -> int:
    try:
        return Api(target).call_openly("/health").status
    except OpsError:
        return 0


def _alarms(target: Target) -> Iterator[AlarmRaised]:
    """Return the alarms in ALARM that notify this stack's topic."""
    topic_arn = target.output("alarms_topic_arn")
    pages = (
        target.client("cloudwatch")
        .get_paginator("describe_alarms")
        .paginate(StateValue="ALARM", AlarmTypes=["MetricAlarm"])
    )
    for page in pages:
        for alarm in page["MetricAlarms"]:
            if topic_arn in alarm.get("AlarmActions", ()):
                yield AlarmRaised(
                    name=alarm["AlarmName"],
                    description=alarm.get("AlarmDescription", ""),
                    since=alarm["StateUpdatedTimestamp"].astimezone(UTC),
                )
