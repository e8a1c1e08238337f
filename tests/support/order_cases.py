"""Orders at the bounds of the rules, for the tests of the rules and of the document that publishes them."""

from __future__ import annotations

from functions.domain.order_request import MAX_TOTAL_AMOUNT
from tests.support.orders import item, order_payload

TAKEN = [
    order_payload(),
    order_payload(reference="Größe 75\u00a0cm \u200dab \U0001f525"),
    order_payload(reference="x" * 100),
    order_payload(items=[item()] * 100),
    order_payload(items=[item(unit_amount=MAX_TOTAL_AMOUNT, quantity=1)]),
    order_payload(payment_method="x" * 255),
    order_payload(metadata={}),
    order_payload(metadata={f"k{n}": "v" for n in range(40)}),
]
# The document's schema refuses these too.
REFUSED = [
    order_payload(colour="red"),
    order_payload(reference=""),
    order_payload(reference=" \u200b\u3000"),
    order_payload(reference="a\tb"),
    order_payload(reference="a\u2028b"),
    order_payload(reference="\u202ea"),
    order_payload(reference="a\uffff"),
    order_payload(reference="x" * 101),
    order_payload(currency="eur"),
    order_payload(items=[]),
    order_payload(items=[item()] * 101),
    order_payload(items=[item(weight=1)]),
    order_payload(items=[item(quantity=0)]),
    order_payload(items=[item(quantity=10_001, unit_amount=1)]),
    order_payload(items=[item(unit_amount=-1)]),
    order_payload(items=[item(unit_amount=49.95)]),
    order_payload(items=[item(unit_amount="4995")]),
    order_payload(payment_method="pm card"),
    order_payload(payment_method="x" * 256),
    order_payload(metadata=None),
    order_payload(metadata={"": "v"}),
    order_payload(metadata={"a\n": "v"}),
    order_payload(metadata={"k": ""}),
    order_payload(metadata={"k" * 41: "v"}),
    order_payload(metadata={f"k{n}": "v" for n in range(41)}),
]
# No schema can say what is wrong with these.
BEYOND_THE_SCHEMA = [
    order_payload(payment_method="4242424242424242"),
    order_payload(items=[item(unit_amount=0)]),
    order_payload(items=[item(unit_amount=MAX_TOTAL_AMOUNT, quantity=2)]),
]
