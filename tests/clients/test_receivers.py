"""The failure this guards against: a receiver of examples/receivers/ that loses events or does work twice."""

from __future__ import annotations

import http.client
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.loopback import bind_loopback
from local.receiving import write_trust
from tests.clients.environment import EXAMPLES, EXAMPLES_MODULES, NODE, PYTHON, needs_node, needs_python
from tests.clients.relay import Relay, running_relay
from tests.support.chain import Chain
from tests.support.orders import order_payload
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

PORT = "PORT"
# The commands are those of the examples' own first lines.
COMMANDS: dict[str, list[str]] = {
    "flask": [str(PYTHON), "-m", "flask", "--app", "flask_app", "run", "--port", PORT],
    "fastapi": [str(PYTHON), "-m", "uvicorn", "fastapi_app:app", "--port", PORT],
    "django": [str(PYTHON), "django_app.py", "runserver", PORT, "--noreload"],
    "express": [str(NODE), "express_app.js", PORT],
    "fastify": [str(NODE), "fastify_app.js", PORT],
}
REFUSED = {b"": 400, b"{}": 400, b'{"Type": "Notification"}': 400, b"\xff": 400}
FRAMEWORKS = [
    *(pytest.param(name, marks=needs_python) for name in ("flask", "fastapi", "django")),
    *(pytest.param(name, marks=needs_node) for name in ("express", "fastify")),
]


@dataclass(frozen=True)
class Client:
    """A client with one receiver, and the relay in front of it."""

    name: str
    directory: Path
    relay: Relay
    chain: Chain

    def register(self) -> str:
        """Register the receiver as docs/clients.md describes; return the webhook's ID."""
        answer = self.chain.call("POST", "/webhooks", {"url": self.relay.url}, x_client_id=self.name)
        assert answer.status == 201, answer
        webhook_id: str = answer.body["webhook_id"]
        with (self.directory / "webhook-ids.txt").open("a") as file:
            file.write(f"{webhook_id}\n")
        wait_for(lambda: self.status(webhook_id) == "active", "the confirmation")
        return webhook_id

    def status(self, webhook_id: str) -> str:
        return str(self.chain.call("GET", f"/webhooks/{webhook_id}", x_client_id=self.name).body["status"])

    def order(self, reference: str) -> str:
        return self.chain.accept(order_payload(reference=reference), x_client_id=self.name)

    def answered(self, request_id: str, expected: list[str]) -> None:
        """Wait until the receiver has given these answers about an order."""
        wait_for(lambda: len(self.relay.answers(request_id)) >= len(expected), f"{len(expected)} deliveries")
        assert self.relay.answers(request_id) == expected

    def post(self, body: bytes) -> int:
        """Post something else than SNS does; return the status, or 0 where there is no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.relay.target_port, timeout=30)
        try:
            connection.request("POST", "/hooks/orders", body, {"content-type": "text/plain; charset=UTF-8"})
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def work_done(self) -> list[str]:
        """Return what the receiver has printed of its work."""
        printed = (self.directory / "output.txt").read_text().splitlines()
        return [line for line in printed if line.startswith(("ship ", "cancel "))]


@contextmanager
def running_client(name: str, directory: Path, chain: Chain, python_kit: Path | None) -> Iterator[Client]:
    write_trust(
        directory / "receiver.json",
        chain.emulator,
        topic_arn=chain.outputs["topic_arn"],
        client_id=name,
    )
    for source in EXAMPLES.glob(f"{name}_app.*"):
        (directory / source.name).write_bytes(source.read_bytes())
    (directory / "package.json").write_text('{"type": "module"}')
    (directory / "node_modules").symlink_to(EXAMPLES_MODULES)
    with bind_loopback() as free:
        port = free.getsockname()[1]
    command = [str(port) if each == PORT else each for each in COMMANDS[name]]
    environment = {**os.environ, "PYTHONPATH": str(python_kit or ""), "PYTHONUNBUFFERED": "1"}
    with (
        (directory / "output.txt").open("w") as output,
        subprocess.Popen(command, cwd=directory, env=environment, stdout=output, stderr=output) as process,
        running_relay(port) as relay,
    ):
        client = Client(name, directory, relay, chain)
        try:
            wait_for(lambda: client.post(b"{}") == 400, "the receiver")
            yield client
        finally:
            process.terminate()
            process.wait(30)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_receiver_takes_everything_that_the_service_sends(
    framework: str, tmp_path: Path, laptop: Chain, request: pytest.FixtureRequest
) -> None:
    is_python = framework in ("flask", "fastapi", "django")
    kit = request.getfixturevalue("python_kit") if is_python else None
    with running_client(framework, tmp_path, laptop, kit) as client:
        relay = client.relay
        webhook_id = client.register()
        assert [(each.kind, each.answer) for each in relay.exchanges if each.status == 200] == [
            ("SubscriptionConfirmation", "confirmed")
        ]

        plain = client.order("plain")
        client.answered(plain, ["handled"])
        (event,) = relay.about(plain)
        assert (event.event_type, event.status) == ("order.paid", 200)

        relay.fail = 1
        retried = client.order("retried")
        client.answered(retried, ["not passed on", "handled"])
        assert len({each.message_id for each in relay.about(retried)}) == 1

        relay.lose_answers = 1
        repeated = client.order("repeated")
        client.answered(repeated, ["handled", "duplicate"])

        tested = laptop.call("POST", f"/webhooks/{webhook_id}/test", {}, x_client_id=framework)
        assert tested.status == 202
        (test_event,) = wait_for(
            lambda: [each for each in relay.exchanges if each.event_type == "webhook.test"], "the test event"
        )
        assert (test_event.status, test_event.answer) == (200, "handled")

        again = laptop.call("POST", f"/orders/{plain}/redeliver", {}, x_client_id=framework)
        assert again.status == 202
        client.answered(plain, ["handled", "duplicate"])
        first, second = relay.about(plain)
        assert first.message_id != second.message_id

        # SNS gives up after its two attempts; the service then publishes the event again.
        relay.fail = 2
        redelivered = client.order("redelivered")
        client.answered(redelivered, ["not passed on", "not passed on", "handled"])

        assert client.work_done() == ["ship plain", "ship retried", "ship repeated", "ship redelivered"]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_receiver_refuses_what_is_not_sns(
    framework: str, tmp_path: Path, laptop: Chain, request: pytest.FixtureRequest
) -> None:
    is_python = framework in ("flask", "fastapi", "django")
    kit = request.getfixturevalue("python_kit") if is_python else None
    with running_client(framework, tmp_path, laptop, kit) as client:
        assert {body: client.post(body) for body in REFUSED} == REFUSED
        # A longer body is not read to its end, so that the connection may be closed before the answer is.
        assert client.post(b"x" * (1024 * 1024 + 1)) in (413, 0)
        wait_for(lambda: client.post(b"{}") == 400, "the receiver, still there")
        assert client.work_done() == []
