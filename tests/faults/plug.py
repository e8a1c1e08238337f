"""What the emulator loads to meet its calls with a plan's faults: `--plug tests.faults.plug`."""

from __future__ import annotations

import functools

from tests.faults import plugged_calls, plugged_logs, plugged_queues, plugged_workers
from tests.faults.injector import Injector

# SNS waits 15 seconds: a slow receiver shall be one within seconds.
WEBHOOK_TIMEOUT_SECONDS = 3.0


def plug_in() -> None:
    """Change the emulator in whose process this runs."""
    from local.sns import runtime

    injector = Injector.from_environment()
    plugged_calls.plug_in(injector)
    plugged_logs.plug_in(injector)
    plugged_queues.plug_in(injector)
    plugged_workers.plug_in(injector)
    runtime.post = functools.partial(runtime.post, timeout_seconds=WEBHOOK_TIMEOUT_SECONDS)
