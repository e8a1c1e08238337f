"""The stack's webhooks: which are failing, and why."""
