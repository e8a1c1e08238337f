"""Patches of the pinned MiniStack release, one module per fault."""
