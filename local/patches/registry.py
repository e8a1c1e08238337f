"""Every mend."""

from __future__ import annotations

from local.patches import (
    batch_failures,
    execution_name,
    http_api,
    iam_route,
    jwt_authorizer,
    lambda_task,
    lambda_worker,
    message_move,
    options_request,
    queue_messages,
    redrive,
    retry_delay,
    worker_limit,
    worker_start,
)
from local.patches.patch import Mend, apply_mends
from local.sns import patch as sns

MENDS: tuple[Mend, ...] = (
    *http_api.MENDS,
    *options_request.MENDS,
    *iam_route.MENDS,
    *jwt_authorizer.MENDS,
    *lambda_worker.MENDS,
    *worker_limit.MENDS,
    *worker_start.MENDS,
    *batch_failures.MENDS,
    *queue_messages.MENDS,
    *message_move.MENDS,
    *execution_name.MENDS,
    *retry_delay.MENDS,
    *lambda_task.MENDS,
    *redrive.MENDS,
    *sns.MENDS,
)


def apply_all() -> None:
    """Apply every mend, or none and raise MendOutdatedError where the emulator is not the one we know."""
    apply_mends(MENDS)
