"""A wrong report of batch item failures fails the whole batch, as on AWS, and loses no message."""

from __future__ import annotations

import time
from typing import Any

from ministack.services import lambda_svc, sqs

from local.patches.patch import Patch

Message = dict[str, Any]


def run_sqs_batch(
    mapping: dict[str, Any],
    func: dict[str, Any],
    event: dict[str, Any],
    batch: list[Message],
    queue_url: str,
    queue_name: str,
) -> None:
    """Invoke the function with a batch and delete the messages that it has processed.

    The others come again when their visibility time-out ends.
    """
    result = lambda_svc._execute_function(func, event)
    if result.get("error"):
        name = mapping["FunctionName"]
        lambda_svc.logger.warning("%s failed with a batch from %s: %s", name, queue_name, result.get("body"))
        mapping["LastProcessingResult"] = "FAILED"
        lambda_svc._esm_backoff_until[mapping["UUID"]] = time.time() + lambda_svc._ESM_BACKOFF_SECONDS
        return
    lambda_svc._esm_backoff_until.pop(mapping["UUID"], None)
    everything = {message["id"] for message in batch}
    failed = set()
    if "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", []):
        failed = failed_messages(everything, result.get("body"))
    handles = {message["receipt_handle"] for message in batch if message["id"] not in failed}
    sqs._delete_messages_for_esm(queue_url, handles)
    mapping["LastProcessingResult"] = f"OK - {len(handles)} of {len(batch)} records"


def failed_messages(everything: set[str], answer: object) -> set[str]:
    """Return the IDs of the messages that a function's answer does not acknowledge.

    No answer and an empty list fail none. An identifier that is empty, null, unknown or under another key
    fails them all: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    if not answer:
        return set()
    if not isinstance(answer, dict):
        return everything
    try:
        failed = {failure["itemIdentifier"] for failure in answer.get("batchItemFailures") or []}
    except (TypeError, KeyError):
        return everything
    return failed if failed <= everything else everything


PATCHES = (
    Patch(
        fault=(
            "An unknown or empty itemIdentifier in a report of batch item failures counts as success and its "
            "message is deleted; on AWS the whole batch fails."
        ),
        module="ministack.services.lambda_svc",
        attribute="_run_sqs_batch",
        source_sha256="f9bf630aabf3d1b9dba295fc9929df7230c454d5e530da6fed883be0097500cd",
        replacement=run_sqs_batch,
    ),
)
