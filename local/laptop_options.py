"""The options of `make local`, and the settings of its stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml  # type: ignore[import-untyped]  # its stubs are not in the environment

from functions.domain.client import ANONYMOUS
from infra.settings import RedeliverySettings
from local.sns.behaviour import SnsBehaviour

# The stack's configuration, also for `make preview`.
CONFIGURATION = Path(__file__).resolve().parent.parent / "Pulumi.local.yaml"
HOOK = "orders"
PaymentProvider = Literal["simulated", "stripe"]
# A second webhook of the same client, which does not fail: it must receive each event exactly once.
HEALTHY_HOOK = "healthy"
ALWAYS = -1
# Beside the anonymous one. Each has a webhook with its own name.
CLIENTS = ("shop",)


@dataclass(frozen=True, kw_only=True)
class LaptopOptions:
    """The options. Where a port is taken, another is used."""

    emulator_port: int | None = None
    receiver_port: int | None = None
    fail_status: int = 503
    fail_times: int = 0
    """How many deliveries the receiver fails first; `ALWAYS` fails all."""
    speed: float = 1.0
    """The number that all retry and redelivery delays are divided by."""
    sns: SnsBehaviour = field(default_factory=SnsBehaviour)
    """What AWS leaves undocumented about SNS."""
    payment: PaymentProvider = "simulated"
    """The payment provider: the simulated one, or Stripe's gateway with a fake Stripe."""

    console_port: int | None = None
    has_console: bool = False
    """Whether to serve the web console, whose page has orders of several clients."""

    @property
    def hooks(self) -> Mapping[str, str]:
        """The client of each of the receiver's webhooks."""
        others = {HEALTHY_HOOK: ANONYMOUS} if self.fail_times else {}
        return {HOOK: ANONYMOUS, **others, **({each: each for each in CLIENTS} if self.has_console else {})}


def laptop_settings(*, speed: float) -> dict[str, Any]:
    """Return the settings in Pulumi.local.yaml, with the waits of redelivery divided by `speed`."""
    configuration = yaml.safe_load(CONFIGURATION.read_text(encoding="utf-8"))["config"]
    delays_seconds = RedeliverySettings().delays_seconds
    return {
        **configuration["order-webhooks:settings"],
        "redelivery": {"delays_seconds": [max(1, round(each / speed)) for each in delays_seconds]},
    }
