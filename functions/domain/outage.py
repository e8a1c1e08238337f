"""What is wrong with a service just now, and not with what was asked of it."""

from __future__ import annotations


class ServiceUnavailable(Exception):  # noqa: N818 - the workflow's Retry knows it by this name
    """An AWS service refuses for now, or does not answer; asking again is safe."""
