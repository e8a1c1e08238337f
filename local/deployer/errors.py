"""The errors of a deployment."""

from __future__ import annotations


class DeploymentError(Exception):
    """The program could not be deployed; the message says what failed, and why."""


class ResourceError(Exception):
    """A resource cannot be created as the program declares it."""


class StoppedError(Exception):
    """The deployment has ended, so waiting is pointless."""
