"""The state of a stack."""
