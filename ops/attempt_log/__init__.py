"""The deliveries of webhooks: what each event's attempts were answered with, and what follows."""
