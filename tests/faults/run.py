"""One run: the stack on the laptop, eight clients, every fault on, and the facts found afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.settings import STRIPE_API_KEY
from local.emulated_clock import EmulatedClock, start_clock
from local.sns.settings import DELIVERY_LOG
from local.stripe.fake_stripe import running_stripe
from tests.faults.facts import Facts
from tests.faults.gateway import GatewayFaults
from tests.faults.injector import environment
from tests.faults.plan import FaultPlan
from tests.faults.receivers import Receivers
from tests.faults.scenario import Scenario, Stage
from tests.support.chain import running_chain

FUNCTION_TIMEOUT_SECONDS = 5
# A gateway that does not answer holds a process for all of that time.
_WORKERS = 4
# By what the emulator multiplies the waits of a workflow's retries: a release, which waits for up to a minute
# there, is tried for about a minute in all.
_WAIT_SCALE = 0.01


def stack_settings(workflow_type: str, stripe_url: str) -> dict[str, Any]:
    """Return the settings of the stack under test: AWS's hours and minutes are seconds here."""
    return {
        "functions": {"build_for": "host", "timeout_seconds": FUNCTION_TIMEOUT_SECONDS},
        "queue": {"visibility_timeout_seconds": 10, "max_concurrency": 2},
        "workflow": {
            "type": workflow_type,
            # Waits are hundredths of these, and longer than a charge that another execution of the same order
            # is making: meanwhile Stripe refuses the same request.
            "payment_retry": {"interval_seconds": 30, "max_attempts": 3, "max_delay_seconds": 60},
        },
        "delivery": {
            "num_retries": 2,
            "num_no_delay_retries": 0,
            "num_min_delay_retries": 0,
            "num_max_delay_retries": 0,
            "min_delay_target_seconds": 1,
            "max_delay_target_seconds": 1,
        },
        "payment": {"provider": "stripe", "stripe_api_base": stripe_url},
        "redelivery": {"delays_seconds": [1] * 6},
    }


def run(
    directory: Path,
    plan: FaultPlan,
    workflow_type: str,
    *,
    say: Callable[[str], object] = print,
) -> Facts:
    """Let the clients post their orders under the plan's faults, and return what is found at the end."""
    journal, delivery_log = directory / "faults.jsonl", directory / "deliveries.jsonl"
    with (
        running_stripe() as stripe,
        running_chain(
            directory,
            stack="faults",
            hooks=[],
            settings=stack_settings(workflow_type, stripe.url),
            secrets={STRIPE_API_KEY: "sk_test_faults"},
            plugs=["tests.faults.plug"],
            environment={
                **environment(plan, journal),
                **start_clock(directory / "clock"),
                DELIVERY_LOG: str(delivery_log),
                "SFN_WAIT_SCALE": str(_WAIT_SCALE),
                "EMULATOR_WORKERS_PER_FUNCTION": str(_WORKERS),
            },
        ) as chain,
        Receivers(
            chain.emulator, directory, topic_arn=chain.outputs["topic_arn"], delivery_log=delivery_log
        ) as receivers,
    ):
        gateway = GatewayFaults(plan, late_seconds=FUNCTION_TIMEOUT_SECONDS)
        stripe.inject_by(gateway.fault_for)
        stage = Stage(
            chain,
            plan,
            workflow_type,
            receivers,
            stripe,
            gateway,
            journal,
            EmulatedClock(directory / "clock"),
        )
        return Scenario(stage, say).play()
