"""The certificates SNS signs with: fetched, checked, cached, and used to verify a signature."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .envelope import Envelope
from .fetching import MAXIMUM_BYTES, Fetch
from .refusals import TemporaryFailure, UntrustedMessage
from .sources import Source

# SNS changes its certificate about once a year; a few regions and a change-over fit easily.
CAPACITY = 16
MINIMUM_KEY_BITS = 2048
# Forged messages can name certificates that do not exist. Those are fetched one after the other; a genuine
# message whose certificate is cached does not wait for them.
_LONGEST_WAIT_SECONDS = 6.0

_HASHES = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303 - version 1 is SHA-1, and off by default


class Certificates:
    """Cache certificates, dropping the one unused for longest when there are too many."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._cached: OrderedDict[Source, x509.Certificate] = OrderedDict()
        self._lock = threading.Lock()
        self._fetching = threading.Lock()

    def verify(self, envelope: Envelope, source: Source, now: datetime) -> None:
        """Check that the source's certificate is valid now and signed the envelope.

        Raises UntrustedMessage, or TemporaryFailure where the certificate cannot be fetched, or is not valid
        now: another clock, or a redelivery signed with another certificate, can change that.
        """
        certificate = self._certificate(source)
        if now > certificate.not_valid_after_utc:
            raise TemporaryFailure("certificate_expired", "The signing certificate has expired.")
        if now < certificate.not_valid_before_utc:
            raise TemporaryFailure("certificate_not_yet_valid", "The signing certificate is not valid yet.")
        try:
            _rsa_key(certificate).verify(
                envelope.signature,
                envelope.signed_bytes(),
                padding.PKCS1v15(),
                _HASHES[envelope.signature_version],
            )
        except InvalidSignature:
            raise UntrustedMessage(
                "signature_mismatch", "The signature does not belong to this message and certificate."
            ) from None

    def _certificate(self, source: Source) -> x509.Certificate:
        cached = self._find(source)
        if cached is not None:
            return cached
        if not self._fetching.acquire(timeout=_LONGEST_WAIT_SECONDS):
            raise TemporaryFailure("certificate_unavailable", "Other certificates are being fetched.")
        try:
            cached = self._find(source)
            return cached if cached is not None else self._store(source, self._get(source))
        finally:
            self._fetching.release()

    def _find(self, source: Source) -> x509.Certificate | None:
        with self._lock:
            if source in self._cached:
                self._cached.move_to_end(source)
            return self._cached.get(source)

    def _store(self, source: Source, certificate: x509.Certificate) -> x509.Certificate:
        with self._lock:
            self._cached[source] = certificate
            while len(self._cached) > CAPACITY:
                self._cached.popitem(last=False)
        return certificate

    def _get(self, source: Source) -> x509.Certificate:
        try:
            reply = self._fetch(source)
        except OSError as error:
            raise TemporaryFailure(
                "certificate_unavailable", f"The signing certificate could not be fetched: {error}."
            ) from error
        if reply.status != 200:
            raise TemporaryFailure(
                "certificate_unavailable", f"Fetching the signing certificate gave status {reply.status}."
            )
        return _parse(reply.body)


def _rsa_key(certificate: x509.Certificate) -> rsa.RSAPublicKey:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < MINIMUM_KEY_BITS:
        raise UntrustedMessage(
            "certificate_invalid", f"The certificate has no RSA key of {MINIMUM_KEY_BITS} bits or more."
        )
    return key


def _parse(pem: bytes) -> x509.Certificate:
    try:
        certificates = x509.load_pem_x509_certificates(pem) if len(pem) <= MAXIMUM_BYTES else []
    except ValueError:
        certificates = []
    if len(certificates) != 1:
        # Something on the way answered in SNS's place.
        raise TemporaryFailure("certificate_unavailable", "The reply is not one PEM certificate.")
    return certificates[0]
