"""The web console: the state of a stack, and its orders and webhooks, as pages in a browser."""
