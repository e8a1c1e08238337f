"""How long an order waits that could not be taken up just now.

docs/decisions/0005-sqs-visibility-and-receive-count.md has the arithmetic.
"""

from __future__ import annotations

FIRST_DELAY_SECONDS = 2
LONGEST_DELAY_SECONDS = 15 * 60


def backoff_seconds(receive_count: int, draw: float) -> int:
    """Return the seconds before the next try of what has been received so often.

    Each wait is twice the one before, up to the longest. `draw`, from 0 up to 1, takes off as much as half of
    it, so that what was refused together does not come back together.
    """
    # A count may be in the hundreds: two to that power would be no number to work with.
    doublings = min(receive_count - 1, LONGEST_DELAY_SECONDS.bit_length())
    delay_seconds = min(FIRST_DELAY_SECONDS << doublings, LONGEST_DELAY_SECONDS)
    return max(1, round(delay_seconds * (1 - draw / 2)))
