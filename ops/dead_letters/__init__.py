"""The stack's dead-letter queues."""
