"""The rule for every HTTP server on this machine: answer its own programs and pages, and no other web page.

A page of any site can make the developer's browser send requests to 127.0.0.1, and the emulator runs any
code it is sent. Browsers name the origin of a request; boto3, curl, SNS's delivery and Pulumi do not. So
these headers decide:

- Host must be a loopback name, once. A page whose own name resolves to 127.0.0.1 (DNS rebinding) sends that
  name, and being its own origin it may send nothing else.
- Origin, where there is one, must be a loopback origin. `null`, which a sandboxed frame sends, is not.
- Sec-Fetch-Site, where there is one, must not be `cross-site`: GET requests of images, forms and links have
  no Origin.
- The request target must be a path: the name in an absolute URL would replace Host.

All browsers released since March 2023 send Sec-Fetch-Site to a loopback address. The GET of an older one
looks like curl's, so only its Host is checked. It does send Origin with a POST, and only a POST creates a
function or invokes one.

https://www.w3.org/TR/fetch-metadata/ https://fetch.spec.whatwg.org/#origin-header
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler

_NAME = r"(?:127\.0\.0\.1|\[::1\]|(?:[a-z0-9_-]+\.)*localhost)(?::[0-9]{1,5})?"
_HOST = re.compile(_NAME, re.IGNORECASE | re.ASCII)
_ORIGIN = re.compile(f"https?://{_NAME}", re.IGNORECASE | re.ASCII)
_OWN_SITES = frozenset({"none", "same-origin", "same-site"})
# A refused request is read to its end as far as this, else its sender might lose the response.
_LONGEST_REFUSED_BODY_BYTES = 1_000_000


def refusal_of(
    target: str,
    headers: Iterable[tuple[str, str]],
    allows_origin: Callable[[str], bool] = lambda _origin: False,
) -> str | None:
    """Return the sentence with which to refuse a request, or None where it is to be answered.

    `allows_origin` returns whether a foreign origin may send this request nevertheless.
    """
    found: dict[str, list[str]] = {"host": [], "origin": [], "sec-fetch-site": []}
    for name, value in headers:
        if name.lower() in found:
            found[name.lower()].append(value.strip(" \t"))
    if not target.startswith("/") and target != "*":
        return "The request target must be a path."
    if len(found["host"]) != 1 or not _HOST.fullmatch(found["host"][0]):
        return "The Host header must be 127.0.0.1, [::1], localhost or a name below localhost."
    foreign = [origin for origin in found["origin"] if not _ORIGIN.fullmatch(origin)]
    if not all(allows_origin(origin) for origin in foreign):
        return "Requests from web pages of other origins are refused."
    if not foreign and not _OWN_SITES.issuperset(found["sec-fetch-site"]):
        return "Requests from web pages of other sites are refused."
    return None


def refusal_body(sentence: str) -> bytes:
    """Return the body of a refusal, in the form of API Gateway's errors."""
    return json.dumps({"message": sentence}).encode()


def loopback_only(handler: type[BaseHTTPRequestHandler]) -> type[BaseHTTPRequestHandler]:
    """Return a handler for `http.server` that refuses what `refusal_of` refuses, and else does the same."""

    class LoopbackOnly(handler):  # type: ignore[valid-type, misc]  # the class is an argument
        def parse_request(self) -> bool:
            if not super().parse_request():
                return False
            refusal = refusal_of(self.path, self.headers.items())
            if refusal is not None:
                _refuse(self, refusal)
            return refusal is None

    return LoopbackOnly


def _refuse(request: BaseHTTPRequestHandler, sentence: str) -> None:
    request.close_connection = True
    with suppress(OSError, ValueError):
        length = int(request.headers.get("Content-Length") or 0)
        request.rfile.read(min(max(length, 0), _LONGEST_REFUSED_BODY_BYTES))
    content = refusal_body(sentence)
    request.send_response(HTTPStatus.FORBIDDEN)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(content)))
    request.send_header("Connection", "close")
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(content)
