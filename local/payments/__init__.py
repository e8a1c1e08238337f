"""A fake Stripe on this machine: localstripe, behind a front that records and can misbehave."""
