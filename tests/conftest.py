"""How many examples property tests try: 200, and 10,000 in `make test-all`."""

from __future__ import annotations

from hypothesis import settings

# A loaded machine is slow now and then: no example has a deadline.
settings.register_profile("usual", max_examples=200, deadline=None)
settings.register_profile("thorough", max_examples=10_000, deadline=None)
settings.load_profile("usual")
