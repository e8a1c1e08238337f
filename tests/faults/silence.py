"""Ends the gateway's silences: about most orders a while after they have failed, about some only by hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tests.faults.gateway import GatewayFaults
from tests.faults.plan import GATEWAY_NEVER_ANSWERS, FaultPlan
from tests.support.chain import Chain

# A release meets silence for this long, a small part of the minute for which it is tried. Measured from the
# order's own failure: however many orders there are, no release outlasts its retries.
_SILENT_SECONDS = 5.0
_LOOK_SECONDS = 0.5

References = Callable[[], Mapping[str, str]]


@contextmanager
def ending_silences(
    chain: Chain, plan: FaultPlan, gateway: GatewayFaults, references: References
) -> Iterator[None]:
    """Let the gateway answer again about each order that has failed, while the block runs.

    `references` returns the references of the orders accepted so far, by their request ID.
    """
    over = threading.Event()

    def watch() -> None:
        silent = set(plan.chosen[GATEWAY_NEVER_ANSWERS])
        failed_at: dict[str, float] = {}
        while silent and not over.wait(_LOOK_SECONDS):
            for request_id, reference in references().items():
                if reference in silent and reference not in failed_at and _has_failed(chain, request_id):
                    failed_at[reference] = time.monotonic()
            due = {each for each, at in failed_at.items() if time.monotonic() - at > _SILENT_SECONDS} & silent
            gateway.answer_again(due)
            silent -= due

    thread = threading.Thread(target=watch, name="silences", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _has_failed(chain: Chain, request_id: str) -> bool:
    order = chain.order(request_id)
    return order is not None and order["status"] == "failed"
