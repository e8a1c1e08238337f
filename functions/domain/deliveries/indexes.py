"""The names of the deliveries table's indexes: the program makes them, functions and operators query them."""

from __future__ import annotations

# Webhooks with work and rows with a deadline, by shard.
SCHEDULE_INDEX = "by-schedule"
# A webhook's rows that are to be published again.
DUE_INDEX = "by-due"
