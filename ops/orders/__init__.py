"""The stack's orders: listed by day, client or reference, and their totals."""
