"""The loopback HTTPS server behind the SigningCertURL."""

from __future__ import annotations

import socket
import ssl
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local.loopback import bind_loopback
from local.loopback_requests import loopback_only
from local.sns.signing import Credentials

# A receiver that is started by hand finds it here again after a restart.
_WISHED_PORT = 4443
_TIMEOUT_SECONDS = 30


class CertificateServer:
    """Serve the signing certificate from a thread until closed; `origin` is `https://localhost:<port>`."""

    def __init__(self, credentials: Credentials) -> None:
        signer = credentials.signer

        class Handler(_Handler):
            certificate_path = signer.certificate_path
            certificate_pem = signer.certificate_pem

        listener = bind_loopback(_WISHED_PORT)
        self._server = _TlsServer(listener.getsockname(), loopback_only(Handler), bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = with_tls(listener, credentials)
        self.origin = f"https://localhost:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="sns-certificates", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _TlsServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's own signature
        """Log nothing: a client that does not trust the certificate closes the connection."""


class _Handler(BaseHTTPRequestHandler):
    certificate_path: str
    certificate_pem: bytes
    timeout = _TIMEOUT_SECONDS

    def do_GET(self) -> None:
        if self.path == self.certificate_path:
            self._reply(200, "application/x-pem-file", self.certificate_pem)
        else:
            self._reply(404, "text/plain", b"")

    def _reply(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's parameter
        """Log nothing: the emulator's log is for the emulator."""


def with_tls(plain: socket.socket, credentials: Credentials) -> ssl.SSLSocket:
    """Return a listening socket that speaks TLS with the server's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        # load_cert_chain reads files only.
        Path(file.name).write_bytes(credentials.server_key_pem + credentials.server_certificate_pem)
        context.load_cert_chain(file.name)
    # The handshake belongs to the connection's thread: a silent client must not hold up the others.
    return context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
