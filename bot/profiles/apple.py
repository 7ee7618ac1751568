"""Apple configuration profiles: one file that adds a mail account on iPhone, iPad and Mac.

No password is in it: the device asks for it once. Identifiers and UUIDs come from the service and the address, so that a
newer file replaces the older one and does not add a second account.
"""

from __future__ import annotations

import hashlib
import plistlib
import uuid
from typing import Any, Final

from bot.kb.model import Language, Username
from bot.profiles.model import Incoming, MailServer, MailSettings, ProfileImpossibleError, Says, check_address

_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "profiles.mailports.invalid")
_TYPES: Final[dict[Incoming, str]] = {"imap": "EmailTypeIMAP", "pop3": "EmailTypePOP"}
_LONGEST_NAME: Final = 60


def render_mobileconfig(
    settings: MailSettings, incoming: Incoming, language: Language, says: Says, *, address: str | None = None
) -> bytes:
    """Return the profile for one account, unsigned.

    Args:
        settings: The servers; the best one for receiving and the best one for sending are taken.
        incoming: What the account receives with.
        language: Of the texts that the device shows while installing.
        says: The wording.
        address: The asker's own; without one the device asks for it. It is also what tells two accounts with one service
            apart: a device holds one profile without an address per service.

    Returns:
        An XML property list.

    Raises:
        ProfileImpossibleError: A server is missing, or signing in needs more than a password.

    Source: Apple, Device Management: TopLevel, CommonPayloadKeys and com.apple.mail.managed.
    """
    receiving, sending = settings.pair(incoming)
    if not all({"password", "app_password"} & set(server.authentication) for server in (receiving, sending)):
        raise ProfileImpossibleError("sign_in")
    if address is not None:
        check_address(address)
    name = settings.name(language, _LONGEST_NAME)
    label = says.say(f"protocol.{incoming}", language)
    identifier = _identifier(settings, incoming, address)
    payload: dict[str, Any] = {
        "PayloadType": "com.apple.mail.managed",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{identifier}.mail",
        "PayloadUUID": _uuid(f"{identifier}.mail"),
        "PayloadDisplayName": says.say("profile.account_name", language, name=name, protocol=label),
        "PayloadDescription": says.say("profile.account_description", language, name=name, protocol=label),
        "EmailAccountDescription": name,
        "EmailAccountType": _TYPES[incoming],
        **_server("Incoming", receiving, address),
        **_server("Outgoing", sending, address),
        "OutgoingPasswordSameAsIncomingPassword": True,
    }
    if address is not None:
        payload["EmailAddress"] = address
    app_password = "password" not in receiving.authentication
    profile: dict[str, Any] = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": identifier,
        "PayloadUUID": _uuid(identifier),
        "PayloadDisplayName": says.say("profile.name", language, name=name, protocol=label),
        "PayloadDescription": says.say(
            "profile.description_app_password" if app_password else "profile.description",
            language,
            name=name,
            receiving=receiving.hostname,
            sending=sending.hostname,
        ),
        "PayloadRemovalDisallowed": False,
        "PayloadContent": [payload],
    }
    return plistlib.dumps(profile, sort_keys=False)


def sign_mobileconfig(profile: bytes, certificates_pem: bytes, key_pem: bytes, password: bytes | None = None) -> bytes:
    """Sign a profile with the administrator's certificate, so that the device shows who it comes from.

    Args:
        profile: What `render_mobileconfig` returned.
        certificates_pem: The certificate first, then the issuers that a device may not know.
        key_pem: Its private key (RSA or ECDSA).
        password: Of the key, where it has one.

    Returns:
        CMS SignedData in DER, the profile inside.

    Raises:
        ValueError: The certificate or the key cannot be used, or they do not belong together.

    Source: RFC 5652 section 5; Apple, Device Management: "signed profiles".
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
    from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

    try:
        certificate, *issuers = x509.load_pem_x509_certificates(certificates_pem)
        key = load_pem_private_key(key_pem, password)
    except TypeError:
        raise ValueError("the key needs its password, or has none") from None
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise ValueError("the key is neither RSA nor ECDSA")  # noqa: TRY004 - a wrong file, not a wrong call
    if key.public_key() != certificate.public_key():
        raise ValueError("the key does not belong to the certificate")
    builder = PKCS7SignatureBuilder().set_data(profile).add_signer(certificate, key, hashes.SHA256())
    for issuer in issuers:
        builder = builder.add_certificate(issuer)
    # Binary: the property list is signed byte for byte, its line ends are not rewritten.
    return builder.sign(Encoding.DER, [PKCS7Options.Binary, PKCS7Options.NoCapabilities])


def _server(side: str, server: MailServer, address: str | None) -> dict[str, Any]:
    username = _username(server.username, address)
    return {
        f"{side}MailServerAuthentication": "EmailAuthPassword",
        f"{side}MailServerHostName": server.hostname,
        f"{side}MailServerPortNumber": server.port,
        # One switch for both: the device begins with TLS or upgrades, as the port wants it.
        f"{side}MailServerUseSSL": True,
        **({} if username is None else {f"{side}MailServerUsername": username}),
    }


def _username(form: Username, address: str | None) -> str | None:
    """Return what to sign in with; None lets the device ask."""
    if address is None or form in ("account_id", "other"):
        return None
    return address if form == "email_address" else check_address(address)[0]


def _identifier(settings: MailSettings, incoming: Incoming, address: str | None) -> str:
    name = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter == ".") else "-" for letter in settings.id.lower()
    )
    parts = ["mailports", name.strip("-.") or "mail", incoming]
    if address is not None:
        # Identifiers are shown and logged by devices: the address goes in as a digest.
        parts.append(hashlib.sha256(address.encode()).hexdigest()[:16])
    return ".".join(parts)


def _uuid(identifier: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, identifier)).upper()
