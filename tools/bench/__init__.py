"""Benchmarks: what a user waits for, as ratios of things measured side by side in one run."""
