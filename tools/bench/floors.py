"""Floors: the same clients and libraries as a function has, without a line of ours."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum


class Library(Enum):
    """A library that a floor contains, with the least that anybody does with it."""

    PYDANTIC = """
from pydantic import BaseModel
class Model(BaseModel):
    name: str
    amount: int
"""
    LOGGER = """
from aws_lambda_powertools import Logger
Logger()
"""
    STRIPE = """
import stripe
stripe.StripeClient("sk_test_floor", http_client=stripe.RequestsClient())
"""


_CLIENTS = """
import boto3
from botocore.config import Config
config = Config(connect_timeout=1, read_timeout=3, retries={{"mode": "standard", "total_max_attempts": 3}})
for service in {services}:
    boto3.client(service, config=config)
"""


def floor(services: Sequence[str], *libraries: Library) -> str:
    """Return the statements that make clients of these services and use these libraries."""
    clients = _CLIENTS.format(services=list(services)) if services else ""
    return clients + "".join(library.value for library in libraries)
