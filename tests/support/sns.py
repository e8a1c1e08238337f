"""What the tests of SNS's delivery stand on: a driven engine, and a real endpoint on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response
from werkzeug.datastructures import Headers

from local.sns.behaviour import SnsBehaviour
from local.sns.engine import Delivery, DeliveryAttempt, DeliveryEngine
from local.sns.policy import DeliveryPlan, plan_delivery
from local.sns.transport import EndpointRequest, EndpointResponse, TransportError
from tests.support.driven_clock import DrivenClock

START = 1_000_000.0
TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:events"
SUBSCRIPTION_ARN = f"{TOPIC_ARN}:6d3c3c44-44ab-4aa1-90b4-fd8cd20f6a2e"


@dataclass(frozen=True)
class Silence:
    """An endpoint that sends no reply."""

    seconds: float = 0.0


class ScriptedEndpoint:
    """Answer with the scripted statuses, then with the last one for ever; remember when it was asked."""

    def __init__(self, clock: DrivenClock, *script: int | Silence) -> None:
        self._clock = clock
        self._script = list(script)
        self.times: list[float] = []
        self.requests: list[EndpointRequest] = []

    def __call__(self, request: EndpointRequest) -> EndpointResponse:
        self.times.append(self._clock.now() - START)
        self.requests.append(request)
        answer = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if isinstance(answer, Silence):
            self._clock.spend(answer.seconds)
            raise TransportError("no reply")
        return EndpointResponse(status=answer, body=f"said {answer}")


class Listening:
    """Remember every attempt."""

    def __init__(self) -> None:
        self.attempts: list[DeliveryAttempt] = []

    def attempted(self, delivery: Delivery, attempt: DeliveryAttempt) -> None:
        self.attempts.append(attempt)


class SteadyRandom(Random):
    """Give always the same share of the range asked for."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share

    def uniform(self, a: float, b: float) -> float:
        return a + (b - a) * self._share


@dataclass
class Bench:
    """An engine in front of a scripted endpoint."""

    clock: DrivenClock
    endpoint: ScriptedEndpoint
    listening: Listening
    engine: DeliveryEngine

    def deliver(self, plan: DeliveryPlan | None = None, **changes: Any) -> Delivery:
        delivery = make_delivery(plan or plan_delivery(None, None), **changes)
        self.engine.deliver(delivery)
        return delivery


def make_bench(
    *script: int | Silence,
    random: Random | None = None,
    behaviour: SnsBehaviour | None = None,
) -> Bench:
    clock = DrivenClock(START)
    endpoint = ScriptedEndpoint(clock, *script)
    listening = Listening()
    engine = DeliveryEngine(
        clock=clock,
        transport=endpoint,
        random=random or SteadyRandom(0.0),
        run=lambda action: action(),
        listener=listening,
        behaviour_of=lambda _: behaviour or SnsBehaviour(),
    )
    return Bench(clock, endpoint, listening, engine)


def make_delivery(plan: DeliveryPlan, **changes: Any) -> Delivery:
    given: dict[str, Any] = {
        "delivery_id": "delivery-1",
        "message_type": "Notification",
        "message_id": "message-1",
        "topic_arn": TOPIC_ARN,
        "subscription_arn": SUBSCRIPTION_ARN,
        "endpoint": "https://client.example/hook",
        "message": "hello",
        "headers": {},
        "body": b"hello",
        "plan": plan,
        "accepted_at": START,
        "is_wanted": lambda: True,
    }
    return Delivery(**{**given, **changes})


def retry_policy(**changes: Any) -> dict[str, Any]:
    return {"minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": 3, **changes}


@dataclass
class Received:
    """One request as it came over the wire; the header names in lower case."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def kind(self) -> str:
        return self.headers["x-amz-sns-message-type"]


@dataclass
class LoopbackEndpoint:
    """A real endpoint; notifications are answered by `statuses` first, then by `always`."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    always: int = 200
    to_confirmations: int = 200
    received: list[Received] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, headers: Headers, body: bytes) -> int:
        with self.lock:
            self.received.append(Received({name.lower(): value for name, value in headers.items()}, body))
            if headers["x-amz-sns-message-type"] != "Notification":
                return self.to_confirmations
            return self.statuses.pop(0) if self.statuses else self.always

    def of_kind(self, kind: str) -> list[Received]:
        with self.lock:
            return [one for one in self.received if one.kind == kind]


@contextmanager
def loopback_endpoint(port: int = 0) -> Iterator[LoopbackEndpoint]:
    """Run an endpoint, on any free port unless one is given."""
    endpoint = LoopbackEndpoint()

    def answer(request: Request) -> Response:
        return Response("ok", status=endpoint.take(request.headers, request.get_data()))

    with HTTPServer("127.0.0.1", port, threaded=True) as server:
        server.expect_request("/hooks/orders", method="POST").respond_with_handler(answer)
        endpoint.url = server.url_for("/hooks/orders?from=sns")
        yield endpoint
