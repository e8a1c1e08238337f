"""A fake Stripe for tests and the laptop: as strict as Stripe where a payment is concerned."""
