"""Every way in which SNS may behave where AWS does not say: receivers that fail in every way, under each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from local.sns.behaviour import SnsBehaviour
from receiver.hooks import FailurePlan
from tests.faults.by_setting import facts_about
from tests.faults.claims import DELIVERY_CLAIMS
from tests.faults.facts import Facts
from tests.faults.plugged_switches import environment, set_switches
from tests.faults.proof import Outcome, prove
from tests.faults.sns_settings import SNS_SETTINGS, shown
from tests.faults.webhook_bench import WebhookBench, running_bench

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
    directory: Path,
    settings: Sequence[SnsBehaviour] = SNS_SETTINGS,
    *,
    orders: int,
    plugs: Sequence[str] = (),
    say: Callable[[str], object] = print,
) -> Outcome:
    """Set SNS's switches one way after the other, and return what is found of the orders under each setting.

    Under each, the webhooks fail in every way. The next setting comes when nothing is under way any more.
    """
    hooks = [*_FAILURES, _NEVER, _GONE]
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "switches.json"
    set_switches(file, settings[0])
    with running_bench(
        directory,
        hooks,
        settings=SETTINGS,
        plugs=["tests.faults.plugged_switches", *plugs],
        environment=lambda: dict(environment(file)),
    ) as bench:
        for hook in hooks:
            bench.register(hook)
        # The one that is gone is re-enabled under each setting: its oldest rows use up their schedule.
        for hook in (_NEVER, _GONE):
            bench.let_die(hook)
        found = {}
        for number, behaviour in enumerate(settings):
            started = time.monotonic()
            set_switches(file, behaviour)
            facts = _under_one_setting(bench, range(number * orders, (number + 1) * orders))
            found[behaviour] = facts, prove(facts, DELIVERY_CLAIMS)
            say(f"{time.monotonic() - started:5.0f} s: {shown(behaviour)}, waiting: {dict(facts.waiting)}")
        facts = bench.facts()
    return Outcome(facts, prove(facts, DELIVERY_CLAIMS), found)


def _under_one_setting(bench: WebhookBench, numbers: range) -> Facts:
    plans = {**_FAILURES, _NEVER: FailurePlan(status=400), _GONE: FailurePlan(status=410)}
    bench.clock.run_at(1)
    for webhook in bench.webhooks:
        bench.chain.receiver.hook(webhook.hook).plan(plans[webhook.hook])
        # What the last setting has disabled.
        bench.activate(webhook)
    for number in numbers:
        bench.post(number)
    bench.wait_until_published()
    # Not hours later, in which its rows would be tried again and again.
    bench.wait_until_disabled(_GONE)
    bench.clock.run_at(_SPEED)
    return facts_about(bench.wait_until_quiet(), [f"order-{number}" for number in numbers])
