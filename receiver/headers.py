"""A request's headers, in whatever form a framework has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

Text = str | bytes


class _HasItems(Protocol):
    # Such as http.client.HTTPMessage, which is no Mapping.
    def items(self) -> Iterable[tuple[str, str]]: ...


Headers = Mapping[str, str] | _HasItems | Iterable[tuple[Text, Text]]


def pairs_of(headers: Headers) -> Iterator[tuple[str, str]]:
    """Return the headers' names and values; a name may occur more than once, and in any case.

    Raises TypeError for what holds no headers.
    """
    items: Any = getattr(headers, "items", None)
    pairs: Any = items() if callable(items) else headers
    try:
        for name, value in pairs:
            yield _text(name), _text(value)
    except (TypeError, ValueError):
        raise TypeError(
            "pass the request's headers: the framework's object, or a mapping or pairs of text, "
            f"not {type(headers).__name__}"
        ) from None


def _text(value: object) -> str:
    # ASGI has bytes: https://asgi.readthedocs.io/en/stable/specs/www.html#http-connection-scope
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if not isinstance(value, str):
        raise TypeError
    return value
