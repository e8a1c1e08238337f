"""Deliveries: what is owed to each webhook, what SNS has reported of it, and what happens next.

Everything here is pure: it takes what is stored and what has happened, and returns what is to be stored. The
adapters write it, on the condition that the stored version is the one that was read, and otherwise read again
and repeat. Instants are `datetime`s in UTC. An event's time alone is text, since it is part of a key.
"""
