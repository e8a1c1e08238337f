"""One cold start in a fresh process: the processor time that importing and making clients takes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# -I, -S: nothing of this environment. -B: Lambda's folders are read-only.
_FLAGS = ("-I", "-S", "-B")
_MEASURE = """
import sys, time
sys.path[:0] = sys.argv[2:]
body = compile(sys.argv[1], "body", "exec")
processor, wall = time.process_time(), time.perf_counter()
exec(body)
processor, wall = time.process_time() - processor, time.perf_counter() - wall
import json
print(json.dumps({"processor_ms": processor * 1000, "wall_ms": wall * 1000}))
"""
# What a handler asks boto3 for while it is imported.
_WATCH = """
import boto3, json
made, make = [], boto3.client
def watched(service, **options):
    made.append(service)
    return make(service, **options)
boto3.client = watched
{body}
print(json.dumps(made))
"""


@dataclass(frozen=True, kw_only=True)
class ColdStart:
    """What a fresh process runs: a body of statements, with folders to import from and an environment."""

    body: str
    search_path: Sequence[str]
    variables: Mapping[str, str]

    def milliseconds(self) -> float:
        """Run it once and return the processor time, which other programs on the machine change least."""
        return float(json.loads(self._run(_MEASURE, self.body))["processor_ms"])

    def services(self) -> list[str]:
        """Run it once and return the AWS services for which it makes clients, sorted."""
        return sorted(json.loads(self._run(_MEASURE, _WATCH.format(body=self.body)).splitlines()[0]))

    def import_times(self) -> str:
        """Run it once and return what `-X importtime` writes."""
        return self._start(["-X", "importtime"], _MEASURE, self.body).stderr

    def _run(self, program: str, body: str) -> str:
        return self._start([], program, body).stdout

    def _start(self, options: list[str], program: str, body: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - the command is built here, without a shell
            [sys.executable, *_FLAGS, *options, "-c", program, body, *self.search_path],
            env=dict(self.variables),
            capture_output=True,
            text=True,
            check=True,
        )
