"""The state machines and the payment provider's key."""
