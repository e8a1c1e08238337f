"""A world of one clock: SNS, receivers, the table, and the three functions that meet there."""
