"""Deliveries as bodies: a webhook's and an order's."""

from __future__ import annotations

from pydantic import BaseModel

from functions.domain.delivery_view import DeliveryView


class DeliveryList(BaseModel):
    """A page of a webhook's deliveries, newest event first; with `next_cursor` there is a next page."""

    deliveries: list[DeliveryView]
    next_cursor: str | None


class OrderDeliveries(BaseModel):
    """An order's event at each webhook that should have it."""

    deliveries: list[DeliveryView]
