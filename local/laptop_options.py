"""What can be chosen of the service on this machine, and the settings that its stack has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from infra.settings import RedeliverySettings

HOOK = "orders"
PaymentProvider = Literal["simulated", "stripe"]
# Beside a webhook that fails, one of the same client that does not: it must get each event exactly once.
HEALTHY_HOOK = "healthy"
ALWAYS = -1


@dataclass(frozen=True, kw_only=True)
class LaptopOptions:
    """What can be chosen. Ports are wishes: where one is taken, another is used."""

    emulator_port: int | None = None
    receiver_port: int | None = None
    fail_status: int = 503
    fail_times: int = 0
    """How many deliveries the receiver fails before it takes them; `ALWAYS` fails all."""
    speed: float = 1.0
    """By what every wait of delivery and redelivery is divided."""
    payment: PaymentProvider = "simulated"
    """Who takes the payments: nobody, or a fake Stripe with a memory."""

    @property
    def hooks(self) -> tuple[str, ...]:
        """The receiver's webhooks."""
        return (HOOK, HEALTHY_HOOK) if self.fail_times else (HOOK,)


def laptop_settings(*, speed: float) -> dict[str, Any]:
    """Return the settings of the stack on this machine, as its settings file would hold them."""
    delays_seconds = RedeliverySettings().delays_seconds
    return {
        "api": {"auth": "none"},
        "functions": {"build_for": "host"},
        "allow_http_webhooks": True,
        # An outage of the gateway is to be seen to its end by somebody who is watching.
        "workflow": {"payment_retry": {"interval_seconds": 1, "max_attempts": 4, "max_delay_seconds": 4}},
        "redelivery": {"delays_seconds": [max(1, round(each / speed)) for each in delays_seconds]},
    }
