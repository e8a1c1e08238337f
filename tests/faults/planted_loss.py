"""SNS that reports a delivery that it has not made: `--plug tests.faults.planted_loss`."""

from __future__ import annotations

import threading

from local.sns.transport import EndpointRequest, EndpointResponse

HOOK = "healthy"


def plug_in() -> None:
    """Change the emulator in whose process this runs."""
    from local.sns import runtime

    post, lock = runtime.post, threading.Lock()
    left = 1

    def lie_once(request: EndpointRequest) -> EndpointResponse:
        nonlocal left
        is_event = f"/hooks/{HOOK}" in request.url and b"order." in request.body
        with lock:
            lies = is_event and left > 0
            left -= lies
        return EndpointResponse(status=200, body="") if lies else post(request)

    runtime.post = lie_once  # type: ignore[assignment]
