"""Certificates of every fault, made once for a test run."""

from __future__ import annotations

import datetime as dt
import ssl
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HOST = "mail.fault.test"
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Issued:
    """A certificate with its key, as PEM."""

    chain: bytes
    key: bytes


class Authority:
    """A root, and an intermediate below it; the root is what the tests trust."""

    def __init__(self) -> None:
        self._root = trustme.CA(organization_name="Fault Test Trust")
        self._intermediate = trustme.CA(self._root, path_length=3, organization_name="Fault Test Trust")
        self._stranger = trustme.CA()

    def write_root(self, path: Path) -> Path:
        """Write the root's certificate."""
        self._root.cert_pem.write_to_path(str(path))
        return path

    def issue(self, kind: str) -> Issued:
        """Issue a certificate with the named fault, or `good`."""
        now = dt.datetime.now(dt.UTC)
        if kind == "self_signed":
            return _self_signed(now)
        if kind == "wrong_name":
            return _leaf(self._root.issue_cert("imap.fault.test", "www.elsewhere.test"))
        if kind == "wildcard":
            return _leaf(self._root.issue_cert("*.elsewhere.test"))
        if kind == "expired":
            return _leaf(self._root.issue_cert(HOST, not_before=now - 40 * _DAY, not_after=now - 10 * _DAY))
        if kind == "not_yet_valid":
            return _leaf(self._root.issue_cert(HOST, not_before=now + 10 * _DAY, not_after=now + 40 * _DAY))
        if kind == "unknown_issuer":
            return _leaf(self._stranger.issue_cert(HOST))
        if kind == "private_root_sent":
            issued = _leaf(self._stranger.issue_cert(HOST))
            return Issued(issued.chain + self._stranger.cert_pem.bytes(), issued.key)
        if kind == "incomplete":
            # The intermediate is left out, as on a server whose administrator pasted the first certificate alone.
            issued = self._intermediate.issue_cert(HOST)
            return Issued(issued.cert_chain_pems[0].bytes(), issued.private_key_pem.bytes())
        assert kind == "good", kind
        return _leaf(self._intermediate.issue_cert(HOST))


def _leaf(issued: trustme.LeafCert) -> Issued:
    return Issued(b"".join(pem.bytes() for pem in issued.cert_chain_pems), issued.private_key_pem.bytes())


def _self_signed(now: dt.datetime) -> Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + 30 * _DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Issued(
        certificate.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
    )


def server_context(issued: Issued, folder: Path, *, oldest: str | None = None) -> ssl.SSLContext:
    """Return a server's context.

    Args:
        issued: Its certificate.
        folder: For the PEM files, which the standard library reads from disk only.
        oldest: `1.0` for a server that speaks nothing newer, `all` for one that speaks everything.
    """
    import warnings

    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(issued.chain)
    key.write_bytes(issued.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    if oldest is not None:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with warnings.catch_warnings():
            # Naming the old versions warns, and here they are what is wanted.
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1 if oldest == "1.0" else ssl.TLSVersion.MAXIMUM_SUPPORTED
    return context


@cache
def authority() -> Authority:
    """Return the one authority of a test run."""
    return Authority()
