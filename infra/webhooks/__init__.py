"""The event topic, its subscriptions and its delivery logs."""
