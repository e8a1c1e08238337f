"""The IDs by which clients ask for orders and webhooks."""

from __future__ import annotations

# More than any ID that the service gives out, and far less than DynamoDB's limits for keys, beyond which it
# answers with an error: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
LONGEST_ID = 128


def is_resource_id(text: str) -> bool:
    """Return whether the text could be an ID of ours; what could not be is not worth looking up."""
    return 1 <= len(text) <= LONGEST_ID
