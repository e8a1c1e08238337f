"""A page of orders as a body."""

from __future__ import annotations

from pydantic import BaseModel

from functions.domain.order_models import OrderView


class OrderList(BaseModel):
    """A page of a client's orders, newest first; with `next_cursor` there is a next page."""

    orders: list[OrderView]
    next_cursor: str | None
