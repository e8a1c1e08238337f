"""SNS that behaves for each order as the plan says, and webhooks that answer so."""

from __future__ import annotations

import functools
from typing import Any

from local.sns.behaviour import SnsBehaviour
from local.sns.transport import EndpointRequest, EndpointResponse, TransportError
from tests.faults.injector import Injector
from tests.faults.plan import ANSWERS, answered

# SNS waits 15 seconds: a slow receiver shall be one within seconds.
WEBHOOK_TIMEOUT_SECONDS = 3.0


def plug_in(injector: Injector) -> None:
    """Change the emulator in whose process this runs."""
    from local.sns import runtime

    post = functools.partial(runtime.post, timeout_seconds=WEBHOOK_TIMEOUT_SECONDS)

    def answer_or_post(request: EndpointRequest) -> EndpointResponse:
        text = request.body.decode()
        for status in ANSWERS:
            if injector.strikes(answered(status), text):
                if status:
                    return EndpointResponse(status=status, body="as planned")
                raise TransportError("RemoteDisconnected: as planned")
        return post(request)

    def make_behaviour_of(settings: Any) -> Any:
        def behaviour_of(delivery: Any) -> SnsBehaviour:
            return injector.behaviour_of(delivery.message) or settings.behaviour

        return behaviour_of

    runtime.post = answer_or_post
    runtime.make_behaviour_of = make_behaviour_of
