"""What the emulator loads to meet its calls with a plan's faults: `--plug tests.faults.plug`."""

from __future__ import annotations

from tests.faults import plugged_calls, plugged_logs, plugged_queues, plugged_sns, plugged_workers
from tests.faults.injector import Injector


def plug_in() -> None:
    """Change the emulator in whose process this runs."""
    injector = Injector.from_environment()
    for each in (plugged_calls, plugged_logs, plugged_queues, plugged_sns, plugged_workers):
        each.plug_in(injector)
