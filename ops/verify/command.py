"""`verify`: register diagnostic webhooks, post an order, and report what AWS did."""

from __future__ import annotations

import os
import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from functions.domain.instant import now
from functions.domain.order_example import order_of
from ops.api import TOKEN_VARIABLE, Api, post_order
from ops.errors import ATTENTION, OK, UsageError
from ops.records import Records
from ops.report import Report
from ops.target import Target
from ops.verify.finding import UNKNOWN, Finding, delivery_findings, is_complete
from ops.verify.observation import Observation
from ops.verify.platform import alarm_finding, metric_finding, path_finding, request_id_finding
from ops.verify.reading import Reader
from ops.verify.webhooks import ATTEMPTS_PLANNED, diagnostic_webhooks

_POLL_SECONDS = 2.0
# An attempt without an answer takes 15 seconds; its log entry, and a dead letter, follow.
_QUIET_SECONDS = 25
# SNS may use a subscription's former delivery policy for a while.
_SETTLING_SECONDS = 30


def verify(target: Target, options: Namespace) -> Report:
    """Find out what SNS, API Gateway and CloudWatch do, and report it."""
    if "diagnostics_url" not in target.outputs:
        raise UsageError(
            f"{target.name} has no diagnostic route: set diagnostics: true in its settings and deploy it. "
            "A production stack refuses that."
        )
    api = Api(target, options.token or os.environ.get(TOKEN_VARIABLE))
    # Where nobody is authenticated, the run is a client of its own.
    headers = {"x-client-id": "verify"} if target.output("api_auth") == "none" else {}
    start = now()
    findings = [path_finding(target, api)]
    with diagnostic_webhooks(target, api, headers) as diagnostics:
        if target.endpoint_url is None:
            time.sleep(_SETTLING_SECONDS)
        answer = post_order(api, order_of(100, reference="VERIFY"), headers)
        observations = _observe(Reader(target, diagnostics, start), options.timeout_seconds)
    findings += [*delivery_findings(observations), request_id_finding(answer), metric_finding(target, start)]
    if target.endpoint_url is None and not options.no_alarm:
        findings.append(alarm_finding(target))
    return _report(findings, observations)


def _observe(reader: Reader, timeout_seconds: float) -> Mapping[str, Observation]:
    """Look until every webhook's event has ended and nothing has changed for a while."""
    deadline = time.monotonic() + timeout_seconds
    observations, changed_at = reader.observe(), time.monotonic()
    while time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        latest = reader.observe()
        if latest != observations:
            observations, changed_at = latest, time.monotonic()
        is_quiet = time.monotonic() - changed_at > _QUIET_SECONDS
        if is_quiet and all(each.is_finished(ATTEMPTS_PLANNED) for each in observations.values()):
            break
    return observations


def _report(findings: Sequence[Finding], observations: Mapping[str, Observation]) -> Report:
    rows = [(each.question, each.answer, each.seen) for each in findings]
    unknown = [each.question for each in findings if each.answer == UNKNOWN]
    complete = is_complete(observations) and not unknown
    verdict = "Every question has an answer." if complete else f"Without an answer: {'; '.join(unknown)}."
    return Report(
        document={
            "findings": {each.key: each.answer for each in findings},
            "observations": [asdict(each) for each in observations.values()],
        },
        views=[Records(("question", "answer", "seen"), rows), verdict],
        code=OK if complete else ATTENTION,
    )
