"""Tell which numbers of a message are port numbers, which are reply codes of a server, and which are neither.

587 in a mail question is a port; in 「587円」, "587 people" or "build 587" it is not. What stands around decides.
"""

from __future__ import annotations

import re
from typing import Final

from bot.kb.ports import LAST_PORT, LAST_SYSTEM_PORT, LAST_USER_PORT, PORT_PROTOCOL
from bot.match.lexicon import Span
from bot.text.pattern import LazyPattern

MAIL_PORTS: Final = frozenset(PORT_PROTOCOL)
"""Numbers that mean a mail port to whoever asks about mail."""
RANGE_ENDS: Final = frozenset(
    {0, LAST_SYSTEM_PORT, LAST_SYSTEM_PORT + 1, LAST_USER_PORT, LAST_USER_PORT + 1, LAST_PORT}
)
"""Where the ranges of port numbers begin and end (RFC 6335): who names these asks about the ranges."""
_NUMBER: Final = LazyPattern(r"\d+")
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
_WEB_CODES: Final = frozenset({421, 431, 451, 500, 501, 502, 503, 504, 510, 511})
"""Reply codes that web servers use as well: an overheard "error 500" is not about mail."""
_UNIT_AFTER: Final = LazyPattern(
    r" ?(?:日|年|月|円|時|分|秒|件|人|回|%|％|gb|mb|kb|tb|歳|個|通|ヶ月|か月|カ月|階|号|名|本|枚|台|週|days?\b|years?\b|people|users?\b|yen|usd|dollars?"
    r"|hours?\b|minutes?\b|mins?\b|seconds?\b|px\b|am\b|pm\b|km\b|kg\b|万|千|億|倍|度|点|行目?|ページ|文字|桁|bit|ビット|emails?\b|mails?\b|messages?\b|times\b|mbps|gbps|inch|インチ|th\b|st\b|nd\b|rd\b|o'?clock)"
)
_MONEY_BEFORE: Final = LazyPattern(
    r"(?:[$¥€£#]|no\.?|第|約|v|ver\.?|version|バージョン|room|ルーム|内線|ext\.?|tel|電話|年|ticket|チケット|#) ?$"
)
_PORT_BEFORE: Final = LazyPattern(
    r"(?:ポート(?:番号)?|ports?(?: numbers?)?(?: no\.?)?|ぽーと)[はがをのも]?(?:番号)?(?: ?[:=(「\[#])? ?(?:is |of |to |on |#)?$"
)
_PORT_AFTER: Final = LazyPattern(r"(?:番?(?:の)?(?:ポート|ぽーと)| ?/ ?(?:tcp|udp)\b| ports?\b|番 ?ポート)")
_NUMBER_WORD_AFTER: Final = LazyPattern(r"番(?!目|地|街|町|線|組|台)")
_SAID_OF_PORT: Final = LazyPattern(r"のまま|って(?:もう|古|まだ|危|大丈夫)|は(?:もう|古|まだ|危)")
"""What is said of a port and hardly of another number: 「110のまま」."""
_CODE_BEFORE: Final = LazyPattern(
    r"(?:エラー|えらー|error|errors|code|コード|smtp|response|応答|status|reply|err|ndr|bounce|says?|returns?|got|with|gives?|:)[ :「(\"'#-]*(?:コード|code|番号|message|is|no\.?)?[ :「(\"'#-]*$"
)
_CODE_AFTER: Final = LazyPattern(
    r"(?:エラー|[ -]?errors?\b| ?[245]\.\d|[ -](?:relay|authentication|auth|user|mailbox|unable|access|denied|rejected|service|sender|not|must|message|transaction|temporary|temporarily|greylist|too|syntax|bad|command|blocked|policy|spam|invalid|username|recipient|quota|requested|client|sorry|no such|5|4)|が(?:返|出)|って|と出|と表示|になる|になり|になっ|で(?:返|弾|はじ|拒否)|番?のエラー|とは)"
)
_JOINED: Final = LazyPattern(
    r"番?(?:ポート)?(?: ?[/,、・と&+~〜|-] ?| or | and | vs\.? |, ?(?:or|and) |か|または|や|それとも|もしくは|から|より)(?:ポート|ports? )?(?:番号)?"
)
_PAIR_AFTER: Final = LazyPattern(_JOINED.pattern + r"(\d{2,4})(?!\d)")
_ODD_PORTS: Final = frozenset({2525, 4190})
"""Numbers that mean nothing else to whoever asks us."""
CLEAR_PORTS: Final = frozenset({465, 587, 993, 995})
"""Numbers that hardly anybody names for another reason."""
_MOST_DIGITS: Final = 6
_SHORT_ENOUGH: Final = 18
"""A question to us of this length with 143 in it ("what about 143") speaks of the port."""
_RANGE_AFTER: Final = LazyPattern(r" ?(?:から|~|〜|-|–|to ) ?\d")
_RANGE_BETWEEN: Final = LazyPattern(r" ?(?:から|-|~|〜|–|to|through|and|と) ?$")


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
        Spans of kind `port` (also numbers above 65535, which the caller must notice) and `reply` (a reply code).
    """
    spans: list[Span] = []
    last_port_end = -1
    for match in _NUMBER.finditer(rest):
        start, end = match.span()
        if end - start > _MOST_DIGITS or _inside_word(text, start, end):
            continue
        number, before, after = int(match[0]), text[max(0, start - 24) : start], text[end : end + 16]
        joined = 0 <= last_port_end <= start <= last_port_end + 12 and _JOINED.fullmatch(text, last_port_end, start)
        if _PORT_BEFORE.search(before) or _PORT_AFTER.match(after) or (joined and (port_word or number in MAIL_PORTS)):
            is_port = True
        elif (
            number in _REPLY_CODES
            and (mail_near or asked or number not in _WEB_CODES)
            and (bare or _CODE_BEFORE.search(before) or _CODE_AFTER.match(after))
        ):
            spans.append(Span(start, end, "reply", match[0], match[0], "token"))
            continue
        elif _UNIT_AFTER.match(after) or _MONEY_BEFORE.search(before) or (end - start > 1 and match[0][0] == "0"):
            continue
        elif number in MAIL_PORTS:
            is_port = _is_mail_port(text, number, end, sure=bare or mail_near or port_word, asked=asked)
        else:
            is_port = (
                (bare and 10 <= number <= LAST_PORT)
                or (port_word and number in RANGE_ENDS and number > 0)
                or (port_word and bool(_NUMBER_WORD_AFTER.match(after)))
                or (port_word and bool(spans) and bool(_RANGE_BETWEEN.search(before)))
                or (port_word and bool(_RANGE_AFTER.match(after)))
            )
        if is_port:
            spans.append(Span(start, end, "port", str(number), match[0], "token"))
            last_port_end = end
    return spans


def _is_mail_port(text: str, number: int, end: int, *, sure: bool, asked: bool) -> bool:
    """Return whether a number that can be a mail port is meant as one."""
    partner = _PAIR_AFTER.match(text, end)
    numbered = bool(_NUMBER_WORD_AFTER.match(text, end))
    return (
        sure
        or (partner is not None and int(partner[1]) in MAIL_PORTS)
        or (number in CLEAR_PORTS and (numbered or asked))
        or (number in _ODD_PORTS and asked)
        or (asked and _SAID_OF_PORT.match(text, end) is not None)
        or (asked and len(text) <= _SHORT_ENOUGH and not text.strip().isdigit())
        or (asked and numbered)
    )


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
    if match is None or len(match[0]) > len("49152-65535"):
        return False
    return not re.search(r"\d-\d+-\d", text[max(0, start - 8) : end + 9])
