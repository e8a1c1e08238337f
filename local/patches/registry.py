"""All patches of the emulator."""

from __future__ import annotations

from local.patches import (
    api_path,
    asynchronous_invocation,
    batch_failures,
    execution_name,
    http_api,
    lambda_task,
    lambda_worker,
    log_search,
    log_subscriptions,
    message_move,
    options_request,
    queue_ages,
    queue_messages,
    redrive,
    retry_delay,
    schedules,
    task_turn,
    worker_limit,
    worker_start,
)
from local.patches.patch import Patch, apply_patches
from local.sns import patches as sns

PATCHES: tuple[Patch, ...] = (
    *api_path.PATCHES,
    *http_api.PATCHES,
    *options_request.PATCHES,
    *lambda_worker.PATCHES,
    *worker_limit.PATCHES,
    *worker_start.PATCHES,
    *batch_failures.PATCHES,
    *queue_messages.PATCHES,
    *message_move.PATCHES,
    *queue_ages.PATCHES,
    *execution_name.PATCHES,
    *retry_delay.PATCHES,
    *lambda_task.PATCHES,
    *task_turn.PATCHES,
    *redrive.PATCHES,
    *asynchronous_invocation.PATCHES,
    *log_search.PATCHES,
    *log_subscriptions.PATCHES,
    *schedules.PATCHES,
    *sns.PATCHES,
)


def apply_all() -> None:
    """Apply every patch, or none and raise PatchOutdatedError where the emulator is not the one we know."""
    apply_patches(PATCHES)
