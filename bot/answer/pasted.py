"""Read pasted mail settings: a few lines, a table, a dialog or a log become one entry for each server.

The text is cut into words that mean something (protocol, host, port, encryption, label, end of a field), and these
are read in their order: a label waits for its value, a protocol opens or goes on with its entry, and a second host or
port begins another. No layout is assumed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from bot.kb.model import Protocol, Security
from bot.kb.ports import PORT_PROTOCOL, PORT_SECURITY
from bot.text.fold import fold

_MAX_LENGTH = 4_000
_MAX_ENTRIES = 12
_OFF = (
    r"(?:なし|無し|無(?![料線制])|ナシ|オフ|off(?![a-z])|none(?![a-z])|no(?![a-z]| longer| problem| matter| idea)|いいえ|(?:使用|利用)?しない"
    r"|使わない|使って(?:い)?ない|(?:使用|利用)?して(?:い)?ない|されて(?:い)?ない|チェックなし|外し|外す|無効|不要|disabled|unchecked|false)"
)
_WORDS: dict[str, str] = {
    "url": r"https?://[^\s\u3000-\uff60]+",
    "user": (
        r"(?:ログ[イオ]ン)?ユーザー?(?:名|id|アカウント)|(?:アカウント|ログ[イオ]ン)(?:名|id)|メールアカウント"
        r"|user[ _-]?name|user ?id|account name|log[io]n(?: ?(?:name|id))?|user(?![a-z])"
    ),
    "address": r"[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,253}",
    "host": (r"(?<![a-z0-9@._-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}(?![a-z0-9@-]|\.[a-z0-9])"),
    # These have a value of their own, or a "none" of their own, that says nothing about the encryption.
    "other": (
        r"pop before smtp|smtp[ -]?(?:auth(?:entication)?|認証)|(?:セキュリティで保護|暗号化)されたパスワード(?:認証)?"
        r"|(?:secure|encrypted|clear ?text) password(?: authentication)?|(?<![a-z])spa(?![a-z])|apop"
        r"|認証(?:方式|方法)?|(?<![a-z])auth(?:entication)?(?: method| type)?(?![a-z])"
        r"|プロキシー?|proxy|ルートフォルダー?|(?:root|imap) (?:folder|path)|署名|問題|エラー|(?<![a-z])errors?(?![a-z])"
        r"|警告|warnings?|返信|返事|件名|変更|効果|送信済み?|送信者|送信元|受信トレイ|受信箱|受信者"
    ),
    "password": r"パスワード|(?<![a-z])pass(?:word|wd|code)?(?![a-z])|(?<![a-z])p(?:wd|w)(?![a-z])|暗証番号",
    "off": (
        rf"(?P<off_word>ssl ?/ ?tls|tls ?/ ?ssl|(?<![a-z])ssl|(?<![a-z])tls|start ?tls|暗号化(?:された)?(?:接続|通信)?|(?<![a-z])encryption)"
        rf"[)」\"']? ?(?:接続)?(?:が必要|[はをの]?(?:使用|利用)(?:する)?|[はを]?有効|の?設定|required|enabled|(?:の|に)?チェック)?[をはがの]?"
        rf" ?[:=(]? ?[「\"']?{_OFF}"
        r"|(?<![a-z])(?:no|without|non|not using|ノン|未)[ -]?(?:ssl(?:/tls)?|tls|start ?tls|encryption|暗号化)"
        r"|(?:[☐□]|\[ \]) ?(?:use )?(?:ssl|tls|暗号化)|not encrypted|unencrypted|非暗号|平文|plain ?text|clear ?text(?![a-z])|クリアテキスト"
    ),
    "encryption": (
        r"pop3?/smtp over ssl|(?:使用する)?暗号化(?:された)?(?:接続)?の?(?:種類|方式|方法|設定)?"
        r"|接続の(?:保護|暗号化|セキュリティ|種類)|セキュリティ(?:の?種[類別]|保護|設定|タイプ)?|セキュア接続(?:タイプ)?|保護された接続"
        r"|(?:connection )?security(?: type| protocol| method)?|(?<![a-z])encryption(?: method| type)?|secure connection(?: type)?"
    ),
    "starttls": r"(?:always)?start[ -]?tls",
    "implicit": r"ssl ?/ ?tls|tls ?/ ?ssl|(?<![a-z])ssl(?![a-z])",
    "tls": r"(?<![a-z])tls(?: ?v?1\.[0-3])?(?![a-z])",
    "protocol": (
        r"imap4?[/・]pop3?|pop3?[/・]imap4?|(?<![a-z])(?:imaps?4?|pop3?s?|smtps?|incoming|inbound|outgoing|outbound"
        r"|receiv(?:e|ing)|send(?:ing)?)(?![a-z])|受信|送信"
    ),
    "port_label": r"ポート(?:番号)?|(?<![a-z])port(?: number| no\.?)?(?![a-z])",
    "server_label": r"サーバー?(?:名|アドレス)?|ホスト(?:名)?|(?<![a-z])(?:server|host)(?: ?(?:name|address))?(?![a-z])",
    # A year, a time, an amount or a version is no port.
    "number": (
        r"(?:(?<![a-z0-9.])|(?<=port)|(?<=imap)|(?<=smtp)|(?<=ssl)|(?<=tls))(?<!\d:)\d{2,5}"
        r"(?!\d|[.:]\d|(?!ssl|tls|start)[a-z]|[年月日時分秒円件通人歳%])"
    ),
    "none": rf"{_OFF}|(?<![a-z])plain(?![a-z])",
    # A question mark right behind a server's name doubts it and ends nothing: "server imap.example.com? I put mail…".
    "strong_gap": r"\n|。|[.!](?=\s|$)|(?<!\.[a-z]{2})(?<!\.[a-z]{3})[?](?=\s|$)",
    "gap": r"[\t,、;|]|\s[/–—-]\s",
}
_WORD = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _WORDS.items()))
_USER_VALUE = re.compile(
    r" ?(?:\([^)\n]{0,30}\))? ?(?P<separator>[:=はが\t\n]|is )?\s{0,2}[\"'「]?"
    r"(?P<value>[a-z0-9][a-z0-9._%+-]{0,63}(?:@[a-z0-9.-]{1,253})?)(?![a-z0-9@]) ?(?P<end>[\"'」\n\t,、;|。]|$)?"
)
_NO_USER = frozenset(
    [
        "is",
        "my",
        "the",
        "a",
        "an",
        "your",
        "name",
        "and",
        "or",
        "full",
        "whole",
        "email",
        "e-mail",
        "mail",
        "address",
        "same",
        "as",
        "password",
        "pass",
        "for",
        "not",
        "was",
        "it",
        "id",
        "account",
        "server",
        "host",
        "port",
        "incoming",
        "outgoing",
        "imap",
        "pop",
        "pop3",
        "smtp",
        "authentication",
        "security",
        "encryption",
    ]
)
# Only such things may stand between a port or a server and the bare "none" that belongs to it.
_BESIDE = re.compile(r"[\s番ポート/(,、:・|-]*")
_BARE_NONE = frozenset({"なし", "無し", "無", "ナシ", "オフ", "off", "none", "plain"})
_SURE_NONE = frozenset({"平文", "unencrypted", "not encrypted"})
_JAPANESE_BEFORE = re.compile(r"[ぁ-ん゠-ヿ一-鿿]")
_HOST_PROTOCOL: dict[str, Protocol] = {"imap": "imap", "imap4": "imap", "imaps": "imap", "pop": "pop3", "pop3": "pop3"}
_HOST_PROTOCOL |= {"pops": "pop3", "pop3s": "pop3", "smtp": "smtp", "smtps": "smtp"}
_PROTOCOLS = re.compile(
    r"(?<![a-z])(?:imap|pop3?|smtp|受信|送信)(?: ?[/・,、] ?(?:imap|pop3?|smtp|受信|送信)){1,2}(?![a-z])"
)
_PORTS = re.compile(r"(?<!\d)\d{2,5}(?: ?[/・,、] ?\d{2,5}){1,2}(?!\d)")
_SETTINGS_IN_COLUMNS = re.compile(r"[\t|]")


class Pasted(msgspec.Struct, frozen=True):
    """One server as it was pasted; None for what was not said."""

    protocol: Protocol | None = None
    direction_only: bool = False
    """受信 or "incoming" was written, which leaves IMAP or POP open."""
    hostname: str | None = None
    port: int | None = None
    security: Security | None = None
    username: str | None = None


class _Entry(msgspec.Struct):
    """An entry while it is read."""

    word: Literal["imap", "pop3", "smtp", "receive"] | None = None
    fallback: Protocol | None = None
    hostname: str | None = None
    port: int | None = None
    security: Security | Literal["tls"] | None = None
    soft: bool = True
    """The encryption was written before any server or port, so it may have been part of the question only."""
    implied: bool = False
    """Written IMAPS, POP3S or SMTPS."""
    username: str | None = None

    def is_empty(self) -> bool:
        """Say whether nothing could be checked on it."""
        return self.hostname is None and self.port is None and self.security is None

    def guess(self) -> Protocol | None:
        """Return the protocol that the server's name or the port speaks for."""
        return host_protocol(self.hostname) or PORT_PROTOCOL.get(self.port or 0)

    def finish(self, username: str | None) -> Pasted:
        """Return what was read, with what follows from it."""
        word = self.word
        protocol = self.guess() if word is None else None if word == "receive" else word
        if word == "receive":
            guessed = (host_protocol(self.hostname), PORT_PROTOCOL.get(self.port or 0))
            protocol = next((found for found in guessed if found in ("imap", "pop3")), "imap")
        security = self.security
        if security is None and self.implied:
            security = "implicit_tls"
        elif security == "tls":
            # Many programs say "TLS" for STARTTLS and others for SSL/TLS: the port tells which it is.
            security = PORT_SECURITY.get(self.port or 0, "implicit_tls")
        return Pasted(
            protocol or self.fallback, word == "receive", self.hostname, self.port, security, self.username or username
        )


