"""What a certificate's facts mean for a person who is about to type a host name.

OpenSSL judged the chain and the dates, by number; the name was held against RFC 9525. Here the numbers become verdicts, and
two things that OpenSSL cannot tell apart are told apart: a certificate whose intermediate the server forgot to send (the
provider mends it in a minute), and one whose issuer nobody knows.

Source: openssl-verification-options(1), the X509_V_ERR_… numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.kb.rules import is_hostname
from bot.probe.facts import TlsFacts
from bot.probe.fault import Code, Finding

_NOT_YET_VALID: Final = 9
_EXPIRED: Final = 10
_SELF_SIGNED: Final = 18
_SELF_SIGNED_IN_CHAIN: Final = 19
_NO_ISSUER: Final = frozenset({2, 20, 21})
_SHOWN_NAMES: Final = 3
_MAIL_WORDS: Final = ("mail", "imap", "smtp", "pop", "mx")


def judge_certificate(tls: TlsFacts, hostname: str, now: datetime) -> list[Finding]:
    """Judge the certificate of one port.

    Args:
        tls: The handshake.
        hostname: That the user types.
        now: Aware; for the number of days.

    Returns:
        All faults, what the user can mend first; empty for a certificate that mail programs accept.
    """
    if not tls.chain:
        return [Finding("certificate_invalid", "certificate_invalid", (("number", 0),))]
    leaf = tls.chain[0]
    found: list[Finding] = []
    if not tls.is_for_hostname:
        found.append(_wrong_name(leaf.names, hostname))
    by_number = {code.code: code.depth for code in reversed(tls.verify_codes)}
    for number, depth in sorted(by_number.items(), key=lambda item: item[0] != _EXPIRED):
        certificate = tls.chain[min(depth, len(tls.chain) - 1)]
        if number == _EXPIRED:
            days = max(0, (now - certificate.not_after).days)
            ended = (("date", certificate.not_after.date().isoformat()), ("days", days))
            found.append(Finding("certificate_expired", "certificate_expired", ended, "issuer" if depth else ""))
        elif number == _NOT_YET_VALID:
            begins = (("date", certificate.not_before.date().isoformat()),)
            found.append(Finding("certificate_not_yet_valid", "certificate_not_yet_valid", begins))
        elif number == _SELF_SIGNED:
            found.append(Finding("certificate_self_signed", "certificate_self_signed"))
        elif number == _SELF_SIGNED_IN_CHAIN:
            found.append(_issuer("certificate_unknown_issuer", tls.chain[-1].subject))
        elif number not in _NO_ISSUER:
            found.append(Finding("certificate_invalid", "certificate_invalid", (("number", number),)))
    if _NO_ISSUER & by_number.keys() and _SELF_SIGNED_IN_CHAIN not in by_number:
        found.append(_missing_issuer(tls))
    return found


def fitting_names(names: Sequence[str], hostname: str) -> list[str]:
    """Return the names of a certificate that a user could type instead, the most likely first.

    Nearest is what shares the longest end with the name that was typed; among equals a name that sounds like a mail server
    comes first. Wildcards name no host, so they come last, as they stand.
    """
    typed = hostname.lower().split(".")[::-1]

    def rank(name: str) -> tuple[bool, int, bool, int]:
        labels = name.lower().split(".")[::-1]
        shared = 0
        for mine, theirs in zip(typed, labels, strict=False):
            if mine != theirs:
                break
            shared += 1
        return ("*" in name, -shared, not labels[-1].startswith(_MAIL_WORDS), len(name))

    return sorted(dict.fromkeys(names), key=rank)


def _wrong_name(names: Sequence[str], hostname: str) -> Finding:
    # A certificate may name anything; what could be no host's name is nothing to type in, or to show.
    sound = [name for name in names if is_hostname(name.lower().removeprefix("*."))]
    fitting = fitting_names(sound, hostname)
    shown = ", ".join(fitting[:_SHOWN_NAMES]) + (" …" if len(fitting) > _SHOWN_NAMES else "")
    params: tuple[tuple[str, str | int], ...] = (("hostname", hostname), ("names", shown))
    if not fitting:
        return Finding("certificate_wrong_name", "wrong_name_no_names", params, "no_names")
    if "*" in fitting[0]:
        return Finding("certificate_wrong_name", "wrong_name_wildcard", params)
    return Finding("certificate_wrong_name", "wrong_name", (*params, ("better", fitting[0])))


def _missing_issuer(tls: TlsFacts) -> Finding:
    leaf, last = tls.chain[0], tls.chain[-1]
    if leaf.is_self_issued:
        return Finding("certificate_self_signed", "certificate_self_signed")
    has_sent_issuer = any(each.subject == leaf.issuer for each in tls.chain[1:])
    is_incomplete = not last.is_self_issued and (
        tls.is_issuer_family_trusted or (bool(leaf.issuer_urls) and not has_sent_issuer)
    )
    return _issuer("certificate_incomplete_chain" if is_incomplete else "certificate_unknown_issuer", last.issuer)


def _issuer(code: Code, issuer: str) -> Finding:
    return Finding(code, code, (("issuer", issuer),))
