"""The system's name resolution."""

from __future__ import annotations

import socket


def resolve(host: str) -> list[str]:
    """Return every address that a host leads to, in whatever spelling; raise OSError where there is none."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]
