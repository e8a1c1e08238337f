"""How a stack is at this moment."""
