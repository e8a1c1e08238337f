"""One HTTP GET without redirects, with a deadline and a bound on what is read."""

from __future__ import annotations

import http.client
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from .sources import Source, is_loopback

# SNS gives an attempt 15 s in all, so the certificate must be here long before.
TIMEOUT_SECONDS = 5.0
MAXIMUM_BYTES = 64 * 1024
_CHUNK_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Reply:
    """Hold the status and the body of an HTTP reply."""

    status: int
    body: bytes


class Fetch(Protocol):
    """Get a URL; raise OSError when there is no reply. Give your own where the way out is a proxy."""

    def __call__(self, source: Source, /) -> Reply:
        """Get the source's URL without following redirects."""


def fetch(source: Source, /) -> Reply:
    """Get a URL directly, within 5 s and 64 KiB.

    Raises OSError when the host cannot be reached, does not prove its name, is too slow or sends too much.
    """
    deadline = time.monotonic() + TIMEOUT_SECONDS
    parts = urlsplit(source.url)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, source.ca_file)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path)
        response = connection.getresponse()
        return Reply(response.status, _read(connection, response, deadline))
    except http.client.HTTPException as error:
        raise ConnectionError(f"{parts.hostname} did not answer in HTTP ({error!r})") from None
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None, ca_file: Path | None) -> http.client.HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=context)
    if scheme != "http" or not is_loopback(host):
        raise ConnectionError(f"{scheme}://{host} is neither https nor this machine")
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)


def _read(
    connection: http.client.HTTPConnection, response: http.client.HTTPResponse, deadline: float
) -> bytes:
    body = b""
    while True:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError(f"the reply took longer than {TIMEOUT_SECONDS} s")
        if connection.sock is not None:
            connection.sock.settimeout(remaining)
        chunk = response.read1(_CHUNK_BYTES)
        body += chunk
        if len(body) > MAXIMUM_BYTES:
            raise ConnectionError(f"the reply is longer than {MAXIMUM_BYTES} bytes")
        if not chunk:
            break
    if response.length:
        raise ConnectionError(f"the reply ended {response.length} bytes early")
    return body
