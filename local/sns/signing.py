"""The laptop's stand-in for Amazon's certificates: an authority, and a server and a signer it vouches for."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import ipaddress
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_VALID_DAYS = 30


class MessageSigner:
    """Sign messages as SNS does, with an RSA key whose certificate receivers download."""

    def __init__(self, key: rsa.RSAPrivateKey, certificate_pem: bytes) -> None:
        self._key = key
        self.certificate_pem = certificate_pem
        # SNS's file names end in 32 hexadecimal digits; a digest gives each certificate its own.
        self.certificate_path = (
            f"/SimpleNotificationService-{hashlib.sha256(certificate_pem).hexdigest()[:32]}.pem"
        )

    def sign(self, text: bytes, signature_version: str) -> str:
        """Return the base64 signature of a message's canonical text.

        Version "1" is SHA1withRSA and "2" SHA256withRSA:
        https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
        """
        # SHA-1 is what version 1 of AWS's format is made of.
        algorithm = hashes.SHA256() if signature_version == "2" else hashes.SHA1()  # noqa: S303
        return base64.b64encode(self._key.sign(text, padding.PKCS1v15(), algorithm)).decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The keys and certificates of one run of the emulator; all in PEM."""

    authority_pem: bytes
    server_certificate_pem: bytes
    server_key_pem: bytes
    signer: MessageSigner


def make_credentials() -> Credentials:
    """Make a new authority, and from it a certificate for loopback HTTPS and one for signing messages."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _make_authority(authority_key)
    server_key = ec.generate_private_key(ec.SECP256R1())
    server_certificate = _issue(authority, authority_key, server_key, "localhost", server=True)
    signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signing_certificate = _issue(authority, authority_key, signing_key, "sns.amazonaws.com", server=False)
    return Credentials(
        authority_pem=_to_pem(authority),
        server_certificate_pem=_to_pem(server_certificate),
        server_key_pem=server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        signer=MessageSigner(signing_key, _to_pem(signing_certificate)),
    )


def _make_authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = _name("Order Webhooks local authority")
    return (
        _builder(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _issue(
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    key: _Key,
    common_name: str,
    *,
    server: bool,
) -> x509.Certificate:
    builder = (
        _builder(_name(common_name), authority.subject, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
        )
    )
    if server:
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
    else:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(common_name)]), critical=False
        )
    return builder.sign(authority_key, hashes.SHA256())


def _builder(subject: x509.Name, issuer: x509.Name, key: _Key) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A clock that is a little behind ours must still accept it.
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=_VALID_DAYS))
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _to_pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