def host_protocol(hostname: str | None) -> Protocol | None:
    """Return the protocol that the first part of a server's name speaks for."""
    return _HOST_PROTOCOL.get((hostname or "").partition(".")[0])


def read_settings(text: str, is_host: Callable[[str], bool] = lambda name: True) -> tuple[Pasted, ...]:
    """Read the servers of a paste, in their order.

    Args:
        text: The redacted question; the first 4,000 characters are read.
        is_host: False for what only looks like a server's name, such as "Outlook.com" as the name of a service.
            A name behind the label "server" is one in any case.
    """
    reader = _Reader("\n".join(_in_rows(_lines(text[:_MAX_LENGTH]))), is_host)
    entries = [entry for entry in reader.read() if not entry.is_empty()]
    username = next((entry.username for entry in entries if entry.username), reader.username)
    return tuple(entry.finish(username) for entry in entries[:_MAX_ENTRIES])


def _lines(text: str) -> list[str]:
    """Fold every word by itself: folding a whole line would take the spaces beside Japanese away, which part fields."""
    return [
        "\t".join(" ".join(fold(word) for word in cell.split()) for cell in line.split("\t"))
        for line in text.splitlines()
    ]


def _in_rows(lines: list[str]) -> Iterator[str]:
    """Yield the lines; a table with a column for each server is turned, so that each value follows its protocol."""
    heads: list[str] = []
    for line in lines:
        cells = [cell.strip() for cell in _SETTINGS_IN_COLUMNS.split(line.strip("|"))]
        named = [cell for cell in cells if _is_protocol(cell)]
        if len(named) > 1 and all(cell in named or not _WORD.search(cell) for cell in cells):
            heads = cells
        elif heads and len(cells) == len(heads):
            pairs = zip(heads, cells, strict=True)
            yield from (f"{head}\t{cells[0]}\t{cell}" for head, cell in pairs if _is_protocol(head))
        else:
            heads = []
            yield _paired(line)


