"""What happened to one order, from every source."""
