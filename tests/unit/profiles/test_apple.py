"""Apple profiles: valid property lists with documented keys only, stable, without a password, signed on demand."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trustme

from bot.kb.model import Language
from bot.profiles.apple import render_mobileconfig, sign_mobileconfig
from bot.profiles.model import MailServer, ProfileImpossibleError
from tests.unit.profiles.sample import IMAP, POP, SMTP, settings, wording

REQUIRED = {"PayloadIdentifier": str, "PayloadUUID": str, "PayloadType": str, "PayloadVersion": int}
TOP = REQUIRED | {
    "PayloadContent": list,
    "PayloadDescription": str,
    "PayloadDisplayName": str,
    "PayloadOrganization": str,
    "PayloadRemovalDisallowed": bool,
}
MAIL = REQUIRED | {
    "PayloadDescription": str,
    "PayloadDisplayName": str,
    "EmailAccountDescription": str,
    "EmailAccountName": str,
    "EmailAccountType": str,
    "EmailAddress": str,
    "IncomingMailServerAuthentication": str,
    "IncomingMailServerHostName": str,
    "IncomingMailServerPortNumber": int,
    "IncomingMailServerUseSSL": bool,
    "IncomingMailServerUsername": str,
    "OutgoingMailServerAuthentication": str,
    "OutgoingMailServerHostName": str,
    "OutgoingMailServerPortNumber": int,
    "OutgoingMailServerUseSSL": bool,
    "OutgoingMailServerUsername": str,
    "OutgoingPasswordSameAsIncomingPassword": bool,
}
"""Keys and types as Apple documents them (Device Management: TopLevel, CommonPayloadKeys, Mail); no key for a password."""
MAIL_REQUIRED = {
    *REQUIRED,
    "EmailAccountType",
    "IncomingMailServerAuthentication",
    "IncomingMailServerHostName",
    "OutgoingMailServerAuthentication",
    "OutgoingMailServerHostName",
}


def profile(incoming: Any = "imap", language: Language = "en", **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Render and read back: the profile and its one payload."""
    made = plistlib.loads(render_mobileconfig(settings(), incoming, language, wording(), **more))
    (payload,) = made["PayloadContent"]
    return made, payload


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("incoming", ["imap", "pop3"])
@pytest.mark.parametrize("address", [None, "taro@hoshi.example.jp"])
def test_every_key_is_documented(language: Language, incoming: str, address: str | None) -> None:
    """A device refuses a profile with a wrong type and ignores what it does not know: neither is in ours."""
    made, payload = profile(incoming, language, address=address)
    for part, keys in ((made, TOP), (payload, MAIL)):
        assert {key: type(value) for key, value in part.items()} == {key: keys[key] for key in part}
        assert str(uuid.UUID(part["PayloadUUID"])).upper() == part["PayloadUUID"]
    assert REQUIRED.keys() | {"PayloadContent"} <= made.keys()
    assert payload.keys() >= MAIL_REQUIRED
    assert (made["PayloadType"], payload["PayloadType"]) == ("Configuration", "com.apple.mail.managed")
    assert payload["EmailAccountType"] in ("EmailTypeIMAP", "EmailTypePOP")
    texts = " ".join(str(part[key]) for part in (made, payload) for key in part if "Desc" in key or "Name" in key)
    assert "{" not in texts
    assert "profile." not in texts


def test_the_best_servers_are_taken() -> None:
    """Implicit TLS where there is a choice; encryption is always on."""
    _, payload = profile()
    assert payload["IncomingMailServerHostName"] == IMAP.hostname
    assert (payload["IncomingMailServerPortNumber"], payload["OutgoingMailServerPortNumber"]) == (993, 465)
    assert payload["IncomingMailServerUseSSL"] is payload["OutgoingMailServerUseSSL"] is True