def _paired(line: str) -> str:
    """Put each port behind its protocol where both stand in lists: 「POP/IMAP/SMTP は 995/993/465」."""
    protocols = _PROTOCOLS.search(line)
    ports = _PORTS.search(line, protocols.end()) if protocols is not None else None
    if protocols is None or ports is None:
        return line
    words, numbers = (re.split(r" ?[/・,、] ?", match[0]) for match in (protocols, ports))
    if len(words) != len(numbers):
        return line
    pairs = ", ".join(f"{word} {number}" for word, number in zip(words, numbers, strict=True))
    return f"{line[: protocols.start()]}{line[protocols.end() : ports.start()]}{pairs}{line[ports.end() :]}"


def _is_protocol(cell: str) -> bool:
    kinds = {match.lastgroup for match in _WORD.finditer(cell)}
    return "protocol" in kinds and kinds <= {"protocol", "server_label"}


class _Reader:
    """Goes through the words of one paste."""

    def __init__(self, text: str, is_host: Callable[[str], bool]) -> None:
        self._text = text
        self._is_host = is_host
        self._entries = [_Entry()]
        self._entry = self._entries[0]
        self._pending: str | None = None
        """The label that waits for its value."""
        self._last: tuple[str, int] = ("strong_gap", 0)
        """Kind and end of the last word that was no gap."""
        self._last_was_gap = True
        self._new_sentence = False
        self.username: str | None = None
        """A user name that stood before or after all servers."""

    def read(self) -> list[_Entry]:
        """Return the entries in their order."""
        position = 0
        while match := _WORD.search(self._text, position):
            kind, position = match.lastgroup or "", match.end()
            if kind == "user":
                position = self._user(match.end())
            elif kind in ("gap", "strong_gap"):
                if self._last_was_gap:
                    self._pending = None
                self._last_was_gap = True
                self._new_sentence = self._new_sentence or kind == "strong_gap"
                continue
            else:
                self._word(kind, match)
            self._last, self._last_was_gap = (kind, position), False
        return self._entries

    def _word(self, kind: str, match: re.Match[str]) -> None:
        word, pending = match.group(), self._pending
        if kind in ("other", "password", "encryption", "port_label", "server_label"):
            self._pending = kind
            return
        if pending == "password":
            # A password may look like anything, and what is read here is repeated in the answer.
            self._pending = None
            return
        if kind == "protocol":
            self._protocol(word)
        elif kind == "host":
            if pending == "server_label" or self._is_host(word):
                self._host(word)
        elif kind == "number":
            beside = self._last[0] == "host" and _BESIDE.fullmatch(self._text, self._last[1], match.start())
            if int(word) in PORT_PROTOCOL or pending == "port_label" or beside:
                self._port(int(word))
        elif kind == "none":
            self._none(word, match)
        elif kind == "off":
            if pending != "other" or word in _SURE_NONE:
                # "STARTTLS: no" says nothing where SSL is on.
                weak = (match.group("off_word") or "").startswith("start")
                self._security("plaintext", sure=not weak and self._entry.security is None)
        elif kind in ("starttls", "implicit", "tls"):
            found: Security | Literal["tls"] = (
                "starttls" if kind == "starttls" else "tls" if kind == "tls" else "implicit_tls"
            )
            self._security(found, sure=pending == "encryption")
        self._pending = None

    def _protocol(self, word: str) -> None:
        both = "/" in word or "・" in word
        named: Literal["imap", "pop3", "smtp", "receive"] = (
            "receive" if both or word in ("受信", "incoming", "inbound") or word.startswith("receiv")
            else "imap" if word.startswith("imap")
            else "pop3" if word.startswith("pop")
            else "smtp"
        )  # fmt: skip
        self._forget_question()
        if not _fits(self._entry, named):
            self._entry = next((entry for entry in self._entries if _fits(entry, named)), None) or self._open()
        if self._entry.word is None or named != "receive":
            self._entry.word = named
        if word in ("imaps", "pop3s", "pops", "smtps"):
            self._entry.implied = True

    def _host(self, word: str) -> None:
        self._forget_question()
        if self._entry.hostname not in (None, word):
            self._open(self._entry.word if self._entry.word != "receive" else self._entry.guess())
        self._entry.hostname = word

    def _port(self, number: int) -> None:
        self._forget_question()
        before = self._entry
        if before.port not in (None, number):
            guessed = PORT_PROTOCOL.get(number)
            same = guessed is None or guessed == (before.word or before.guess())
            self._open(guessed)
            if same or host_protocol(before.hostname) is None:
                self._entry.hostname = before.hostname
        self._entry.port = number

    def _security(self, found: Security | Literal["tls"], *, sure: bool) -> None:
        entry = self._entry
        if entry.security is None or sure or (found == "starttls" and entry.security in ("tls", "plaintext")):
            entry.security = found
            entry.soft = entry.hostname is None and entry.port is None and not sure

    def _none(self, word: str, match: re.Match[str]) -> None:
        """Take a bare "none" for the encryption where its place leaves no doubt: its label, a port or a field."""
        entry = self._entry
        if self._pending == "encryption":
            self._security("plaintext", sure=True)
            return
        if self._pending in ("other", "password") or word not in _BARE_NONE or entry.is_empty():
            return
        last, end = self._last
        beside = bool(_BESIDE.fullmatch(self._text, end, match.start()))
        after_value = beside and last in ("number", "host")
        line = self._text.rfind("\n", 0, match.start()) + 1
        names_line = last in ("implicit", "tls", "starttls") and beside and not self._text[line:end].strip("sltar/ ☐")
        before = self._text[match.start() - 1 : match.start()]
        own_field = self._last_was_gap and not _JAPANESE_BEFORE.match(before)
        if names_line or ((after_value or own_field) and (entry.security is None or (entry.soft and after_value))):
            self._security("plaintext", sure=True)

    def _user(self, position: int) -> int:
        """Read the value behind the label "user name"; return where to go on."""
        self._pending = "other"
        match = _USER_VALUE.match(self._text, position)
        if match is None or match["value"] in _NO_USER:
            return position
        value = match["value"]
        if match["separator"] is None and match["end"] is None and not re.search(r"[@._\d]", value):
            return position
        self._pending = None
        self.username = self.username or value
        if not self._entry.is_empty() or self._entry.word is not None:
            self._entry.username = self._entry.username or value
        return match.end("value")

    def _open(self, fallback: Protocol | Literal["receive"] | None = None) -> _Entry:
        self._entry = _Entry(fallback=None if fallback == "receive" else fallback)
        self._entries.append(self._entry)
        return self._entry

    def _forget_question(self) -> None:
        """Drop an encryption that was named in a sentence of its own, before the settings began."""
        entry = self._entry
        begun = entry.word is not None or entry.hostname is not None or entry.port is not None
        if self._new_sentence and entry.soft and not begun and entry.security != "plaintext":
            entry.security = None
        self._new_sentence = False


def _fits(entry: _Entry, named: str) -> bool:
    """Say whether a named protocol goes on with *entry* rather than beginning another."""
    known = entry.word or entry.guess()
    if known is None or known == named:
        return True
    receiving = ("receive", "imap", "pop3")
    return known in receiving and named in receiving and "receive" in (known, named)
