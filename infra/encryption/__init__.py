"""The customer-managed key and its use."""
