"""Shake hands and write down what was shown: version, chain, OpenSSL's verdicts by number, and whom the certificate is for.

Verification never breaks the handshake: a person whose certificate is faulty needs to be told all of its faults.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from bot.probe.chain import is_for_host, issuer_organisation, read_certificate, unreadable
from bot.probe.facts import CertificateFacts, TlsFacts, VerifyCode
from bot.probe.host import is_ip_address

if TYPE_CHECKING:
    from OpenSSL import SSL

    from bot.probe.wire import Wire

_MAX_CHAIN: Final = 12
# Mail programs accept a little more than OpenSSL's own default (level 2 refuses DH keys that all of them take).
_CIPHERS: Final = b"DEFAULT:@SECLEVEL=1"
_OLD_CIPHERS: Final = b"DEFAULT:@SECLEVEL=0"
"""TLS 1.0 and 1.1 are spoken at this level only."""
TLS_1_0: Final = ssl.TLSVersion.TLSv1.value
TLS_1_1: Final = ssl.TLSVersion.TLSv1_1.value


async def shake_hands(wire: Wire, hostname: str, ca_file: str | None) -> TlsFacts:
    """Complete a handshake with TLS 1.2 or newer.

    Args:
        wire: The connection; read and written under TLS from then on.
        hostname: The name or address the certificate is held against; names are also sent (SNI).
        ca_file: Roots to trust instead of the system's.

    Returns:
        What was shown.

    Raises:
        EndedError: The handshake failed.
    """
    return await _shake_hands(wire, hostname, ca_file, _context(ca_file))


async def shake_old_hands(wire: Wire, hostname: str, ca_file: str | None, most: int) -> TlsFacts:
    """Complete a handshake with TLS 1.0, or up to 1.1 where *most* says so.

    Raises:
        EndedError: The handshake failed, as it should.
    """
    return await _shake_hands(wire, hostname, ca_file, _old_context(ca_file, most))


async def _shake_hands(wire: Wire, hostname: str, ca_file: str | None, context: SSL.Context) -> TlsFacts:
    from OpenSSL import SSL

    codes: dict[VerifyCode, None] = {}
    connection = SSL.Connection(context, None)
    connection.set_app_data(codes)
    connection.set_connect_state()
    if not is_ip_address(hostname):
        connection.set_tlsext_host_name(hostname.encode("ascii"))
    await wire.start_tls(connection)
    certificates: tuple[CertificateFacts, ...] = ()
    is_for, organisation = False, None
    # A certificate that cannot be read is a fact too: the chain is empty then, and OpenSSL's numbers stay.
    with suppress(*unreadable()):
        chain = (connection.get_peer_cert_chain(as_cryptography=True) or [])[:_MAX_CHAIN]
        certificates = tuple(map(read_certificate, chain))
        is_for, organisation = is_for_host(chain[0], hostname), issuer_organisation(chain[-1])
    return TlsFacts(
        version=connection.get_protocol_version_name(),
        cipher=connection.get_cipher_name() or "",
        chain=certificates,
        verify_codes=tuple(codes),
        hostname=hostname,
        is_for_hostname=is_for,
        is_issuer_family_trusted=bool(codes) and organisation in _trusted_organisations(ca_file),
    )


@lru_cache(maxsize=8)
def _context(ca_file: str | None) -> SSL.Context:
    """Build the context that all probes share: reading the system's roots takes longer than a handshake."""
    from OpenSSL import SSL

    return _new_context(ca_file, SSL.TLS1_2_VERSION, 0, _CIPHERS)


@lru_cache(maxsize=16)
def _old_context(ca_file: str | None, most: int) -> SSL.Context:
    return _new_context(ca_file, TLS_1_0, most, _OLD_CIPHERS)


def _new_context(ca_file: str | None, least: int, most: int, ciphers: bytes) -> SSL.Context:
    from OpenSSL import SSL

    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(least)
    context.set_max_proto_version(most)
    context.set_cipher_list(ciphers)
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    else:
        context.set_default_verify_paths()
    context.set_verify(SSL.VERIFY_PEER, _note)
    # Two hundred probes wait for most of their time, and need no buffers for records meanwhile.
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)
    return context


def _note(connection: SSL.Connection, certificate: object, code: int, depth: int, is_good: int) -> bool:
    """Write down what OpenSSL found and let the handshake go on."""
    del certificate
    if not is_good:
        connection.get_app_data()[VerifyCode(code, depth)] = None
    return True


@lru_cache(maxsize=8)
def _trusted_organisations(ca_file: str | None) -> frozenset[str | None]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    else:
        context.load_default_certs()
    # A subject is a tuple of relative names, each a tuple of pairs; the type stubs know only strings there.
    subjects: list[Any] = [certificate.get("subject", ()) for certificate in context.get_ca_certs()]
    return frozenset(
        value for subject in subjects for relative in subject for key, value in relative if key == "organizationName"
    )
