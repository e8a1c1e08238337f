"""The stack to operate: one on AWS, or the laptop's."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config

from ops.errors import OpsError, UsageError
from ops.laptops import BASE, find_runs
from ops.session import session_without_files

ROOT = Path(__file__).resolve().parent.parent

# `make local` adds the emulator's address to the outputs of its stack.
ENDPOINT_KEY = "aws_endpoint_url"
# And the file of the emulator's clock, which may run faster than time: `local.emulated_clock`.
CLOCK_KEY = "emulated_clock"
RELEASE_WORKFLOW = "release_state_machine_arn"
_LONGEST_PULUMI_SECONDS = 120
_ARN_PARTS = 6


@dataclass(frozen=True, kw_only=True)
class Target:
    """A deployed stack: its outputs, and clients for its resources."""

    name: str
    outputs: Mapping[str, Any]
    _clients: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def endpoint_url(self) -> str | None:
        """The emulator's URL, or None on AWS."""
        return self.outputs.get(ENDPOINT_KEY)

    @property
    def is_express(self) -> bool:
        """Whether the order workflow is EXPRESS: only then a second workflow releases payments."""
        return RELEASE_WORKFLOW in self.outputs

    @property
    def region(self) -> str:
        """The region that the stack is in."""
        return self.arn_parts("topic_arn")[3]

    def now(self) -> datetime:
        """Return the present instant on the stack's own clock, in UTC."""
        real = time.time()
        clock = self.outputs.get(CLOCK_KEY)
        if clock is None:
            return datetime.fromtimestamp(real, UTC)
        last = Path(clock).read_text(encoding="utf-8").splitlines()[-1]
        changed, shown, speed = map(float, last.split())
        return datetime.fromtimestamp(shown + (real - changed) * speed, UTC)

    @cached_property
    def session(self) -> boto3.Session:
        """The operator's own AWS configuration; the laptop's stack uses none of it."""
        if self.endpoint_url is None:
            return boto3.Session()
        return boto3.Session(botocore_session=session_without_files())

    def output(self, name: str) -> Any:  # noqa: ANN401 - whatever the program exports
        """Return one of the stack's outputs."""
        if name not in self.outputs:
            raise OpsError(
                f'The outputs of {self.name} have no "{name}": the stack was deployed by another version of '
                "this program, or another program."
            )
        return self.outputs[name]

    def arn_parts(self, name: str) -> list[str]:
        """Return the parts of an output that is an ARN."""
        parts = str(self.output(name)).split(":", _ARN_PARTS - 1)
        if len(parts) != _ARN_PARTS:
            raise OpsError(f'The output "{name}" of {self.name} is not an ARN.')
        return parts

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's stubs give a type for literal names only
        """Return the one client of an AWS service."""
        # Making a client is not thread-safe, using it is.
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._make_client(service)
            return self._clients[service]

    def _make_client(self, service: str) -> Any:  # noqa: ANN401
        config = Config(
            connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 5}
        )
        if self.endpoint_url is None:
            return self.session.client(service, region_name=self.region, config=config)
        # A proxy cannot reach this loopback; few attempts, so that a stopped emulator fails at once.
        here = Config(inject_host_prefix=False, proxies={}, retries={"total_max_attempts": 2})
        return self.session.client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - the emulator takes any
            config=config.merge(here),
        )


def from_file(path: Path) -> Target:
    """Return the stack whose outputs are in a file, as `pulumi stack output --json` writes them.

    The file is in UTF-8, or in UTF-16 as PowerShell's `>` writes it.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    return Target(name=str(path), outputs=_outputs(content, str(path)))


def from_stack(name: str) -> Target:
    """Return a Pulumi stack by its name."""
    command = ["pulumi", "stack", "output", "--json", "--non-interactive", "--stack", name]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the name is one argument
            command,
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=_LONGEST_PULUMI_SECONDS,
        )
    except FileNotFoundError as error:
        raise OpsError(
            "The Pulumi CLI is not installed: pass the stack's outputs with --outputs FILE instead."
        ) from error
    except subprocess.TimeoutExpired as error:
        raise OpsError(f"Pulumi did not answer within {_LONGEST_PULUMI_SECONDS} seconds.") from error
    if done.returncode:
        raise OpsError(f"Pulumi failed to read the outputs of the stack {name}: {_first_line(done.stderr)}")
    return Target(name=f"the stack {name}", outputs=_outputs(done.stdout, f"the stack {name}"))


def from_laptop(port: int | None = None, base: Path = BASE) -> Target:
    """Return the stack that `make local` runs on this machine; `port` is its emulator's where several run."""
    runs = find_runs(base)
    if port is not None:
        runs = [run for run in runs if run.port == port]
    if not runs:
        which = "" if port is None else f" on port {port}"
        raise OpsError(f"No laptop stack is running{which}: start one with `make local` in another terminal.")
    if len(runs) > 1:
        listed = "\n".join(f"  --laptop-port {run.port}   {run.describe()}" for run in runs)
        raise UsageError(f"{len(runs)} laptops are running: name one of them.\n{listed}")
    path = runs[0].outputs_path
    if not path.exists():
        raise OpsError("The laptop stack is still starting: wait until `make local` has deployed it.")
    return Target(name="the laptop's stack", outputs=_outputs(path.read_bytes(), str(path)))


def _outputs(text: str | bytes, where: str) -> Mapping[str, Any]:
    try:
        outputs = json.loads(text)
    except UnicodeDecodeError as error:
        raise UsageError(f"{where} is neither in UTF-8 nor in UTF-16.") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"The outputs of {where} are not JSON.") from error
    if not isinstance(outputs, dict) or not outputs:
        raise UsageError(f"{where} has no outputs: has it been deployed?")
    return outputs


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0].removeprefix("error: ") if lines else "no error message"
