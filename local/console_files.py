"""What `make local` leaves for the console's process, which it starts before everything else."""

from __future__ import annotations

# In the laptop's work directory: the stack's outputs, and where the sample receiver is.
OUTPUTS = "outputs.json"
RECEIVER = "sample-receiver.json"
# The environment variable with the console's token.
CONSOLE_TOKEN = "CONSOLE_TOKEN"  # noqa: S105 - the name of a variable
