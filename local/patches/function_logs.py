"""What a function writes is in its log group at the time of the emulator's clock."""

from __future__ import annotations

import time
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import cloudwatch_logs, lambda_svc

from local.emulated_clock import read_clock
from local.patches.patch import Patch


def write_logs(
    func: dict[str, Any],
    request_id: str,
    log_text: str,
    _error: object,
    duration_ms: int,
    *,
    log_source: str | None = None,  # noqa: ARG001 - of executors that we do not run
) -> None:
    """Write an invocation's log, with Lambda's own lines around it, into a stream of its own.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html
    """
    config = func.get("config") or func
    name, version = config["FunctionName"], config.get("Version", "$LATEST")
    group = config.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{name}"
    now = read_clock().now()
    stream = f"{time.strftime('%Y/%m/%d', time.gmtime(now))}/[{version}]{new_uuid().replace('-', '')}"
    at = {"logGroupName": group, "logStreamName": stream}
    # It answers with an error, and changes nothing, where the group is there already.
    cloudwatch_logs._create_log_group(at)
    cloudwatch_logs._create_log_stream(at)
    report = (
        f"REPORT RequestId: {request_id}\tDuration: {duration_ms} ms\tBilled Duration: {duration_ms} ms\t"
        f"Memory Size: {config.get('MemorySize', 128)} MB\t"
        f"Max Memory Used: {lambda_svc._probe_peak_memory_mb(func)} MB"
    )
    lines = [
        f"START RequestId: {request_id} Version: {version}",
        *log_text.splitlines(),
        f"END RequestId: {request_id}",
        report,
    ]
    events = [{"timestamp": round(now * 1000), "message": line} for line in lines]
    stored = [{**event, "ingestionTime": event["timestamp"]} for event in events]
    cloudwatch_logs._append_log_events(cloudwatch_logs._log_groups[group]["streams"][stream], stored)
    cloudwatch_logs._fanout_to_subscription_filters(group, stream, events)


PATCHES = (
    Patch(
        fault="A function's log has the machine's time on a clock that runs faster.",
        release="1.5.33",
        module="ministack.services.lambda_svc",
        attribute="_emit_lambda_logs",
        source_sha256="111efbf06968bb207427d25f6070f8048962a56385e2f7c62bb76b5f9d051720",
        replacement=write_logs,
    ),
)
