"""Read pasted mail settings and find the faulty line. Facts only: `bot.answer.check` puts them into words.

A paste is a few lines such as 「受信サーバー: sv1.xserver.jp ポート 993 STARTTLS」. Each line, or part of a line,
adds to the entry of its protocol; what stands before any protocol belongs to the next one that is named.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

import msgspec
from msgspec.structs import replace

from bot.answer.rows import PORT_PROTOCOL
from bot.kb.model import Protocol, Provider, Security, Server
from bot.text.fold import fold

FaultKind = str

# RFC 8314 section 3 and IANA's registry: what each mail port stands for.
_PORT_SECURITY: dict[int, Security] = {993: "implicit_tls", 995: "implicit_tls", 465: "implicit_tls"}
_PORT_SECURITY |= {143: "starttls", 110: "starttls", 587: "starttls", 25: "starttls", 2525: "starttls"}
_BEST_PORT: dict[Protocol, int] = {"imap": 993, "pop3": 995, "smtp": 465}

_MAX_LENGTH = 4_000
_MAX_FAULTS = 12
_HOST = re.compile(r"(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}(?![\w.-]*@)")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[a-z0-9.-]{1,253}")
# Folding took the spaces beside Japanese away, so ポート993 and 993番 stand together; 10.0.0.1 and v2.0 are no ports.
_NUMBER = re.compile(r"(?<![a-z0-9.])\d{2,5}(?![0-9]|\.[0-9a-z])")
_CALLED_PORT = re.compile(r"(?:ポート|port|:)[^0-9a-z]{0,6}(\d{2,5})(?![0-9.])|(?<![0-9.])(\d{2,5})番")
_PROTOCOL = re.compile(r"imaps?4?|pop3?s?|smtps?|受信|送信|incoming|outgoing|receiving|sending")
_USER = re.compile(
    r"(?:ユーザー?名|ユーザー?id|アカウント名|user ?name|user ?id|login ?name|user|login)\s{0,3}[:=は]?\s{0,3}([\w.+-]{1,64}(?:@[a-z0-9.-]{1,253})?)"
)
_STARTTLS = re.compile(r"starttls|start tls")
_NONE = re.compile(
    r"暗号化なし|暗号化しない|保護なし|ssl(?:/tls)?(?:なし|オフ|を?使わない|を?使用しない)|(?:暗号化|encryption|security|接続の保護|ssl|tls)[^:=\n]{0,12}[:=]\s{0,2}(?:なし|none|off|no\b)|no encryption|unencrypted|平文"
)
_IMPLICIT = re.compile(r"ssl/tls|ssl|tls")


class Pasted(msgspec.Struct, frozen=True):
    """One server as it was pasted; None for what was not said."""

    protocol: Protocol | None = None
    direction_only: bool = False
    """受信 or "incoming" was written, which leaves IMAP or POP open."""
    hostname: str | None = None
    port: int | None = None
    security: Security | None = None
    username: str | None = None

    def is_empty(self) -> bool:
        """Say whether nothing could be checked on it."""
        return self.hostname is None and self.port is None and self.security is None


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong: a key of the wording `check.<kind>`, and the values for it."""

    kind: FaultKind
    protocol: Protocol
    port: int | None = None
    security: Security | None = None
    """What it should be."""
    hostname: str | None = None
    better_port: int | None = None


def read_settings(text: str) -> tuple[Pasted, ...]:
    """Read the servers of a paste, in their order.

    Args:
        text: The redacted question; the first 4,000 characters are read.
    """
    entries: list[Pasted] = []
    current = Pasted()
    for piece in _pieces(text):
        protocol, direction_only = _protocol(piece)
        if protocol is not None and _is_new(current, protocol, direction_only):
            if not current.is_empty():
                entries.append(current)
                current = Pasted()
            current = replace(current, protocol=protocol, direction_only=direction_only)
        elif protocol is not None and (current.protocol is None or current.direction_only):
            current = replace(current, protocol=protocol, direction_only=direction_only)
        current = _add(current, piece)
    if not current.is_empty():
        entries.append(current)
    username = next((entry.username for entry in entries if entry.username), current.username)
    return tuple(_with_protocol(replace(entry, username=entry.username or username)) for entry in entries)


def find_faults(entries: tuple[Pasted, ...], provider: Provider | None) -> list[Fault]:
    """Return what is wrong with pasted settings: by the port rules, and by the provider's own servers."""
    faults: list[Fault] = []
    for entry in entries:
        if entry.protocol is not None:
            faults += _port_faults(entry, entry.protocol)
            if provider is not None:
                faults += _provider_faults(entry, entry.protocol, provider, faults)
    if provider is not None:
        faults += _username_faults(entries, provider)
    return list(dict.fromkeys(faults))[:_MAX_FAULTS]


def _port_faults(entry: Pasted, protocol: Protocol) -> Iterator[Fault]:
    port, better = entry.port, _BEST_PORT.get(protocol)
    if port is None:
        if entry.security == "plaintext":
            yield Fault("plaintext", protocol, security="implicit_tls", better_port=better)
        return
    if port == 25 and protocol == "smtp":
        yield Fault("port_25", protocol, port, "implicit_tls", better_port=465)
        return
    expected = PORT_PROTOCOL.get(port)
    if expected is not None and expected != protocol:
        kind = "port_of_receiving" if protocol == "smtp" else "port_of_sending" if expected == "smtp" else "port_other"
        yield Fault(kind, protocol, port, "implicit_tls", better_port=better)
        return
    right = _PORT_SECURITY.get(port)
    if right is None or entry.security is None or entry.security == right:
        return
    if entry.security == "plaintext":
        yield Fault("port_plaintext", protocol, port, right, better_port=better)
    else:
        kind = "needs_implicit_tls" if right == "implicit_tls" else "needs_starttls"
        yield Fault(kind, protocol, port, right, better_port=better)


