"""FilterLogEvents: every page, and the patterns that AWS's own reads."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import cloudwatch_logs

from local.patches.log_pattern import PatternError, compile_pattern
from local.patches.patch import Patch

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
_LONGEST_PAGE = 10_000
# AWS says that a page may be empty though more follow, and not how much is read for one.
_READ_FOR_A_PAGE = 10_000


def filter_log_events(data: dict[str, Any]) -> Any:  # noqa: ANN401 - the emulator's own response
    """Return the events of a log group that match, oldest first, from the event that the token names."""
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
    events = _events(group, data)
    limit = min(int(data.get("limit") or _LONGEST_PAGE), _LONGEST_PAGE)
    found: list[dict[str, Any]] = []
    end = start
    for stream, event in events[start : start + _READ_FOR_A_PAGE]:
        end += 1
        if matches(event["message"]):
            found.append({**event, "logStreamName": stream})
            if len(found) == limit:
                break
    more = {"nextToken": str(end)} if end < len(events) else {}
    return json_response({"events": found, "searchedLogStreams": [], **more})


def _events(group: str, data: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the events of the asked time with their streams, oldest first."""
    first, last = data.get("startTime", 0), data.get("endTime", float("inf"))
    streams = cloudwatch_logs._log_groups[group]["streams"]
    wanted = data.get("logStreamNames") or [
        name for name in streams if name.startswith(data.get("logStreamNamePrefix") or "")
    ]
    with cloudwatch_logs._log_events_lock:
        events = [
            (name, event)
            for name in wanted
            if name in streams
            for event in streams[name]["events"]
            if first <= event["timestamp"] <= last
        ]
    return sorted(events, key=lambda each: each[1]["timestamp"])


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
