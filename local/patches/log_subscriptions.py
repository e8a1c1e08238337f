"""Subscription filters invoke their function asynchronously, with batches, and only with its permission."""

from __future__ import annotations

import base64
import fnmatch
import functools
import gzip
import json
import threading
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region, new_uuid, request_scope
from ministack.services import cloudwatch_logs, lambda_svc

from local.invocations.runtime import invoke_asynchronously
from local.patches.log_pattern import PatternError, compile_pattern
from local.patches.patch import Patch
from local.sns.clock import RunningClock

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
_FILTERS_PER_GROUP = 2
# CloudWatch Logs collects events before it invokes. How many and how long is not documented.
_BATCH_SECONDS = 0.1
_LARGEST_BATCH = 100

Event = dict[str, Any]
# Account, region, log group, log stream and filter.
_Key = tuple[str, str, str, str, str]

_put = cloudwatch_logs._put_subscription_filter
_waiting: dict[_Key, list[Event]] = {}
_lock = threading.Lock()


def put_subscription_filter(data: dict[str, Any]) -> Any:  # noqa: ANN401 - the emulator's own response
    """Create or replace a filter, unless CloudWatch Logs may not invoke its function."""
    group = data.get("logGroupName", "")
    try:
        compile_pattern(data.get("filterPattern") or "")
    except PatternError as error:
        return error_response_json("InvalidParameterException", str(error), 400)
    filters = cloudwatch_logs._log_groups.get(group, {}).get("subscriptionFilters", {})
    if data.get("filterName") not in filters and len(filters) >= _FILTERS_PER_GROUP:
        return error_response_json("LimitExceededException", "Resource limit exceeded.", 400)
    if group in cloudwatch_logs._log_groups and not _may_invoke(data.get("destinationArn", ""), group):
        message = (
            "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to "
            "execute your function."
        )
        return error_response_json("InvalidParameterException", message, 400)
    return _put(data)


def send_to_subscribers(group: str, stream: str, events: list[Event]) -> None:
    """Collect new events of a log stream for the group's filters."""
    filters = cloudwatch_logs._log_groups.get(group, {}).get("subscriptionFilters", {})
    for each in filters.values():
        matches = compile_pattern(each["filterPattern"])
        matched = [
            {"id": new_uuid().replace("-", ""), "timestamp": event["timestamp"], "message": event["message"]}
            for event in events
            if matches(event["message"])
        ]
        if matched:
            _collect((get_account_id(), get_region(), group, stream, each["filterName"]), matched)


def _collect(key: _Key, events: list[Event]) -> None:
    with _lock:
        is_first = key not in _waiting
        _waiting.setdefault(key, []).extend(events)
        if is_first:
            clock = _clock()
            clock.call_at(clock.now() + _BATCH_SECONDS, functools.partial(_send, key))


def _send(key: _Key) -> None:
    account, region, group, stream, name = key
    with _lock:
        events = _waiting.pop(key)
    with request_scope(account, region):
        found = cloudwatch_logs._log_groups.get(group, {}).get("subscriptionFilters", {}).get(name)
        func = _function(found["destinationArn"]) if found else None
        if func is None:
            # AWS skips what comes while a filter or its function does not exist.
            return
        for start in range(0, len(events), _LARGEST_BATCH):
            batch = {
                "messageType": "DATA_MESSAGE",
                "owner": account,
                "logGroup": group,
                "logStream": stream,
                "subscriptionFilters": [name],
                "logEvents": events[start : start + _LARGEST_BATCH],
            }
            data = base64.b64encode(gzip.compress(json.dumps(batch).encode())).decode()
            invoke_asynchronously(func, {"awslogs": {"data": data}})


@functools.cache
def _clock() -> RunningClock:
    return RunningClock()


def _may_invoke(function_arn: str, group: str) -> bool:
    func = _function(function_arn)
    if func is None:
        return False
    source = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}:*"
    return any(_allows(statement, source) for statement in func["policy"]["Statement"])


def _allows(statement: dict[str, Any], source_arn: str) -> bool:
    principal, condition = statement["Principal"], statement.get("Condition", {})
    is_logs = isinstance(principal, dict) and str(principal.get("Service", "")).startswith("logs.")
    pattern = condition.get("ArnLike", {}).get("AWS:SourceArn", "*")
    account = condition.get("StringEquals", {}).get("AWS:SourceAccount", get_account_id())
    return is_logs and account == get_account_id() and fnmatch.fnmatchcase(source_arn, pattern)


def _function(arn: str) -> dict[str, Any] | None:
    if ":function:" not in arn:
        return None
    found: dict[str, Any] | None = lambda_svc._get_func_record_for_ref(arn)[0]
    return found


PATCHES = (
    Patch(
        fault=(
            "A function that may not be invoked, or does not exist, is accepted. CloudWatch Logs refuses it, "
            "and a third filter."
        ),
        module="ministack.services.cloudwatch_logs",
        attribute="_put_subscription_filter",
        source_sha256="69fdaa27a61e3e474dad082c7bfd322c4c412d90b691be9a16a13ee65f296160",
        replacement=put_subscription_filter,
    ),
    Patch(
        fault=(
            "A filter's function is invoked once for every call that writes events, without retries and "
            "without its on-failure destination. CloudWatch Logs collects events and invokes asynchronously."
        ),
        module="ministack.services.cloudwatch_logs",
        attribute="_fanout_to_subscription_filters",
        source_sha256="cb898244bb9fac17e2631dc7e0ed3bae016c629227768ffd22ac27abd79bad0a",
        replacement=send_to_subscribers,
    ),
)
