"""The cloud that a deployment creates its resources in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from local.deployer.errors import StoppedError

_POLL_SECONDS = 0.05


class Cloud(Protocol):
    """What the deployer needs of a cloud; `local.emulator.Emulator` is one."""

    @property
    def region(self) -> str:
        """Return the AWS region."""

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's clients have no common type
        """Return a boto3 client of a service."""

    def api_url(self, api_id: str) -> str:
        """Return the URL under which an HTTP API's `$default` stage is served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One deployment's view of its cloud, for use by several threads at once."""

    stack: str
    cloud: Cloud
    clients: dict[str, Any]
    partition: str
    account_id: str
    stopping: threading.Event
    """Set as soon as the deployment has failed or ended."""

    @classmethod
    def survey(cls, stack: str, cloud: Cloud, services: Iterable[str]) -> Site:
        """Make the clients, before there are threads to make them twice, and read the account."""
        clients = {service: cloud.client(service) for service in {*services, "sts"}}
        arn = clients["sts"].get_caller_identity()["Arn"]
        _, partition, _, _, account_id, _ = arn.split(":", 5)
        return cls(
            stack=stack,
            cloud=cloud,
            clients=clients,
            partition=partition,
            account_id=account_id,
            stopping=threading.Event(),
        )

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of something of a service in this region and account."""
        return f"arn:{self.partition}:{service}:{self.cloud.region}:{self.account_id}:{resource}"

    def wait_until(self, is_ready: Callable[[], bool], *, timeout_seconds: float, missing: str) -> None:
        """Return as soon as something is ready.

        Raises TimeoutError, which names what is `missing`, and StoppedError when the deployment has ended.
        """
        deadline = time.monotonic() + timeout_seconds
        while not is_ready():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{missing} after {timeout_seconds:g} seconds")
            if self.stopping.wait(_POLL_SECONDS):
                raise StoppedError
