"""The state machine, built from plain Python dicts."""
