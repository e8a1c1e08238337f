"""The name of the orders table's index that the API reads: the program makes it, a function queries it."""

from __future__ import annotations

# A client's orders by the time of their creation.
CLIENT_INDEX = "by-client"
