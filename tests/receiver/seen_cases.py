"""What a memory of handled events is asked, and what it must say; for the kits in Python and for Node."""

from __future__ import annotations

# Steps: what is asked about which event, and the claim's result; `wait` moves the clock by seconds.
Step = tuple[str, str | float, str | None]

SEEN_CASES: dict[str, list[Step]] = {
    "a settled event is done for good": [
        ("claim", "a", "NEW"),
        ("settle", "a", None),
        ("wait", 3 * 24 * 3600, None),
        ("claim", "a", "DONE"),
        ("release", "a", None),
        ("claim", "a", "DONE"),
    ],
    "an event being handled is busy for others": [
        ("claim", "a", "NEW"),
        ("claim", "a", "BUSY"),
        ("claim", "b", "NEW"),
    ],
    "a released event is new again": [("claim", "a", "NEW"), ("release", "a", None), ("claim", "a", "NEW")],
    "a claim lapses when its holder died": [
        ("claim", "a", "NEW"),
        ("wait", 59, None),
        ("claim", "a", "BUSY"),
        ("wait", 2, None),
        ("claim", "a", "NEW"),
        ("claim", "a", "BUSY"),
    ],
    "releasing what was never claimed does nothing": [("release", "a", None), ("claim", "a", "NEW")],
    "settling what was never claimed counts": [("settle", "a", None), ("claim", "a", "DONE")],
}
