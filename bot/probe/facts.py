"""What was seen on a server's ports. Facts judge nothing: `verdict` says what they mean, the wording says it to people.

Text of the server is in here only after `clean_text`: one line, cut, without characters that nobody sees. It is still a
stranger's text and is shown as literal text, never as markup.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from bot.kb.model import Protocol, Security

MAX_TEXT: Final = 200
_DROPPED: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


class Stage(StrEnum):
    """How far the dialogue had come."""

    CONNECT = "connect"
    TLS = "tls"
    """The handshake, at once or after STARTTLS."""
    GREETING = "greeting"
    CAPABILITIES = "capabilities"
    STARTTLS = "starttls"
    CAPABILITIES_AFTER = "capabilities_after"
    DONE = "done"


class Ending(StrEnum):
    """How the dialogue ended."""

    COMPLETED = "completed"
    REFUSED = "refused"
    """The machine answered that nothing listens there."""
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    """A router, or our own machine, said that there is no way."""
    RESET = "reset"
    CLOSED_EARLY = "closed_early"
    """Closed in order, but before the dialogue was over."""
    NOT_THIS_PROTOCOL = "not_this_protocol"
    TLS_ON_PLAIN = "tls_on_plain"
    """TLS was spoken where the connection should start in the clear."""
    PLAIN_ON_TLS = "plain_on_tls"
    """A mail server spoke in the clear where TLS should start at once."""
    TEMPORARILY_REFUSED = "temporarily_refused"
    """421, BYE, -ERR [SYS/TEMP]: the server itself said to come later."""
    TURNED_AWAY = "turned_away"
    """The server itself said that it does not serve us (554, -ERR)."""
    STARTTLS_REFUSED = "starttls_refused"
    """Offered, and refused when asked for."""
    BYTES_BEFORE_TLS = "bytes_before_tls"
    """Clear text came behind the consent to STARTTLS, where only TLS may follow (the family of CVE-2011-0411)."""
    TLS_FAILED = "tls_failed"
    TOO_MUCH = "too_much"
    """More bytes, or a longer line, than any mail server needs."""
    NOT_ALLOWED = "not_allowed"
    """We did not connect: the guard refused every address."""
    STOPPED = "stopped"
    """We could not go on: out of sockets, for example."""


@dataclass(frozen=True)
class VerifyCode:
    """One thing that OpenSSL's verification found."""

    code: int
    """OpenSSL's number: 9 not yet valid, 10 expired, 18 self-signed, 19 to 21 issuer unknown or missing …"""
    depth: int
    """0 for the server's own certificate."""


@dataclass(frozen=True)
class CertificateFacts:
    """One certificate, as it was sent."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    """DNS names it is for, wildcards as they stand."""
    addresses: tuple[str, ...]
    """IP addresses it is for."""
    not_before: datetime
    not_after: datetime
    is_self_issued: bool
    """Subject and issuer are the same."""
    issuer_urls: tuple[str, ...]
    """Where the issuer's certificate can be fetched (authority information access)."""
    sha256: str


@dataclass(frozen=True)
class TlsFacts:
    """One TLS handshake that was completed."""

    version: str
    """As OpenSSL names it: `TLSv1.3`."""
    cipher: str
    chain: tuple[CertificateFacts, ...]
    """As sent, the server's own first; not verified."""
    verify_codes: tuple[VerifyCode, ...]
    """Empty where OpenSSL found nothing wrong. The name is not OpenSSL's to check here."""
    hostname: str
    """The name or address the certificate was held against."""
    is_for_hostname: bool
    is_issuer_family_trusted: bool
    """The last issuer's organisation also owns a root that we trust; looked up only when the chain did not verify."""


@dataclass(frozen=True)
class OldTlsFacts:
    """Whether versions that nobody should speak any more are accepted; None where that could not be found out."""

    tls_1_0: bool | None
    tls_1_1: bool | None


@dataclass(frozen=True)
class PortFacts:
    """What was seen on one port."""

    protocol: Protocol
    port: int
    security: Security
    """How the connection was started: `implicit_tls`, or `starttls` for a start in the clear."""
    ending: Ending
    stage: Stage
    """Where it ended."""
    address: str | None = None
    """That was connected to."""
    family: Literal["ipv4", "ipv6"] | None = None
    refused_addresses: tuple[str, ...] = ()
    """Not tried, because the guard refused them."""
    connect_ms: int | None = None
    elapsed_ms: int = 0
    """From the first look at the port to its last word."""
    greeting: str | None = None
    capabilities_before: tuple[str, ...] | None = None
    """In the clear; None where they were not asked for."""
    capabilities_after: tuple[str, ...] | None = None
    """Under TLS."""
    sasl_before: tuple[str, ...] | None = None
    sasl_after: tuple[str, ...] | None = None
    starttls_offered: bool | None = None
    tls: TlsFacts | None = None
    old_tls: OldTlsFacts | None = None
    detail: str = ""
    """The server's own words, or the TLS library's, at the end; the first bytes where it was not this protocol."""
    spoken: str | None = None
    """What was spoken instead, where that can be told: `smtp`, `imap`, `pop3`, `sieve`, `http`, `ssh`, `ftp`, `tls`."""


class EndedError(Exception):
    """The dialogue is over, and how; caught where the facts of the port are put together.

    Args:
        ending: How it ended.
        detail: The other side's words, already clean.
        spoken: What was spoken instead of the protocol.
    """

    def __init__(self, ending: Ending, detail: str = "", spoken: str | None = None) -> None:
        super().__init__(ending)
        self.ending = ending
        self.detail = detail
        self.spoken = spoken


def clean_text(data: bytes | str, limit: int = MAX_TEXT) -> str:
    """Make a stranger's text safe to show: one line of visible characters, cut.

    Args:
        data: Bytes are read as UTF-8, what is not becomes �.
        limit: Characters that are kept.
    """
    text = data[: limit * 8].decode("utf-8", "replace") if isinstance(data, bytes) else data[: limit * 8]
    # The wording sets literal text between backticks, so there is none inside.
    shown = "".join(" " if letter in "\t\r\n" else letter for letter in text.replace("`", "'"))
    shown = "".join(letter for letter in shown if unicodedata.category(letter) not in _DROPPED)
    return " ".join(shown.split())[:limit]


def recognise(first: bytes) -> str | None:
    """Say which protocol begins with these bytes; None for an unknown one."""
    for start, name in (
        (b"* OK", "imap"),
        (b"* PREAUTH", "imap"),
        (b"* BYE", "imap"),
        (b"+OK", "pop3"),
        (b"-ERR", "pop3"),
        (b'"IMPLEMENTATION"', "sieve"),
        (b"HTTP/", "http"),
        (b"<!DOCTYPE", "http"),
        (b"<html", "http"),
        (b"SSH-", "ssh"),
    ):
        if first[: len(start)].upper() == start.upper():
            return name
    if first[:3].isdigit() and first[3:4] in {b" ", b"-"}:
        return "ftp" if b"FTP" in first.upper() else "smtp"
    return None
