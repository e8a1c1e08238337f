"""From the API to the workflow: the function that accepts an order, and the one that starts its execution."""
