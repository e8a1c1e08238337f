"""A chain from an order to its webhook on the laptop, and this program's."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from functions.domain.order_example import ORDER_EXAMPLE
from local.deployer import deploy
from local.emulator import Emulator, running_emulator
from local.sns.settings import DIRECTORY
from tools.bench import call_counter
from tools.bench.receiver import Receiver, running_receiver
from tools.program_graph import ROOT

_MOST_TRIES, _SECONDS_BEFORE_NEXT_TRY = 100, 0.5


@dataclass(frozen=True, kw_only=True)
class Posted:
    """An order that was accepted: when it was posted, and how long its 202 took."""

    request_id: str
    at: float
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Chain:
    """A running chain: its API and the receiver of its events."""

    emulator: Emulator
    orders_url: str
    receiver: Receiver

    def count_calls(self) -> int:
        """Return how many calls of AWS its functions have made so far."""
        return call_counter.read_count(_calls_file(self.emulator.work_directory))

    def post(self) -> Posted:
        """Post an order until it is accepted; raise RuntimeError for any other answer, or after many 500s.

        In a burst of thousands the emulator's account has no concurrency left now and then, and answers 500.
        """
        for _ in range(_MOST_TRIES):
            posted = self._post()
            if posted is not None:
                return posted
            time.sleep(_SECONDS_BEFORE_NEXT_TRY)
        raise RuntimeError(f"{self.orders_url} answered 500 to {_MOST_TRIES} attempts")

    def _post(self) -> Posted | None:
        url = urlsplit(self.orders_url)
        connection = http.client.HTTPConnection(str(url.hostname), url.port, timeout=60)
        headers = {"content-type": "application/json"}
        at = time.perf_counter()
        try:
            connection.request("POST", url.path, json.dumps(ORDER_EXAMPLE), headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        seconds = time.perf_counter() - at
        if answer.status == http.HTTPStatus.INTERNAL_SERVER_ERROR:
            return None
        if answer.status != http.HTTPStatus.ACCEPTED:
            raise RuntimeError(f"{self.orders_url} answered {answer.status}: {content[:500]!r}")
        return Posted(request_id=json.loads(content)["request_id"], at=at, seconds=seconds)


@contextmanager
def program_chain(directory: Path) -> Iterator[Chain]:
    """Run the program with one registered webhook."""
    with running_counted(directory) as emulator, running_receiver() as (receiver, url):
        outputs = deploy(
            ROOT / "__main__.py",
            settings={
                "api": {"auth": "none"},
                "functions": {"build_for": "host"},
                "allow_http_webhooks": True,
            },
            stack="bench",
            cloud=emulator,
        )
        chain = Chain(emulator=emulator, orders_url=f"{outputs['api_endpoint']}/orders", receiver=receiver)
        _register(f"{outputs['api_endpoint']}/webhooks", url)
        yield chain


@contextmanager
def running_counted(directory: Path) -> Iterator[Emulator]:
    """Run an emulator that counts the functions' calls."""
    directory = directory.resolve()
    variables = {DIRECTORY: str(directory), call_counter.FILE: str(_calls_file(directory))}
    with running_emulator(
        work_directory=directory, plugs=[call_counter.__name__], extra_environment=variables
    ) as emulator:
        yield emulator


def _calls_file(directory: Path) -> Path:
    return directory / "calls"


def _register(webhooks_url: str, url: str) -> None:
    target = urlsplit(webhooks_url)
    connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=60)
    connection.request("POST", target.path, json.dumps({"url": url}), {"content-type": "application/json"})
    answer = connection.getresponse()
    if answer.status != http.HTTPStatus.CREATED:
        raise RuntimeError(f"{webhooks_url} answered {answer.status}: {answer.read()[:500]!r}")
    connection.close()
