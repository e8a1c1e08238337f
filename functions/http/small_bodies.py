"""The bodies of the two functions that need no other model: accept_order's cold start is a client's wait."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class AcceptedOrder(BaseModel):
    """An order that has been taken; by its request ID it is known from now on."""

    request_id: str
    reference: str


class Health(BaseModel):
    """The API and its functions answer."""

    status: Literal["ok"]
