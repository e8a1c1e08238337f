"""A limit on processor time, as Lambda's memory size sets one."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# At this size a function has one processor of its own, and below it the same part of one as of the memory:
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
FULL_MEGABYTES = 1_769
_PERIOD_MICROSECONDS = 20_000
_VERSION_1 = Path("/sys/fs/cgroup/cpu")
_VERSION_2 = Path("/sys/fs/cgroup")


@dataclass(frozen=True, kw_only=True)
class CpuShare:
    """A control group that limits the processes started with its prefix."""

    group: Path

    @property
    def prefix(self) -> list[str]:
        """The start of a command that runs the rest of it within the limit."""
        shell = shutil.which("sh") or "/bin/sh"
        return [shell, "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', str(self.group)]


@contextmanager
def cpu_share(megabytes: int) -> Iterator[CpuShare | None]:
    """Make a control group with the processor share of a memory size; None where that is not allowed.

    https://docs.kernel.org/scheduler/sched-bwc.html
    """
    share = min(1.0, megabytes / FULL_MEGABYTES)
    quota = max(1_000, int(share * _PERIOD_MICROSECONDS))
    base = _VERSION_1 if _VERSION_1.is_dir() else _VERSION_2
    group = base / f"bench-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    try:
        group.mkdir()
        if base is _VERSION_1:
            (group / "cpu.cfs_period_us").write_text(str(_PERIOD_MICROSECONDS))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
        else:
            (group / "cpu.max").write_text(f"{quota} {_PERIOD_MICROSECONDS}")
    except OSError:
        if group.is_dir():
            group.rmdir()
        yield None
        return
    try:
        yield CpuShare(group=group)
    finally:
        group.rmdir()
