"""A token issuer on this machine: OpenID Connect discovery over HTTPS, a key, and the tokens it signs."""

from __future__ import annotations

import base64
import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from local.loopback import HOST
from local.sns.certificate_server import with_tls
from local.sns.signing import make_credentials

_DISCOVERY_PATH = "/.well-known/openid-configuration"
_KEYS_PATH = "/.well-known/jwks.json"
_TIMEOUT_SECONDS = 30


class SigningKey:
    """An RSA key that signs tokens, under a name that the issuer publishes."""

    def __init__(self, kid: str) -> None:
        self.kid = kid
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwk(self) -> dict[str, str]:
        """Return the public half as a JSON Web Key."""
        numbers = self._key.public_key().public_numbers()
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid} | {
            "n": _base64url(numbers.n.to_bytes(256, "big")),
            "e": _base64url(numbers.e.to_bytes(3, "big")),
        }

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return a token of RS256 with these claims and no others."""
        header = {"alg": "RS256", "typ": "JWT", "kid": self.kid}
        signed = f"{_base64url(json.dumps(header).encode())}.{_base64url(json.dumps(claims).encode())}"
        return f"{signed}.{_base64url(self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """A running issuer; `trust` is the environment with which the emulator believes its certificate."""

    url: str
    key: SigningKey
    trust: Mapping[str, str]

    def token(self, *, audience: str, client_id: str, lifetime_seconds: int) -> str:
        """Return a token for a client, good from now on."""
        now = int(time.time())
        return self.key.sign(
            {
                "iss": self.url,
                "aud": audience,
                "sub": client_id,
                "client_id": client_id,
                "iat": now,
                "nbf": now,
                "exp": now + lifetime_seconds,
            }
        )


@contextmanager
def running_issuer(directory: Path) -> Iterator[Issuer]:
    """Run an issuer for the length of the block; `directory` gets the certificates to trust."""
    credentials = make_credentials()
    key = SigningKey("laptop-1")
    server = _Server((HOST, 0), _Handler)
    server.socket = with_tls(server.socket, credentials)
    url = f"https://localhost:{server.server_port}"
    server.documents = documents(url, [key.jwk()])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Issuer(url=url, key=key, trust=_trust(directory, credentials.authority_pem))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def documents(url: str, keys: list[dict[str, str]]) -> dict[str, Any]:
    """Return what an issuer serves, by path.

    https://openid.net/specs/openid-connect-discovery-1_0.html
    """
    discovery = {
        "issuer": url,
        "jwks_uri": url + _KEYS_PATH,
        "id_token_signing_alg_values_supported": ["RS256"],
    }
    return {_DISCOVERY_PATH: discovery, _KEYS_PATH: {"keys": keys}}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    documents: Mapping[str, Any]

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's own signature
        """Say nothing: a client that does not trust the certificate breaks off, and knows why."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _TIMEOUT_SECONDS

    def do_GET(self) -> None:
        document = self.server.documents.get(self.path)
        body = json.dumps(document).encode()
        self.send_response(404 if document is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's parameter
        """Keep quiet."""


def _trust(directory: Path, authority_pem: bytes) -> dict[str, str]:
    # OpenSSL reads one file of authorities: this machine's own must stay among them.
    usual = ssl.get_default_verify_paths().cafile
    bundle = directory / "issuer-authorities.pem"
    bundle.write_bytes((Path(usual).read_bytes() if usual else b"") + authority_pem)
    return {"SSL_CERT_FILE": str(bundle)}


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
