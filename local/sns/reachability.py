"""What SNS checks of an endpoint before it subscribes it: that something takes its connections."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from local.sns.errors import invalid_parameter

# AWS documents no time for it. Nothing else is answered meanwhile.
_TIMEOUT_SECONDS = 3.0
_PORTS = {"http": 80, "https": 443}


def check_reachable(endpoint: str) -> None:
    """Raise SnsError unless an HTTP(S) endpoint can be resolved and takes a connection."""
    parts = urlsplit(endpoint)
    try:
        address = (parts.hostname or "", parts.port or _PORTS[parts.scheme])
        socket.create_connection(address, _TIMEOUT_SECONDS).close()
    # A name that cannot be encoded or a port that is none is a ValueError.
    except (OSError, ValueError):
        raise invalid_parameter("Unreachable Endpoint") from None
