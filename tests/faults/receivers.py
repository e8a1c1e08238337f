"""The clients' webhooks: some fail, are slow, refuse connections, or never take anything."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from local.emulator import Emulator
from local.receiving import make_receiver
from receiver import WebhookIds
from receiver import hooks as hooks_module
from receiver.events import Event
from receiver.hooks import Attempt, FailurePlan
from receiver.server import SampleServer
from tests.faults.injector import read_lines
from tests.faults.plan import CLIENTS, FAILING, GIVEN_UP, GONE, REFUSING, SLOW
from tests.faults.plugged_sns import WEBHOOK_TIMEOUT_SECONDS

SECOND_HOOK = f"{CLIENTS[1]}-second"
GIVEN_UP_HOOK = f"{GIVEN_UP}-given-up"

# Fewer than an event has attempts, so that no event meets nothing else.
_FAILURES = 6
# SNS takes these for an answer and tries no more: only redelivery can help.
_GONE = 4
_SLOW = 4
_REFUSALS = 4
# A busy machine takes minutes for the first orders that its workers process.
_LONGEST_WAIT_SECONDS = 600

# What each kind of receiver's fault is called in the table of figures.
PLANNED = {
    "receiver failing": _FAILURES,
    "receiver saying 404": _GONE,
    "receiver slower than SNS waits": _SLOW,
    "receiver refusing connections": _REFUSALS,
}


def spare_hook(client_id: str) -> str:
    """Return the name of the webhook that a client registers and deletes."""
    return f"{client_id}-spare"


class Receivers:
    """Every webhook of every client, for the length of a `with` block."""

    def __init__(self, emulator: Emulator, directory: Path, *, topic_arn: str, delivery_log: Path) -> None:
        # A webhook of the run gets more than the sample server remembers.
        hooks_module.JOURNAL_LENGTH = 1_000_000
        self._emulator = emulator
        self._directory = directory
        self._topic_arn = topic_arn
        self._delivery_log = delivery_log
        self._running = ExitStack()
        self.webhook_ids = WebhookIds()
        hooks = {
            SECOND_HOOK: CLIENTS[1],
            GIVEN_UP_HOOK: GIVEN_UP,
            **{each: each for each in CLIENTS if each != REFUSING},
            **{spare_hook(each): each for each in CLIENTS},
        }
        self._server = self._make(hooks)
        # The refusing client's server, before and after the time when nobody listens.
        self._refusing = [self._make({REFUSING: REFUSING})]

    def __enter__(self) -> Self:
        self._running.enter_context(self._server)
        self._running.callback(self._stop_refusing)
        self._refusing[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def attempts(self) -> dict[str, list[Attempt]]:
        """Return the requests that each webhook got."""
        hooks = {name: self._server.hook(name).attempts for name in self._server.snapshot()["hooks"]}
        return {**hooks, REFUSING: [one for each in self._refusing for one in each.hook(REFUSING).attempts]}

    def _stop_refusing(self) -> None:
        self._refusing[-1].stop()

    def url(self, hook: str) -> str:
        """Return where a webhook is called."""
        server = self._refusing[0] if hook == REFUSING else self._server
        return server.hook_url(hook)

    def start_faults(self) -> None:
        """Let the webhooks misbehave from now on; until then they have confirmed their subscriptions."""
        plans = {
            FAILING: FailurePlan(status=503, times=_FAILURES),
            SLOW: FailurePlan(delay_seconds=WEBHOOK_TIMEOUT_SECONDS + 1, times=_SLOW),
            GONE: FailurePlan(status=404, times=_GONE),
            GIVEN_UP_HOOK: FailurePlan(status=404),
        }
        for hook, plan in plans.items():
            self._server.hook(hook).plan(plan)

    def refuse_connections(self) -> None:
        """Close the port of the refusing client's webhook."""
        self._refusing[-1].stop()

    def accept_connections(self) -> None:
        """Open the port again, once connections have been refused."""
        deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
        while self.refusals() < _REFUSALS and time.monotonic() < deadline:
            time.sleep(0.1)
        server = self._make({REFUSING: REFUSING}, port=int(self.url(REFUSING).split(":")[2].split("/")[0]))
        server.start()
        self._refusing.append(server)
        if server.hook_url(REFUSING) != self.url(REFUSING):
            raise AssertionError("somebody took the port of the refusing webhook")

    def refusals(self) -> int:
        """Return how many attempts found nobody listening."""
        return sum(
            each["endpoint"].startswith(self.url(REFUSING)) and "refused" in each["response"]
            for each in self._attempts()
        )

    def handled(self) -> dict[str, list[Event]]:
        """Return the events that each webhook took."""
        hooks = {name: self._server.hook(name).events for name in self._server.snapshot()["hooks"]}
        return {**hooks, REFUSING: [event for each in self._refusing for event in each.hook(REFUSING).events]}

    def happened(self) -> Mapping[str, int]:
        """Return how often each fault was met."""
        attempts = {name: self._server.hook(name).attempts for name in (FAILING, SLOW, GONE)}
        return {
            "receiver failing": sum(each.status == 503 for each in attempts[FAILING]),
            "receiver saying 404": sum(each.status == 404 for each in attempts[GONE]),
            "receiver slower than SNS waits": sum(
                "no reply within" in str(each) for each in self._attempts()
            ),
            "receiver refusing connections": self.refusals(),
        }

    def _attempts(self) -> list[dict[str, Any]]:
        return read_lines(self._delivery_log)

    def _make(self, clients: Mapping[str, str], port: int | None = None) -> SampleServer:
        return make_receiver(
            self._emulator,
            self._directory,
            topic_arn=self._topic_arn,
            clients=clients,
            webhook_ids=self.webhook_ids,
            port=port,
        )
