"""`status`: a stack's state."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, timedelta
from typing import Any

from ops.api import Api
from ops.deliveries import count_dead
from ops.errors import ATTENTION, OK, OpsError
from ops.mappings import all_mappings, schedule_of
from ops.parallel import in_parallel
from ops.queues import depths_with_ages
from ops.redrive import Descriptions, failed_executions
from ops.report import Report
from ops.status.facts import AlarmRaised, Status
from ops.status.view import render
from ops.tables import KnownWebhook, all_webhooks
from ops.target import Target
from ops.webhooks.reading import health_of
from ops.webhooks.view import document_of

_DEAD_SINCE = timedelta(days=7)
_FAILING = ("failing", "disabled", "unsubscribed")


def status(target: Target, _options: Namespace) -> Report:
    """Show the stack's state."""
    found = read_status(target)
    concerns = list(found.concerns())
    document = {
        "api_endpoint": found.api_endpoint,
        "health": found.health,
        "queues": [asdict(each) for each in found.queues],
        "mappings": [asdict(each) for each in found.mappings],
        "schedule": asdict(found.schedule) if found.schedule else None,
        "webhook_count": found.webhook_count,
        "webhooks": [document_of(each) for each in found.webhooks],
        "dead": found.dead,
        "alarms": [asdict(each) for each in found.alarms],
        "failed_executions": [asdict(each) for each in found.failed_executions],
        "concerns": concerns,
    }
    return Report(
        document=document,
        views=render(found, concerns, target.name, target.now()),
        code=ATTENTION if concerns else OK,
    )


def read_status(
    target: Target,
    read_dead: Callable[[Target], int] | None = None,
    known_executions: Descriptions | None = None,
) -> Status:
    """Read the state of every part of the stack, all at the same time.

    For a reader that asks often, `read_dead` counts the deliveries that were given up, and `known_executions`
    keeps the descriptions of failed ones.
    """
    read: Mapping[str, Callable[[], Any]] = {
        "health": lambda: _health(target),
        "queues": lambda: depths_with_ages(target),
        "webhooks": lambda: all_webhooks(target),
        "mappings": lambda: all_mappings(target),
        "schedule": lambda: schedule_of(target),
        "dead": lambda: (read_dead or dead_of)(target),
        "alarms": lambda: list(_alarms(target)),
        "failed_executions": lambda: failed_executions(target, known=known_executions),
    }
    found = dict(zip(read, in_parallel(lambda name: read[name](), read), strict=True))
    webhooks: list[KnownWebhook] = found.pop("webhooks")
    return Status(
        api_endpoint=str(target.output("api_endpoint")),
        failing=[each for each in webhooks if each.status in _FAILING],
        webhook_count=len(webhooks),
        webhooks=health_of(target, [each for each in webhooks if each.status != "active"]),
        **found,
    )


def dead_of(target: Target) -> int:
    """Return how many deliveries were given up in the last week and could be sent again."""
    return count_dead(target, target.now() - _DEAD_SINCE)


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
