"""The program's names for what the emulator holds under names of its own."""

from __future__ import annotations


def logical_name(physical: str) -> str:
    """Return the program's name for a thing: `orders` for `http://…/orders-0a1b2c3`."""
    return physical.replace("/", ":").rpartition(":")[2].rpartition("-")[0]


def table_name(logical: str) -> str:
    """Return the last word of a table's name, whose beginning says whose tables they are."""
    return logical.rpartition("-")[2]
