"""A worker starts seconds faster, and with the environment of Lambda's Python runtime only."""

from __future__ import annotations

import hashlib
import io
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local.emulated_clock import CLOCK
from local.loopback import HOST
from local.patches.patch import Patch
from local.patches.worker_pipe import ask

Config = dict[str, Any]

_PROGRAM = Path(__file__).with_name("worker_process.py")
# The only variables of this machine that a function gets: where programs and temporary files are.
_INHERITED = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR")
# A dozen workers that start at once on a slow machine need more than the ten seconds that Lambda gives one.
_LONGEST_START_SECONDS = 60
_unpacking = threading.Lock()


def spawn(self: lambda_runtime.Worker) -> None:
    """Start a worker's process and return when it has loaded its function, or knows that it cannot."""
    runtime = self.config.get("Runtime", "")
    if not runtime.startswith("python"):
        raise RuntimeError(f"functions for {runtime} cannot run here, only Python's can")
    code = unpacked(self.code_zip)
    layers = [unpacked(lambda_svc._resolve_layer_zip(layer)) for layer in self.config.get("Layers", [])]
    self._proc = subprocess.Popen(  # noqa: S603 - this interpreter and our own program
        # -P: a function must not import from the program's directory.
        [sys.executable, "-P", str(_PROGRAM), *map(str, (code, *layers))],
        cwd=code,
        env=environment_of(self.config, code),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        bufsize=1,
    )
    self._stderr_queue = queue.Queue()
    self._stderr_thread = threading.Thread(target=self._read_stderr, daemon=True)
    self._stderr_thread.start()
    try:
        ask(self._proc, {}, _LONGEST_START_SECONDS)
    except EOFError:
        raise RuntimeError("the function's process ended while it was loaded") from None
    except TimeoutError:
        self._proc.kill()
        raise RuntimeError(f"the function was not loaded in {_LONGEST_START_SECONDS} s") from None
    self._start_time = time.time()


def unpacked(package: bytes) -> Path:
    """Return the directory with a zip's content: one for all workers, so that Python compiles it once."""
    directory = Path(tempfile.gettempdir(), f"package-{hashlib.sha256(package).hexdigest()[:32]}")
    # Workers that start together would each unpack the thousands of files of their layer.
    with _unpacking:
        if not directory.exists():
            fresh = Path(tempfile.mkdtemp(prefix="package-"))
            with zipfile.ZipFile(io.BytesIO(package)) as file:
                file.extractall(fresh)
            fresh.rename(directory)
    return directory


def environment_of(config: Config, code: Path) -> dict[str, str]:
    """Return the environment of a function.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    """
    _, region = lambda_runtime._account_region_from_function_config(config)
    name = config["FunctionName"]
    today = time.strftime("%Y/%m/%d", time.gmtime())
    logging_config = config.get("LoggingConfig", {})
    reserved = {
        **{key: value for key, value in lambda_runtime.execution_credentials(config).items() if value},
        "_HANDLER": config["Handler"],
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{config['Runtime']}",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
        "AWS_LAMBDA_FUNCTION_VERSION": config.get("Version", "$LATEST"),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": logging_config.get("LogGroup", f"/aws/lambda/{name}"),
        "AWS_LAMBDA_LOG_FORMAT": logging_config.get("LogFormat", "Text"),
        **_log_level(logging_config),
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{today}/[$LATEST]{uuid.uuid4().hex}",
        "LAMBDA_TASK_ROOT": str(code),
    }
    return {
        **{variable: os.environ[variable] for variable in _INHERITED if variable in os.environ},
        "TZ": ":UTC",
        # Not set on AWS: it leads the function's clients to the emulator.
        "AWS_ENDPOINT_URL": f"http://{HOST}:{os.environ['GATEWAY_PORT']}",
        lambda_runtime.HOST_PREFIX_ENV: "true",
        **({CLOCK: os.environ[CLOCK]} if CLOCK in os.environ else {}),
        **config.get("Environment", {}).get("Variables", {}),
        **reserved,
    }


def _log_level(logging_config: Mapping[str, str]) -> dict[str, str]:
    """Return the level, which Lambda filters by only where the log is JSON; by default INFO.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    """
    if logging_config.get("LogFormat") != "JSON":
        return {}
    return {"AWS_LAMBDA_LOG_LEVEL": logging_config.get("ApplicationLogLevel", "INFO")}


PATCHES = (
    Patch(
        fault=(
            "Each worker unpacks and compiles the layers again, inherits all of the emulator's environment "
            "and can import all that is installed for it. On AWS a function finds its own and the runtime's."
        ),
        module="ministack.core.lambda_runtime",
        attribute="Worker._spawn",
        source_sha256="c55febf956565c5e83b8a36e069852483461164e899afa9c735a17e138ad1c93",
        replacement=spawn,
    ),
)
