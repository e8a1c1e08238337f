"""Every way in which SNS may behave where AWS does not say: receivers that fail in every way, under each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from local.sns.behaviour import SnsBehaviour
from receiver.hooks import FailurePlan
from tests.faults.claims import DELIVERY_CLAIMS
from tests.faults.facts import Facts
from tests.faults.proof import Report, prove
from tests.faults.sns_settings import shown
from tests.faults.webhook_bench import running_bench

# The delivery policy makes three attempts; a third failure is SNS's last.
_FAILURES = {
    "healthy": FailurePlan(),
    "unavailable-once": FailurePlan(status=503, times=1),
    "unavailable": FailurePlan(status=503, times=8),
    "not-found": FailurePlan(status=404, times=3),
    "forbidden": FailurePlan(status=403, times=1),
    "too-many": FailurePlan(status=429, times=5),
    "redirecting": FailurePlan(status=302, times=1),
}
_NEVER = "never"
_GONE = "gone"
_SPEED = 2_000.0
SETTINGS = {
    "delivery": {
        "num_retries": 2,
        "num_no_delay_retries": 0,
        "num_min_delay_retries": 0,
        "num_max_delay_retries": 0,
        "min_delay_target_seconds": 1,
        "max_delay_target_seconds": 1,
    },
    "redelivery": {"delays_seconds": [60] * 6},
}


def run_switches(
    directory: Path, behaviour: SnsBehaviour, *, orders: int, say: Callable[[str], object] = print
) -> tuple[Facts, Report]:
    """Return what is found after orders whose webhooks fail in every way, under one setting."""
    hooks = [*_FAILURES, _NEVER, _GONE]
    with running_bench(directory, hooks, settings=SETTINGS, behaviour=behaviour) as bench:
        for hook in hooks:
            bench.register(hook)
        bench.let_die(_NEVER)
        plans = {**_FAILURES, _NEVER: FailurePlan(status=400), _GONE: FailurePlan(status=410)}
        for hook, plan in plans.items():
            bench.chain.receiver.hook(hook).plan(plan)
        for number in range(orders):
            bench.post(number)
        bench.wait_until_published()
        bench.clock.run_at(_SPEED)
        facts = bench.wait_until_quiet()
        say(f"{shown(behaviour)}: waiting {dict(facts.waiting)}")
    return facts, prove(facts, DELIVERY_CLAIMS)
