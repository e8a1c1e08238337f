"""One order's story, from every source that knows a part of it."""