def test_the_user_name_has_the_form_of_the_service() -> None:
    """Whole address or local part where the address is known; the device asks for everything else."""
    _, payload = profile("pop3", address="taro@hoshi.example.jp")
    assert payload["IncomingMailServerUsername"] == "taro"
    assert payload["OutgoingMailServerUsername"] == payload["EmailAddress"] == "taro@hoshi.example.jp"
    _, payload = profile("pop3")
    assert not any("Username" in key or key == "EmailAddress" for key in payload)


def test_identifiers_are_stable_and_apart() -> None:
    """The same account replaces itself; another protocol, address or service is another profile."""
    first, again = profile(language="ja"), profile(language="en")
    assert [part["PayloadUUID"] for part in first] == [part["PayloadUUID"] for part in again]
    seen = [profile(), profile("pop3"), profile(address="a@hoshi.example.jp"), profile(address="b@hoshi.example.jp")]
    for key in ("PayloadUUID", "PayloadIdentifier"):
        values = [part[key] for pair in seen for part in pair]
        assert len(set(values)) == len(values)
    near = [msgspec.structs.replace(settings(), id=id_) for id_ in ("a.b.example", "a-b.example", "a-b-example")]
    assert len({render_mobileconfig(each, "imap", "en", wording()) for each in near}) == 3
    assert all("hoshi.example.jp" not in part["PayloadIdentifier"] for pair in seen for part in pair)


@pytest.mark.parametrize("ways", [(), ("oauth2",)])
def test_what_needs_more_than_a_password_is_refused(ways: Any) -> None:
    """The payload knows no OAuth2: a profile that cannot sign in is not made."""
    server = MailServer("imap", "imap.example.com", 993, "implicit_tls", "email_address", ways)
    with pytest.raises(ProfileImpossibleError, match="sign_in"):
        render_mobileconfig(settings(server, SMTP), "imap", "en", wording())


def test_an_app_password_is_named() -> None:
    """Where the everyday password is refused, the device's text says which one is meant."""
    assert "アプリパスワード" in profile("pop3", "ja")[0]["PayloadDescription"]
    assert POP.authentication[0] == "app_password"
    assert "アプリパスワード" not in profile("imap", "ja")[0]["PayloadDescription"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed here")
def test_a_signed_profile_is_verified_by_openssl(tmp_path: Path) -> None:
    """OpenSSL finds the signature good and takes the same bytes out; one byte changed, and it does not."""
    authority = trustme.CA()
    issuer = authority.create_child_ca()
    leaf = issuer.issue_cert("profiles.example.jp")
    chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
    unsigned = render_mobileconfig(settings(), "imap", "ja", wording())
    signed = sign_mobileconfig(unsigned, chain, leaf.private_key_pem.bytes())
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")

    def verify(blob: bytes) -> subprocess.CompletedProcess[bytes]:
        command = [
            "openssl",
            "cms",
            "-verify",
            "-inform",
            "DER",
            "-CAfile",
            str(tmp_path / "ca.pem"),
            "-purpose",
            "any",
        ]
        return subprocess.run(command, input=blob, capture_output=True, timeout=20, check=False)

    assert verify(signed).stdout == unsigned
    assert verify(signed).returncode == 0
    assert verify(signed.replace(b"993", b"992", 1)).returncode != 0


def test_a_foreign_key_signs_nothing() -> None:
    """A key that does not belong to the certificate is found before a device finds it."""
    authority = trustme.CA()
    one, other = authority.issue_cert("a.example.jp"), authority.issue_cert("b.example.jp")
    chain = b"".join(blob.bytes() for blob in one.cert_chain_pems)
    with pytest.raises(ValueError, match="belong"):
        sign_mobileconfig(b"x", chain, other.private_key_pem.bytes())
    for key in (b"", b"-----BEGIN PRIVATE KEY-----\n"):
        with pytest.raises(ValueError, match=r".+"):
            sign_mobileconfig(b"x", chain, key)
    with pytest.raises(ValueError, match="password"):
        sign_mobileconfig(b"x", chain, one.private_key_pem.bytes(), b"not needed")
