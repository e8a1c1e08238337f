"""What API Gateway and CloudWatch do, apart from SNS."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

from functions.domain.instant import now
from ops.api import Answer, Api
from ops.target import Target
from ops.verify.finding import UNKNOWN, Finding
from ops.verify.reading import metric_records
from ops.waiting import until

_POLL_SECONDS = 2.0
_ALARM_SECONDS = 60
_METRIC_SECONDS = 30
_ENCODED, _DECODED = "%320%30", "200"


def path_finding(target: Target, api: Api) -> Finding:
    """Return whether API Gateway decodes a path's parameters."""
    path = str(target.output("diagnostics_url")).removeprefix(str(target.output("api_endpoint")))
    answer = api.call_openly(f"{path}/{_ENCODED}", "POST")
    arrived = answer.body.get("status_parameter")
    return Finding(
        key="path_parameters_decoded",
        question="API Gateway decodes path parameters",
        answer={_DECODED: "yes", _ENCODED: "no"}.get(str(arrived), UNKNOWN),
        seen=f"{_ENCODED} arrived as {arrived}",
    )


def request_id_finding(answer: Answer) -> Finding:
    """Return whether the header `apigw-requestid` of an accepted order is its request ID."""
    header, request_id = answer.headers.get("apigw-requestid"), answer.body.get("request_id")
    same = "yes" if header == request_id else "no"
    return Finding(
        key="request_id_in_header",
        question="The header apigw-requestid is the order's request ID",
        answer=UNKNOWN if header is None else same,
        seen=f"header {header}, request_id {request_id}",
    )


def metric_finding(target: Target, start: datetime) -> Finding:
    """Return whether a metric record of an accepted order passed Lambda's log filter."""
    found = until(
        lambda: next(metric_records(target, start), None), time.monotonic() + _METRIC_SECONDS, _POLL_SECONDS
    )
    return Finding(
        key="metric_records_logged",
        question="Metric records pass Lambda's log filter",
        answer="yes" if found else "no",
        seen=", ".join(sorted(set(found) & {"OrdersAccepted"})) if found else "",
    )


def alarm_finding(target: Target) -> Finding:
    """Put one alarm into ALARM and return whether its message reached the alarms' topic."""
    alarm = next(_quiet_alarms(target), None)
    ended = None
    if alarm is not None:
        start = now()
        target.client("cloudwatch").set_alarm_state(
            AlarmName=alarm, StateValue="ALARM", StateReason="ops verify: does the message arrive?"
        )
        ended = until(lambda: _action(target, alarm, start), time.monotonic() + _ALARM_SECONDS, _POLL_SECONDS)
    answer = UNKNOWN if ended is None else ("yes" if ended.startswith("Success") else "no")
    return Finding(
        key="alarm_message_published",
        question="An alarm's message passes the encrypted topic",
        answer=answer,
        seen=f"{alarm}: {ended or 'no action in its history'}" if alarm else "no alarm is in the state OK",
    )


def _quiet_alarms(target: Target) -> Iterator[str]:
    topic_arn = target.output("alarms_topic_arn")
    pages = target.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm"])
    for page in pages:
        for alarm in page["MetricAlarms"]:
            if topic_arn in alarm.get("AlarmActions", ()) and alarm["StateValue"] != "ALARM":
                yield str(alarm["AlarmName"])


def _action(target: Target, alarm: str, start: datetime) -> str | None:
    items = target.client("cloudwatch").describe_alarm_history(
        AlarmName=alarm, HistoryItemType="Action", StartDate=start
    )["AlarmHistoryItems"]
    return str(items[0]["HistorySummary"]) if items else None
