"""FilterLogEvents: every page, and the patterns that AWS's own reads."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import cloudwatch_logs

from local.patches.log_pattern import PatternError, compile_pattern
from local.patches.patch import Patch

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
_LONGEST_PAGE = 10_000


def filter_log_events(data: dict[str, Any]) -> Any:  # noqa: ANN401 - the emulator's own response
    """Return the events of a log group that match, oldest first, from the page that the token names."""
    group = cloudwatch_logs._resolve_log_group_name(data)
    if group not in cloudwatch_logs._log_groups:
        message = f"The specified log group does not exist: {group}"
        return error_response_json("ResourceNotFoundException", message, 400)
    try:
        matches = compile_pattern(data.get("filterPattern") or "")
        start = int(data.get("nextToken") or 0)
    except PatternError as error:
        return error_response_json("InvalidParameterException", str(error), 400)
    except ValueError:
        return error_response_json("InvalidParameterException", "The specified nextToken is invalid.", 400)
    found = [event for event in _events(group, data) if matches(event["message"])]
    end = start + min(int(data.get("limit") or _LONGEST_PAGE), _LONGEST_PAGE)
    more = {"nextToken": str(end)} if end < len(found) else {}
    return json_response({"events": found[start:end], "searchedLogStreams": [], **more})


def _events(group: str, data: dict[str, Any]) -> list[dict[str, Any]]:
    first, last = data.get("startTime", 0), data.get("endTime", float("inf"))
    streams = cloudwatch_logs._log_groups[group]["streams"]
    wanted = data.get("logStreamNames") or [
        name for name in streams if name.startswith(data.get("logStreamNamePrefix") or "")
    ]
    with cloudwatch_logs._log_events_lock:
        events = [
            {**event, "logStreamName": name}
            for name in wanted
            if name in streams
            for event in streams[name]["events"]
            if first <= event["timestamp"] <= last
        ]
    return sorted(events, key=lambda event: event["timestamp"])


PATCHES = (
    Patch(
        fault=(
            "Only the first page can be read, a pattern for JSON matches every event, and upper and lower "
            "case are one."
        ),
        module="ministack.services.cloudwatch_logs",
        attribute="_filter_log_events",
        source_sha256="9b3d13c713b5d3cb25b0405db33ba3e5fd0fff5f7c8250c5d28e1b7d05f71b63",
        replacement=filter_log_events,
    ),
)
