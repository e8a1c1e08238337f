"""`recover`: send a webhook everything that it has missed, as when its client asks for it."""

from __future__ import annotations

import time
from argparse import Namespace
from datetime import datetime

from functions.adapters.deliveries_schedule import DeliveriesSchedule
from functions.adapters.delivery_items import webhook_key
from functions.adapters.items import from_item
from functions.adapters.records import from_plain
from functions.domain.deliveries.job import RecoverJob
from functions.domain.instant import timestamp
from functions.domain.recovery_view import recovery_view
from ops.as_client import call_as_client
from ops.deliveries import query
from ops.errors import NothingFound, UsageError
from ops.instants import instant_of
from ops.report import Report
from ops.tables import require_webhook
from ops.target import Target

FUNCTION = "recover-webhook"
_ROUTE = "POST /webhooks/{webhook_id}/recover"
_POLL_SECONDS = 2.0
_MOST_READ = 100


def recover(target: Target, options: Namespace) -> Report:
    """Start a recovery, or show how far one has come."""
    if options.job is not None:
        if options.since is not None or options.until is not None:
            raise UsageError("--job shows a recovery: it cannot be combined with --since or --until.")
        return _shown(target, options.webhook, options.job, _deadline(options))
    if options.since is None:
        raise UsageError("Name from when on: --since 1d, or --since 2026-11-27T00:00:00Z.")
    since = instant_of(options.since, target.now())
    until = None if options.until is None else instant_of(options.until, target.now())
    job_id = start_recovery(target, options.webhook, since, until)
    return _shown(target, options.webhook, job_id, _deadline(options))


def start_recovery(target: Target, webhook_id: str, since: datetime, until: datetime | None) -> str:
    """Start a recovery as the webhook's client does, and return its job ID."""
    webhook = require_webhook(target, webhook_id)
    wanted = {"since": timestamp(since), **({"until": timestamp(until)} if until else {})}
    answer = call_as_client(target, FUNCTION, _ROUTE, webhook.client_id, {"webhook_id": webhook_id}, wanted)
    return str(answer["job_id"])


def recoveries_of(target: Target, webhook_id: str, most: int) -> list[RecoverJob]:
    """Return the latest recoveries of a webhook, the last that was started first."""
    values = {":pk": webhook_key(webhook_id), ":job": "#job#"}
    items = query(target, "pk = :pk AND begins_with(sk, :job)", values, most=_MOST_READ)
    jobs = [from_plain(RecoverJob, from_item(item)) for item in items]
    return sorted(jobs, key=lambda each: each.created_at, reverse=True)[:most]


def _deadline(options: Namespace) -> float:
    return time.monotonic() + float(options.wait_seconds)


def _shown(target: Target, webhook_id: str, job_id: str, deadline: float) -> Report:
    job = _find(target, webhook_id, job_id)
    while job.status == "running" and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        job = _find(target, webhook_id, job_id)
    done = f"{job.sent} events are due again, {job.skipped} are delivered already or in progress"
    text = f"Recovery {job.job_id} is {job.status}: {done}."
    if job.status == "running":
        follow = f"recover {webhook_id} --job {job_id}"
        text += f" redeliver carries it out, from its next run on: `{follow}` shows how far it has come."
    elif job.sent:
        text += f" `deliveries --webhook {webhook_id}` shows what becomes of them."
    return Report(document=recovery_view(job).model_dump(), views=[text])


def _find(target: Target, webhook_id: str, job_id: str) -> RecoverJob:
    schedule = DeliveriesSchedule(target.client("dynamodb"), target.output("deliveries_table_name"))
    job = schedule.find_job(webhook_id, job_id)
    if job is None:
        raise NothingFound(f"{webhook_id} has no recovery {job_id}.")
    return job
