"""Read what a server's certificates say. They are a stranger's bytes: OpenSSL takes some that cannot be read, or not in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.probe.facts import CertificateFacts, clean_text
from bot.probe.host import is_ip_address

if TYPE_CHECKING:
    from cryptography import x509

_MAX_NAMES: Final = 100


def unreadable() -> tuple[type[Exception], ...]:
    """Return the errors that a faulty certificate can cause anywhere below (found by changing bytes of a good one)."""
    from cryptography import x509

    return (
        ValueError,
        TypeError,
        IndexError,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
        x509.InvalidVersion,
    )


def is_for_host(certificate: x509.Certificate, hostname: str) -> bool:
    """Say whether the certificate names *hostname*.

    Source: RFC 9525 (by service-identity).
    """
    from service_identity import CertificateError, VerificationError
    from service_identity.cryptography import verify_certificate_hostname, verify_certificate_ip_address

    says_no: tuple[type[Exception], ...] = (VerificationError, CertificateError, *unreadable())
    try:
        if is_ip_address(hostname):
            verify_certificate_ip_address(certificate, hostname)
        else:
            verify_certificate_hostname(certificate, hostname)
    except says_no:
        return False
    return True


def read_certificate(certificate: x509.Certificate) -> CertificateFacts:
    """Return what a certificate says; raises one of `unreadable` where that cannot be found out."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import AuthorityInformationAccessOID

    names: list[str] = []
    addresses: list[str] = []
    urls: list[str] = []
    try:
        extensions = certificate.extensions
        for extension in extensions:
            value = extension.value
            if isinstance(value, x509.SubjectAlternativeName):
                names = [clean_text(name, 253) for name in value.get_values_for_type(x509.DNSName)[:_MAX_NAMES]]
                addresses = [str(each) for each in value.get_values_for_type(x509.IPAddress)[:_MAX_NAMES]]
            elif isinstance(value, x509.AuthorityInformationAccess):
                urls = [
                    clean_text(access.access_location.value)
                    for access in value
                    if access.access_method == AuthorityInformationAccessOID.CA_ISSUERS
                    and isinstance(access.access_location, x509.UniformResourceIdentifier)
                ]
    except unreadable():
        # Faulty extensions: the names in them cannot be relied on, so there are none.
        names, addresses, urls = [], [], []
    return CertificateFacts(
        subject=_short_name(certificate.subject),
        issuer=_short_name(certificate.issuer),
        names=tuple(names),
        addresses=tuple(addresses),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        is_self_issued=certificate.subject == certificate.issuer,
        issuer_urls=tuple(urls),
        sha256=certificate.fingerprint(SHA256()).hex(),
    )


def _short_name(name: x509.Name) -> str:
    """Return the common name, or what else there is, as one line."""
    from cryptography.x509.oid import NameOID

    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(oid):
            return clean_text(attribute.value)
    return clean_text(name.rfc4514_string())


def issuer_organisation(certificate: x509.Certificate) -> str | None:
    """Return the organisation of a certificate's issuer."""
    from cryptography.x509.oid import NameOID

    for attribute in certificate.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME):
        return clean_text(attribute.value)
    return None
