"""A site on loopback, by https and by http, that answers well and badly."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

from .signing import sns_certificate


@dataclass(frozen=True)
class Site:
    """Where it is, and what was asked of it; stalled replies end when `let_go` is set."""

    origin: str
    ca_file: Path
    visited: list[str]
    let_go: threading.Event

    def pem_url(self, behaviour: str) -> str:
        """Give the URL of a signing certificate that is served in a certain way."""
        return f"{self.origin}/SimpleNotificationService-{_HEX[behaviour] * 32}.pem"


_HEX = {
    "plain": "0",
    "redirect": "1",
    "long": "2",
    "short": "3",
    "stalled": "4",
    "dripping": "5",
    "nonsense": "6",
}


@contextmanager
def serving(folder: Path, *, tls: bool) -> Iterator[Site]:
    """Serve until the end of the block."""
    scheme, host = ("https", "localhost") if tls else ("http", "127.0.0.1")
    ca_file = folder / f"{scheme}-ca.pem"
    authority = trustme.CA()
    authority.cert_pem.write_to_path(ca_file)
    server = _Server(("127.0.0.1", 0), _Handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site = Site(f"{scheme}://{host}:{server.server_port}", ca_file, [], threading.Event())
    server.site = site  # type: ignore[attr-defined] - for the handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        site.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args: object) -> None:
        """Say nothing: the tests hang up on what this site says."""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined] - set by serving()
        site.visited.append(self.path)
        digit = self.path.removeprefix("/SimpleNotificationService-")[:1]
        behaviour = next((name for name, value in _HEX.items() if value == digit), "plain")
        body = sns_certificate()
        match behaviour:
            case "redirect":
                self._begin(302, {"Location": site.pem_url("plain"), "Content-Length": "0"})
            case "long":
                self._begin(200, {})
                self.wfile.write(body + b"\n" * 65536)
            case "short":
                self._begin(200, {"Content-Length": str(len(body) + 1)})
                self.wfile.write(body)
            case "stalled":
                site.let_go.wait()
            case "dripping":
                self._begin(200, {"Content-Length": "1000000"})
                while not site.let_go.wait(0.02):
                    self.wfile.write(b"\n")
            case "nonsense":
                self.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")
            case _:
                self._begin(200, {"Content-Length": str(len(body))})
                self.wfile.write(body)

    def _begin(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def now_shifted(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)
