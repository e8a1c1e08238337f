"""The laptop's web console: the operator's, with pages to place orders and to make the receiver fail."""
