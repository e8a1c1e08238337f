"""A webhook that is down for six days among healthy ones, on a clock that makes them less than a minute."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from receiver.hooks import FailurePlan
from tests.faults.claims import DELIVERY_CLAIMS
from tests.faults.facts import Facts
from tests.faults.proof import Claim, Outcome, Report, prove
from tests.faults.webhook_bench import WebhookBench, running_bench

DOWN = "down"
# Six days in 52 seconds.
_SPEED = 10_000.0
_DAYS = 6
# On the machine's clock: what a healthy webhook waits for is this machine's work, which nothing speeds up.
_HEALTHY_BOUND_SECONDS = 60.0


def run_outage(
    directory: Path, *, healthy: int, orders: int, say: Callable[[str], object] = print
) -> Outcome:
    """Return what is found after the outage and after the client has re-enabled its webhook."""
    hooks = [DOWN, *(f"healthy-{number:02}" for number in range(healthy))]
    # The default is ten webhooks a client.
    with running_bench(directory, hooks, settings={"max_webhooks_per_client": len(hooks)}) as bench:
        down, *_ = [bench.register(each) for each in hooks]
        bench.chain.receiver.hook(DOWN).plan(FailurePlan(status=503))
        bench.clock.run_at(_SPEED)
        started = bench.clock.now()
        for number in range(orders):
            _wait_until(bench, started + (number + 1) * _DAYS * 86_400 / (orders + 1))
            bench.post(number)
        _wait_until(bench, started + _DAYS * 86_400)
        during = bench.wait_until_quiet()
        say(f"after {_DAYS} days the webhook that was down is {during.waiting.get(DOWN, 'served')}")
        bench.chain.receiver.hook(DOWN).plan(FailurePlan())
        bench.activate(down)
        facts = bench.wait_until_quiet()
        slowest = bench.slowest_seconds(hooks[1:])
        say(f"the slowest event at a healthy webhook took {slowest:.1f} s of this machine's time")
    claims = (*prove(facts, DELIVERY_CLAIMS).claims, *_outage_claims(during, facts, slowest))
    return Outcome(facts, Report(claims))


def _wait_until(bench: WebhookBench, emulated: float) -> None:
    while (left := emulated - bench.clock.now()) > 0:
        time.sleep(min(0.5, left / _SPEED))


def _outage_claims(during: Facts, after: Facts, slowest: float) -> list[Claim]:
    served = () if DOWN in during.waiting else (f"{DOWN} is still served after {_DAYS} days",)
    left = [each.state for each in after.deliveries if each.hook == DOWN and each.state != "delivered"]
    late = (f"{slowest:.1f} s",) if slowest > _HEALTHY_BOUND_SECONDS else ()
    return [
        Claim(kind="other", text="webhooks that are not disabled after days of failing", against=served),
        Claim(kind="lost", text="events missed and not delivered after it", against=tuple(left)),
        Claim(kind="other", text="healthy webhooks that waited for the one that was down", against=late),
    ]
