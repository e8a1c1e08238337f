"""The HTTP API and its domain name."""
