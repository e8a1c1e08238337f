"""The diagnostic webhooks: registered for one run, with a short delivery policy and a queue of their own."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from ops.api import Api
from ops.errors import OpsError, explain_problem
from ops.tables import require_webhook
from ops.target import Target
from ops.verify.observation import CASES
from ops.waiting import until

ATTEMPTS_PLANNED = 3
# The shortest policy that still has retries: otherwise SNS would retry for up to an hour.
_DELIVERY_POLICY = {
    "healthyRetryPolicy": {
        "minDelayTarget": 1,
        "maxDelayTarget": 1,
        "numRetries": ATTEMPTS_PLANNED - 1,
        "numNoDelayRetries": 0,
        "numMinDelayRetries": 0,
        "numMaxDelayRetries": 0,
        "backoffFunction": "linear",
    }
}
_REGISTERED = (200, 201)
_CONFIRMATION_SECONDS = 60
_POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticWebhook:
    """One registered webhook."""

    case: str
    webhook_id: str
    subscription_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostics:
    """The webhooks of one run by their case, and the queue for what SNS gives up delivering to them."""

    webhooks: Mapping[str, DiagnosticWebhook]
    dead_letters_url: str


@contextmanager
def diagnostic_webhooks(target: Target, api: Api, headers: Mapping[str, str]) -> Iterator[Diagnostics]:
    """Register a webhook for each case, and remove it and the queue afterwards."""
    run = uuid.uuid4().hex[:8]
    with ExitStack() as undo:
        dead_letters_url, dead_letters_arn = _make_queue(target, run)
        undo.callback(target.client("sqs").delete_queue, QueueUrl=dead_letters_url)
        webhooks = {}
        for case in CASES:
            webhook_id = _register(api, f"{target.output('diagnostics_url')}/{case}?run={run}", headers)
            undo.callback(api.call, "DELETE", f"/webhooks/{webhook_id}", None, headers)
            _wait_until_confirmed(api, webhook_id, headers)
            subscription_arn = str(require_webhook(target, webhook_id).subscription_arn)
            _configure(target, subscription_arn, dead_letters_arn)
            webhooks[case] = DiagnosticWebhook(
                case=case, webhook_id=webhook_id, subscription_arn=subscription_arn
            )
        yield Diagnostics(webhooks=webhooks, dead_letters_url=dead_letters_url)


def _make_queue(target: Target, run: str) -> tuple[str, str]:
    """Make a queue of the run's own: the stack's records and alarms take no notice of its failures."""
    sqs, name = target.client("sqs"), f"verify-{run}"
    _, partition, _, region, account, _ = target.arn_parts("topic_arn")
    arn = f"arn:{partition}:sqs:{region}:{account}:{name}"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
            }
        ],
    }
    url = sqs.create_queue(QueueName=name, Attributes={"Policy": json.dumps(policy)})["QueueUrl"]
    return url, arn


def _register(api: Api, url: str, headers: Mapping[str, str]) -> str:
    answer = api.call("POST", "/webhooks", {"url": url}, headers)
    if answer.status not in _REGISTERED:
        raise OpsError(
            f"The API did not register the webhook: {answer.status}, {explain_problem(answer.body)}"
        )
    return str(answer.body["webhook_id"])


def _wait_until_confirmed(api: Api, webhook_id: str, headers: Mapping[str, str]) -> None:
    def status() -> str | None:
        found = api.call("GET", f"/webhooks/{webhook_id}", None, headers).body.get("status")
        return None if found == "pending_confirmation" else found

    if until(status, time.monotonic() + _CONFIRMATION_SECONDS, _POLL_SECONDS) is None:
        raise OpsError(
            f"The diagnostic webhook did not confirm its subscription within {_CONFIRMATION_SECONDS} "
            "seconds: see the log of the function diagnostics."
        )


def _configure(target: Target, subscription_arn: str, dead_letters_arn: str) -> None:
    attributes: dict[str, Any] = {
        "DeliveryPolicy": _DELIVERY_POLICY,
        "RedrivePolicy": {"deadLetterTargetArn": dead_letters_arn},
    }
    for name, value in attributes.items():
        target.client("sns").set_subscription_attributes(
            SubscriptionArn=subscription_arn, AttributeName=name, AttributeValue=json.dumps(value)
        )