def _provider_faults(entry: Pasted, protocol: Protocol, provider: Provider, known: list[Fault]) -> Iterator[Fault]:
    servers = [server for server in provider.servers if server.protocol == protocol]
    if not servers:
        if not entry.direction_only:
            yield Fault("not_offered", protocol)
        return
    if entry.hostname is not None and not any(_is_host(server, entry.hostname) for server in servers):
        others = [s for s in provider.servers if s.protocol != protocol and _is_host(s, entry.hostname)]
        kind = "host_of_other" if others else "host"
        yield Fault(kind, protocol, hostname=servers[0].hostname or servers[0].hostname_pattern)
    port_is_faulty = any(fault.protocol == protocol and fault.port == entry.port for fault in known)
    if entry.port is not None and not port_is_faulty and all(server.port != entry.port for server in servers):
        best = servers[0]
        yield Fault("port_not_listed", protocol, entry.port, best.security, better_port=best.port)


def _username_faults(entries: tuple[Pasted, ...], provider: Provider) -> Iterator[Fault]:
    done: set[str] = set()
    for entry in entries:
        if entry.username is None or entry.username in done or entry.protocol is None:
            continue
        forms = {s.username or provider.username for s in provider.servers if s.protocol == entry.protocol}
        form = next(iter(forms), provider.username) if len(forms) < 2 else None
        done.add(entry.username)
        if form == "email_address" and "@" not in entry.username:
            yield Fault("username_needs_address", entry.protocol)
        elif form == "local_part" and "@" in entry.username:
            yield Fault("username_needs_local_part", entry.protocol)


def _is_host(server: Server, hostname: str) -> bool:
    if server.hostname is not None:
        return server.hostname == hostname
    return fnmatchcase(hostname, server.hostname_pattern or "")


def _pieces(text: str) -> Iterator[str]:
    for line in text[:_MAX_LENGTH].splitlines():
        for piece in re.split(r"[、。,;，；／|\t]|\s/\s", line):
            folded = fold(piece)
            # 「IMAP 993 SSL SMTP 587」 in one piece: each protocol begins an entry of its own.
            starts = [match.start() for match in _PROTOCOL.finditer(_ADDRESS.sub(_blank, _HOST.sub(_blank, folded)))]
            cuts = [0, *starts[1:], len(folded)] if len(starts) > 1 else [0, len(folded)]
            yield from (folded[a:b] for a, b in itertools.pairwise(cuts) if folded[a:b].strip())


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _protocol(piece: str) -> tuple[Protocol | None, bool]:
    bare = _ADDRESS.sub(_blank, _HOST.sub(_blank, piece))
    found = [match.group() for match in _PROTOCOL.finditer(bare)]
    direction: Protocol | None = None
    for word in found:
        if word.startswith("imap"):
            return "imap", False
        if word.startswith("pop"):
            return "pop3", False
        if word.startswith("smtp"):
            return "smtp", False
        direction = "smtp" if word in ("送信", "outgoing", "sending") else "imap"
    if direction is None:
        return None, False
    return direction, direction == "imap"


def _is_new(current: Pasted, protocol: Protocol, direction_only: bool) -> bool:
    """Say whether *protocol* begins another entry, rather than making the current one more exact."""
    if current.protocol is None:
        return False
    if direction_only:
        return current.protocol == "smtp"
    if current.direction_only and protocol != "smtp":
        return False
    return current.protocol != protocol


def _add(current: Pasted, piece: str) -> Pasted:
    user = _USER.search(piece)
    username = current.username
    if user is not None:
        username = user.group(1)
        piece = piece[: user.start()] + piece[user.end() :]
    piece = _ADDRESS.sub(" ", piece)
    host = _HOST.search(piece)
    rest = _HOST.sub(" ", piece)
    port = next((int(number) for number in _NUMBER.findall(rest) if int(number) in PORT_PROTOCOL), None)
    if port is None:
        # Any other number (a year, a version) is a port only if it is called one.
        called = _CALLED_PORT.search(rest)
        port = int(called.group(1) or called.group(2)) if called is not None else None
    return replace(
        current,
        username=username,
        hostname=host.group() if host is not None else current.hostname,
        port=port if port is not None else current.port,
        security=_security(rest) or current.security,
    )


def _security(piece: str) -> Security | None:
    if _STARTTLS.search(piece):
        return "starttls"
    if _NONE.search(piece):
        return "plaintext"
    return "implicit_tls" if _IMPLICIT.search(piece) else None


def _with_protocol(entry: Pasted) -> Pasted:
    """Complete the protocol by the port, or by the host name, where only 受信 or nothing was written."""
    by_port = PORT_PROTOCOL.get(entry.port or 0)
    if entry.direction_only and by_port in ("imap", "pop3"):
        return replace(entry, protocol=by_port)
    if entry.protocol is not None:
        return entry
    first = (entry.hostname or "").partition(".")[0]
    by_name: dict[str, Protocol] = {"imap": "imap", "pop": "pop3", "pop3": "pop3", "smtp": "smtp"}
    return replace(entry, protocol=by_port or by_name.get(first))
