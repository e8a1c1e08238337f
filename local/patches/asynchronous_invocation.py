"""Asynchronous invocations are retried as Lambda retries them, and kept by the on-failure destination."""

from __future__ import annotations

import json
from typing import Any

from ministack.services import lambda_svc

from local.emulated_clock import read_clock
from local.invocations.runtime import invoke_asynchronously, is_busy
from local.patches.patch import Patch


def invoke_target(arn: str, payload: str) -> None:
    """Invoke the function of a rule or schedule.

    On an accelerated clock, a run that would overlap the last one is left out: what the function does takes
    as long as ever, and its runs would pile up.
    """
    func, configuration, name = lambda_svc._get_func_record_for_ref(arn)
    if not func or not configuration:
        lambda_svc.logger.warning("A schedule's or rule's function %s does not exist", name)
        return
    if read_clock().speed > 1 and is_busy(configuration["FunctionArn"]):
        return
    record: dict[str, Any] = lambda_svc._execution_record_for_config(func, configuration)
    invoke_asynchronously(record, json.loads(payload))


PATCHES = (
    Patch(
        fault=(
            "An event is retried after one and two seconds whatever the clock says, throttling counts as a "
            "failed invocation, and the record at the on-failure destination lacks half of its fields. "
            "Lambda retries after one and two minutes, and throttled events until they are too old."
        ),
        module="ministack.services.lambda_svc",
        attribute="invoke_async_with_retry",
        source_sha256="289fe4d3cbd4089b4bace68e20212c8a4a74b38dc8e781556a1114df1058b5a1",
        replacement=invoke_asynchronously,
    ),
    Patch(
        fault="A schedule's function is invoked once. EventBridge invokes it asynchronously, with retries.",
        module="ministack.services.eventbridge",
        attribute="_dispatch_to_lambda",
        source_sha256="1f95adbaed3a966a5b5761dbf547c1fa47100ea4229bd7461cd2fb599708434d",
        replacement=invoke_target,
    ),
)
