"""Fixtures of the tests of Pulumi's engine."""

from __future__ import annotations

from tests.support.checked_clients import checked_deployer

__all__ = ["checked_deployer"]
