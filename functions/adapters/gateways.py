"""The payment gateway that the settings name."""

from __future__ import annotations

from functions.adapters.simulated_gateway import SimulatedGateway
from functions.domain.payment import PaymentGateway


def gateway_for(provider: str) -> PaymentGateway:
    """Return the gateway of a payment provider."""
    if provider == "simulated":
        return SimulatedGateway()
    raise ValueError(f"payment provider {provider!r} is not known: use 'simulated'")
