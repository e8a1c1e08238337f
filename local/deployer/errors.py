"""What can go wrong between the program and the embedded cloud."""

from __future__ import annotations


class DeploymentError(Exception):
    """The program could not be deployed; the message says what failed, and why."""


class ResourceError(Exception):
    """A resource cannot be created as the program declares it."""


class StoppedError(Exception):
    """The deployment is over, so there is nothing left to wait for."""
