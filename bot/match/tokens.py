"""Read what is written in ASCII and has a form of its own: addresses, hosts, URLs, port numbers, error codes.

One pass over the runs of ASCII characters, then plain string work: nothing here can be slow on hostile text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from bot.match.lexicon import Span

MAIL_PORTS: Final = frozenset({25, 110, 143, 465, 587, 993, 995, 2525, 4190})
"""Numbers that mean a mail port to whoever asks about mail."""
RANGE_ENDS: Final = frozenset({0, 1023, 1024, 49151, 49152, 65535})
"""Where the ranges of port numbers begin and end (RFC 6335): who names these asks about the ranges."""
MAX_PORT: Final = 65535

_RUN: Final = re.compile(r"[a-z0-9@._*%+:/\[\]#$¥€£,=\-]+")
_NUMBER: Final = re.compile(r"\d+")
_HEX_CODE: Final = re.compile(r"0x[0-9a-f]{8}(?![0-9a-f])")
_ENHANCED: Final = re.compile(r"(?<![0-9.])[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9]|\.[0-9])")
_HOST_LABEL: Final = re.compile(r"[a-z0-9*_](?:[a-z0-9*_-]*[a-z0-9*_])?")
_TOP_LEVEL: Final = frozenset(
    "jp com net org co ne or ac ad ed go gr lg info biz io me tv cc dev app cloud mobi name pro xyz site online shop store tokyo osaka nagoya"
    " kyoto okinawa yokohama club work works blog email tech top asia eu us uk de fr it es pt nl be ch at se no dk fi pl cz ru ua tr"
    " ca mx br ar cl au nz in cn tw hk kr sg my th id ph vn za il ie gr hu ro local lan internal example test invalid localhost agency"
    " company design life media studio world page fm im ly gg ai so to is fyi house school clinic dental law tax consulting".split()
)
_REPLY_CODES: Final = frozenset(
    {
        421,
        431,
        432,
        441,
        442,
        446,
        447,
        449,
        450,
        451,
        452,
        453,
        454,
        455,
        471,
        500,
        501,
        502,
        503,
        504,
        510,
        511,
        512,
        513,
        515,
        517,
    }
    | {521, 523, 530, 531, 534, 535, 538, 540, 541, 542, 546, 547, 550, 551, 552, 553, 554, 555, 556, 557, 571}
)
_UNIT_AFTER: Final = re.compile(
    r" ?(?:日|年|月|円|時|分|秒|件|人|回|%|％|gb|mb|kb|tb|歳|個|通|ヶ月|か月|カ月|階|号|名|本|枚|台|週|days?\b|years?\b|people|users?\b|yen|usd|dollars?"
    r"|hours?\b|minutes?\b|mins?\b|seconds?\b|px\b|am\b|pm\b|km\b|kg\b|万|千|億|倍|度|点|行目?|ページ|文字|桁|bit|ビット|emails?\b|mails?\b|messages?\b|times\b|mbps|gbps|inch|インチ|th\b|st\b|nd\b|rd\b|o'?clock)"
)
_MONEY_BEFORE: Final = re.compile(
    r"(?:[$¥€£#]|no\.?|第|約|v|ver\.?|version|バージョン|room|ルーム|内線|ext\.?|tel|電話|年|ticket|チケット|#) ?$"
)
_PORT_BEFORE: Final = re.compile(
    r"(?:ポート(?:番号)?|ports?(?: numbers?)?(?: no\.?)?|ぽーと)[はがをのも]?(?:番号)?(?: ?[:=(「\[#])? ?(?:is |of |to |on |#)?$"
)
_PORT_AFTER: Final = re.compile(r"(?:番?(?:の)?(?:ポート|ぽーと)| ?/ ?(?:tcp|udp)\b| ports?\b|番 ?ポート)")
_NUMBER_WORD_AFTER: Final = re.compile(r"番(?!目|地|街|町|線|組|台)")
_CODE_BEFORE: Final = re.compile(
    r"(?:エラー|えらー|error|errors|code|コード|smtp|response|応答|status|reply|err|ndr|bounce|says?|returns?|got|with|gives?|:)[ :「(\"'#-]*(?:コード|code|番号|message|is|no\.?)?[ :「(\"'#-]*$"
)
_CODE_AFTER: Final = re.compile(
    r"(?:エラー|[ -]?errors?\b| ?[245]\.\d|[ -](?:relay|authentication|auth|user|mailbox|unable|access|denied|rejected|service|sender|not|must|message|transaction|temporary|temporarily|greylist|too|syntax|bad|command|blocked|policy|spam|invalid|username|recipient|quota|requested|client|sorry|no such|5|4)|が(?:返|出)|って|と出|と表示|番?のエラー|とは)"
)
_JOINED: Final = re.compile(
    r"番?(?:ポート)?(?: ?[/,、・と&+~〜|-] ?| or | and | vs\.? |, ?(?:or|and) |か|または|や|それとも|もしくは|から|より)(?:ポート|ports? )?(?:番号)?"
)
_PAIR_AFTER: Final = re.compile(_JOINED.pattern + r"(\d{2,4})(?!\d)")
_CLEAR_PORTS: Final = frozenset({465, 587, 993, 995})
"""Numbers that hardly anybody names for another reason."""
_RANGE_BETWEEN: Final = re.compile(r" ?(?:から|-|~|〜|–|to|through|and|と) ?$")


def find_tokens(text: str, *, knows: Callable[[str], bool]) -> list[Span]:
    """Find addresses, hosts and error codes in *text*.

    Args:
        text: Folded.
        knows: Whether a word is in the dictionary; `outlook.com` is left to it.

    Returns:
        Spans of kind `address`, `host`, `code`. Numbers are for `find_numbers`, which needs to know what stands around.
    """
    spans: list[Span] = []
    for match in _RUN.finditer(text):
        run, base = match[0], match.start()
        if len(run) < 4 or ("." not in run and "@" not in run and "0x" not in run):
            continue
        for code in _HEX_CODE.finditer(run):
            spans.append(Span(base + code.start(), base + code.end(), "code", code[0], code[0], "token"))
        if "." in run or "@" in run:
            for code in _ENHANCED.finditer(run):
                spans.append(Span(base + code.start(), base + code.end(), "code", code[0], code[0], "token"))
            spans += _find_names(run, base, knows)
    return spans


def _find_names(run: str, base: int, knows: Callable[[str], bool]) -> list[Span]:
    """Find hosts, addresses and the hosts of URLs in one run of ASCII characters."""
    spans: list[Span] = []
    start = 0
    for piece in re.split(r"[:/,=#\[\]$%+]", run):
        place = base + start
        start += len(piece) + 1
        if piece.count("@") == 1 and "." in piece.partition("@")[2]:
            left, _, right = piece.partition("@")
            domain = right.strip(".-")
            if is_host(domain):
                spans.append(Span(place, place + len(left) + 1 + len(domain), "address", domain, piece, "token"))
            continue
        if "." not in piece or "@" in piece:
            continue
        host = piece.strip(".-_")
        offset = piece.find(host)
        if is_host(host) and not knows(host):
            spans.append(Span(place + offset, place + offset + len(host), "host", host, host, "token"))
    return spans


def is_host(name: str) -> bool:
    """Return whether *name* can be a host or domain name: two or more labels, the last a known top-level domain."""
    labels = name.split(".")
    if len(labels) < 2 or len(name) > 253 or labels[-1] not in _TOP_LEVEL:
        return False
    return all(len(label) <= 63 and _HOST_LABEL.fullmatch(label) for label in labels)


def find_numbers(text: str, rest: str, *, mail_near: bool, asked: bool, bare: bool, port_word: bool) -> list[Span]:
    """Find port numbers and three-digit reply codes.

    Args:
        text: Folded.
        rest: The same with everything already explained blanked out: `pop3` holds no number.
        mail_near: Something in the message speaks of mail, so that a bare 587 is a port.
        asked: The message is meant for us, so that 465 and its like need no further evidence.
        bare: The message is hardly more than the number (a command, a direct message).
        port_word: The word "port" stands somewhere in the message.

    Returns:
        Spans of kind `port` (also numbers above 65535, which the caller must notice), `code`, `reply` (a three-digit
        reply code) or `range` (a number that begins or ends a range of ports).
    """
    spans: list[Span] = []
    last_port_end = -1
    for match in _NUMBER.finditer(rest):
        start, end = match.span()
        digits = match[0]
        if len(digits) > 6 or _inside_word(text, start, end):
            continue
        number = int(digits)
        before, after = text[max(0, start - 24) : start], text[end : end + 16]
        joined = (
            last_port_end >= 0 and start - last_port_end <= 12 and bool(_JOINED.fullmatch(text, last_port_end, start))
        )
        near_port = bool(_PORT_BEFORE.search(before)) or bool(_PORT_AFTER.match(after))
        if near_port or (joined and (port_word or number in MAIL_PORTS)):
            spans.append(Span(start, end, "port", str(number), digits, "token"))
            last_port_end = end
            continue
        if number in _REPLY_CODES and (bare or _CODE_BEFORE.search(before) or _CODE_AFTER.match(after)):
            spans.append(Span(start, end, "reply", digits, digits, "token"))
            continue
        if _UNIT_AFTER.match(after) or _MONEY_BEFORE.search(before) or (len(digits) > 1 and digits[0] == "0"):
            continue
        numbered = bool(_NUMBER_WORD_AFTER.match(after))
        known = number in MAIL_PORTS
        clear = number in _CLEAR_PORTS
        pair = known and bool(_PAIR_AFTER.match(text, end)) and int(_PAIR_AFTER.match(text, end)[1]) in MAIL_PORTS  # type: ignore[index]
        if (
            pair
            or (port_word and number in RANGE_ENDS and number > 0)
            or (known and (bare or mail_near or port_word))
            or (clear and (numbered or asked))
            or (known and asked and numbered)
            or (numbered and port_word)
            or (bare and number <= MAX_PORT and len(digits) >= 2)
            or (port_word and _RANGE_BETWEEN.search(before[-5:]) and spans)
            or (port_word and re.match(r" ?(?:から|~|〜|-|–|to ) ?\d", after))
        ):
            spans.append(Span(start, end, "port", str(number), digits, "token"))
            last_port_end = end
    return spans


def _inside_word(text: str, start: int, end: int) -> bool:
    """Return whether the digits belong to a longer token: pop3, imap4, 12:30, 3.5, 0x80, 2026-01-01, iso8859-1."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if "a" <= after <= "z" and not text.startswith(("port", "tcp", "vs", "or", "and"), end):
        return True
    if "a" <= before <= "z":
        return (
            not re.search(
                r"(?:port|ports|tcp|ssl|tls|starttls|imaps?|smtps?|pop3?s?)$", text[max(0, start - 10) : start]
            )
            or end - start < 2
        )
    if before == "." and start > 1 and text[start - 2].isdigit():
        return True
    if after == "." and end + 1 < len(text) and text[end + 1].isdigit():
        return True
    if after == ":" and end + 1 < len(text) and text[end + 1].isdigit() and end - start <= 2:
        return True
    if before == ":" and start > 1 and text[start - 2].isdigit() and end - start == 2:
        return True
    if before == "-" and start > 1 and text[start - 2].isdigit():
        return not _is_port_list(text, start, end)
    if after == "-" and end + 1 < len(text) and text[end + 1].isdigit():
        return not _is_port_list(text, start, end)
    return before == "_"


def _is_port_list(text: str, start: int, end: int) -> bool:
    """Return whether a dash joins two ports or a range (465-587, 0-1023) and not the parts of a date or telephone number."""
    match = re.search(r"(\d+)-(\d+)", text[max(0, start - 6) : end + 7])
    return bool(match) and not re.search(r"\d-\d+-\d", text[max(0, start - 8) : end + 9]) and len(match[0]) <= 11
