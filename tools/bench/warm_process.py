"""A function's cold start and its warm invocations, in a fresh process that may be limited."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.bench.unpacked import Unpacked

_FLAGS = ("-I", "-S", "-B")
# How much of an invocation is no call of AWS shows what our own code costs.
_MEASURE = """
import json, sys, time
given = json.loads(sys.argv[1])
sys.path[:0] = given["search_path"]
import importlib, uuid

class Context:
    function_name, memory_limit_in_mb = "bench", 256
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:bench"
    aws_request_id = "bench"
    def get_remaining_time_in_millis(self): return 10000

start, processor = time.perf_counter(), time.process_time()
module = importlib.import_module(given["module"])
cold, cold_processor = time.perf_counter() - start, time.process_time() - processor

from botocore.client import BaseClient
calls, make_call = [0.0], BaseClient._make_api_call
def timed(self, *arguments):
    began = time.perf_counter(), time.process_time()
    try:
        return make_call(self, *arguments)
    finally:
        calls.append((time.perf_counter() - began[0], time.process_time() - began[1]))
BaseClient._make_api_call = timed

def invoke(number):
    event = json.loads(given["event"].replace("NUMBER", str(number)))
    calls.clear()
    began = time.perf_counter(), time.process_time()
    answer = module.handle(event, Context())
    if answer.get("statusCode", 200) >= 400 or answer.get("batchItemFailures"):
        sys.exit(f"the function refused the event: {answer}")
    wall, processor = time.perf_counter() - began[0], time.process_time() - began[1]
    return wall, processor, processor - sum(each[1] for each in calls), len(calls)

runs = [invoke(number) for number in range(given["invocations"] + 1)]
print(json.dumps({"cold": cold, "cold_processor": cold_processor, "runs": runs}))
"""


@dataclass(frozen=True, kw_only=True)
class Started:
    """What one process took, in milliseconds: wall time, and processor time where it says so."""

    cold: float
    cold_processor: float
    first: float
    """The first invocation after the cold start."""
    warm: float
    """The median of the others; so below."""
    warm_processor: float
    own_processor: float
    """Of a warm invocation, without the calls of AWS."""
    calls: int


def start(
    function: Unpacked,
    event: Mapping[str, Any],
    *,
    endpoint_url: str,
    invocations: int,
    prefix: Sequence[str] = (),
) -> Started:
    """Start a function in a fresh process and invoke it; "NUMBER" in the event is the invocation's number."""
    given = {
        "search_path": function.search_path,
        "module": function.handler_module,
        "event": json.dumps(event),
        "invocations": invocations,
    }
    done = subprocess.run(  # noqa: S603 - the command is built here
        [*prefix, sys.executable, *_FLAGS, "-c", _MEASURE, json.dumps(given)],
        env={**function.variables, "AWS_ENDPOINT_URL": endpoint_url},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    first, *others = found["runs"]
    middle = [sorted(each)[len(others) // 2] for each in zip(*others, strict=True)]
    return Started(
        cold=found["cold"] * 1000,
        cold_processor=found["cold_processor"] * 1000,
        first=first[0] * 1000,
        warm=middle[0] * 1000,
        warm_processor=middle[1] * 1000,
        own_processor=middle[2] * 1000,
        calls=int(middle[3]),
    )
