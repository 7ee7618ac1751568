"""The faults: what a server does, and the verdict that a person must get for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from bot.kb.model import Protocol
from bot.probe.fault import Code
from tests.support.fault_server import Talk, imap, imaps, pop3, sieve, smtp


@dataclass(frozen=True)
class Fault:
    """One kind of broken server."""

    name: str
    protocol: Protocol
    security: Literal["implicit_tls", "starttls"]
    script: Callable[[Talk], Awaitable[None]]
    code: Code
    within_s: float = 1.5
    """The verdict is there by then; the tests' own deadline is 2 s (8 s in use)."""
    variant: str = ""
    certificate: str = "good"
    old: str | None = None
    others: tuple[Code, ...] = ()


async def in_pieces(talk: Talk) -> None:
    """Send every byte by itself; all is well otherwise."""
    say = talk.say

    async def bit_by_bit(text: bytes) -> None:
        for byte in text:
            await say(bytes([byte]))
            await asyncio.sleep(0)

    talk.say = bit_by_bit  # type: ignore[method-assign]
    await smtp(talk)


async def one_byte_a_second(talk: Talk) -> None:
    """Keep every single read busy, and never come to the end."""
    for byte in b"* OK a very slow server" * 100:
        await talk.say(bytes([byte]))
        await asyncio.sleep(1)


async def endless_banner(talk: Talk) -> None:
    """Send a greeting without an end."""
    while True:
        await talk.say(b"* OK" + b"x" * 4000)


async def endless_reply(talk: Talk) -> None:
    """Send continuation lines for ever."""
    await talk.say(b"220 ready\r\n")
    await talk.hear()
    while True:
        await talk.say(b"250-MORE\r\n" * 400)


async def endless_literal(talk: Talk) -> None:
    """Announce a literal of a gigabyte."""
    await talk.say(b"* OK ready\r\n")
    await talk.hear()
    await talk.say(b"* CAPABILITY {1000000000}\r\n")
    await talk.wait_for_the_end()


async def reset_at_once(talk: Talk) -> None:
    """Cut the connection."""
    await talk.reset()


async def reset_in_handshake(talk: Talk) -> None:
    """Cut the connection at the ClientHello."""
    await talk.reader.read(1)
    await talk.reset()


async def close_early(talk: Talk) -> None:
    """Close after the greeting."""
    await talk.say(b"* OK ready\r\n")
    await talk.hear()


async def silence(talk: Talk) -> None:
    """Say nothing, whatever comes."""
    await talk.wait_for_the_end()


async def talk_before_banner(talk: Talk) -> None:
    """Put a line of its own before the greeting, as a careless proxy does."""
    await talk.say(b"Connecting you to the mail system...\r\n")
    await imap(talk)


async def slow_strict_banner(talk: Talk) -> None:
    """Greet late, and throw out whoever speaks first."""
    try:
        async with asyncio.timeout(0.3):
            await talk.reader.read(1)
    except TimeoutError:
        await smtp(talk)
    else:
        await talk.say(b"554 you spoke first\r\n")


async def late_answer(talk: Talk, text: bytes) -> None:
    """Answer a greeting and stop."""
    await talk.say(text)
    await talk.wait_for_the_end()


async def _hear_starttls(talk: Talk) -> None:
    await talk.say(b"220 ready\r\n")
    await talk.hear()
    await talk.say(b"250-x\r\n250 STARTTLS\r\n")
    await talk.hear()


async def refuses_starttls(talk: Talk) -> None:
    """Offer STARTTLS and refuse it."""
    await _hear_starttls(talk)
    await talk.say(b"454 TLS not available due to temporary reason\r\n")
    await talk.wait_for_the_end()


async def starttls_without_tls(talk: Talk) -> None:
    """Agree to STARTTLS, and hang up at the ClientHello."""
    await _hear_starttls(talk)
    await talk.say(b"220 go\r\n")
    await talk.reader.read(1)
    await talk.reset()


async def injects(talk: Talk, *, later: bool = False) -> None:
    """Put clear text behind the consent to STARTTLS, in the same packet or in the next one."""
    await talk.say(b"* OK ready\r\n")
    tag = (await talk.hear()).split()[0]
    await talk.say(b"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n" + tag + b" OK\r\n")
    tag = (await talk.hear()).split()[0]
    if later:
        await talk.say(tag + b" OK begin\r\n")
        await talk.reader.read(1)
        await talk.say(b"* CAPABILITY AUTH=PLAIN\r\n")
    else:
        await talk.say(tag + b" OK begin\r\n* CAPABILITY AUTH=PLAIN\r\n")
    await talk.wait_for_the_end()


async def http(talk: Talk) -> None:
    """Answer what is no HTTP request like a web server."""
    await talk.reader.read(1)
    await talk.say(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


async def bye_in_dialogue(talk: Talk) -> None:
    """Greet, and send the client away at its first command."""
    await talk.say(b"* OK ready\r\n")
    await talk.hear()
    await talk.say(b"* BYE Too many connections\r\n")


async def refuses_ehlo(talk: Talk, answer: bytes) -> None:
    """Greet, and refuse EHLO."""
    await talk.say(b"220 ready\r\n")
    await talk.hear()
    await talk.say(answer)
    await talk.wait_for_the_end()


no_starttls = partial(imap, starttls=False)
FAULTS = (
    Fault("sound_imaps", "imap", "implicit_tls", imaps, "works"),
    Fault("sound_imap", "imap", "starttls", imap, "works"),
    Fault("sound_smtp", "smtp", "starttls", smtp, "works"),
    Fault("sound_pop3", "pop3", "starttls", pop3, "works"),
    Fault("sound_sieve", "sieve", "starttls", sieve, "works"),
    Fault("sieve_that_waits", "sieve", "starttls", partial(sieve, unasked=False), "works"),
    Fault(
        "pop3_without_capa",
        "pop3",
        "starttls",
        partial(pop3, has_capa=False),
        "no_starttls",
        others=("plaintext_login_offered",),
    ),
    Fault("no_ehlo", "smtp", "starttls", partial(refuses_ehlo, answer=b"502 what?\r\n"), "no_starttls"),
    Fault(
        "ehlo_refused",
        "smtp",
        "starttls",
        partial(refuses_ehlo, answer=b"550 no\r\n"),
        "could_not_test",
        1.0,
        "turned_away",
    ),
    Fault("ehlo_421", "smtp", "starttls", partial(refuses_ehlo, answer=b"421 busy\r\n"), "temporarily_refused"),
    Fault("in_pieces", "smtp", "starttls", in_pieces, "works"),
    Fault("slow_strict_banner", "smtp", "starttls", slow_strict_banner, "works"),
    Fault("one_byte_a_second", "imap", "starttls", one_byte_a_second, "timed_out", 2.4, "silent"),
    Fault("silence", "imap", "starttls", silence, "timed_out", 2.4, "silent"),
    Fault("silence_tls", "imap", "implicit_tls", silence, "timed_out", 2.4, "silent"),
    Fault("talk_before_banner", "imap", "starttls", talk_before_banner, "not_this_protocol"),
    Fault("endless_banner", "imap", "starttls", endless_banner, "not_this_protocol", 1.5, "endless"),
    Fault("endless_reply", "smtp", "starttls", endless_reply, "not_this_protocol", 1.5, "endless"),
    Fault("endless_literal", "imap", "starttls", endless_literal, "not_this_protocol", 1.5, "endless"),
    Fault("reset_at_once", "imap", "starttls", reset_at_once, "reset"),
    Fault("reset_in_handshake", "imap", "implicit_tls", reset_in_handshake, "reset", 1.5, "in_tls"),
    Fault("close_early", "imap", "starttls", close_early, "reset", 1.5, "closed"),
    Fault("tls_1_0_only", "imap", "implicit_tls", imaps, "tls_too_old", old="1.0"),
    Fault("tls_1_0_only_starttls", "smtp", "starttls", smtp, "tls_too_old", old="1.0"),
    Fault("tls_1_0_too", "imap", "implicit_tls", imaps, "works", old="all", others=("tls_too_old",)),
    Fault("wrong_name", "imap", "implicit_tls", imaps, "certificate_wrong_name", certificate="wrong_name"),
    Fault("wrong_name_starttls", "imap", "starttls", imap, "certificate_wrong_name", certificate="wrong_name"),
    Fault("wildcard", "imap", "implicit_tls", imaps, "certificate_wrong_name", certificate="wildcard"),
    Fault("expired", "imap", "implicit_tls", imaps, "certificate_expired", certificate="expired"),
    Fault("expired_starttls", "smtp", "starttls", smtp, "certificate_expired", certificate="expired"),
    Fault("not_yet_valid", "imap", "implicit_tls", imaps, "certificate_not_yet_valid", certificate="not_yet_valid"),
    Fault("self_signed", "imap", "implicit_tls", imaps, "certificate_self_signed", certificate="self_signed"),
    Fault("unknown_issuer", "imap", "starttls", imap, "certificate_unknown_issuer", certificate="unknown_issuer"),
    Fault("private_root", "imap", "starttls", imap, "certificate_unknown_issuer", certificate="private_root_sent"),
    Fault("incomplete", "imap", "implicit_tls", imaps, "certificate_incomplete_chain", certificate="incomplete"),
    Fault("logindisabled", "imap", "starttls", imap, "works"),
    Fault("no_starttls", "imap", "starttls", no_starttls, "no_starttls"),
    Fault(
        "plaintext_login",
        "imap",
        "starttls",
        partial(imap, login_disabled=False),
        "works",
        others=("plaintext_login_offered",),
    ),
    Fault(
        "no_encryption_at_all",
        "imap",
        "starttls",
        partial(imap, starttls=False, login_disabled=False),
        "no_starttls",
        others=("plaintext_login_offered",),
    ),
    Fault("421", "smtp", "starttls", partial(late_answer, text=b"421 too busy\r\n"), "temporarily_refused"),
    Fault("bye", "imap", "starttls", partial(late_answer, text=b"* BYE [UNAVAILABLE]\r\n"), "temporarily_refused"),
    Fault("bye_in_dialogue", "imap", "starttls", bye_in_dialogue, "temporarily_refused"),
    Fault("err_temp", "pop3", "starttls", partial(late_answer, text=b"-ERR [SYS/TEMP] x\r\n"), "temporarily_refused"),
    Fault("trylater", "sieve", "starttls", partial(late_answer, text=b"BYE (TRYLATER)\r\n"), "temporarily_refused"),
    Fault("554", "smtp", "starttls", partial(late_answer, text=b"554 no\r\n"), "could_not_test", 1.5, "turned_away"),
    Fault("starttls_refused", "smtp", "starttls", refuses_starttls, "starttls_broken"),
    Fault("starttls_without_tls", "smtp", "starttls", starttls_without_tls, "starttls_broken", 1.5, "in_tls"),
    Fault("injection", "imap", "starttls", injects, "starttls_broken", 1.5, "injected"),
    Fault("injection_later", "imap", "starttls", partial(injects, later=True), "starttls_broken", 1.5, "injected"),
    Fault("smtp_on_imap", "imap", "starttls", smtp, "not_this_protocol", 1.5, "known"),
    Fault("imap_on_smtp", "smtp", "starttls", imap, "not_this_protocol", 1.5, "known"),
    Fault(
        "ftp_on_smtp", "smtp", "starttls", partial(late_answer, text=b"220 FTP\r\n"), "not_this_protocol", 1.5, "known"
    ),
    Fault("ssh", "imap", "starttls", partial(late_answer, text=b"SSH-2.0-x\r\n"), "not_this_protocol", 1.5, "known"),
    Fault("http_tls", "imap", "implicit_tls", http, "not_this_protocol", 1.5, "known"),
    Fault("http_plain", "imap", "starttls", http, "not_this_protocol", 1.6, "known"),
    Fault("plain_on_tls", "imap", "implicit_tls", imap, "plain_on_tls_port"),
    Fault("plain_on_tls_smtp", "smtp", "implicit_tls", smtp, "plain_on_tls_port"),
    Fault("tls_on_plain", "imap", "starttls", imaps, "tls_on_plain_port", 1.6),
    Fault(
        "alert_on_plain",
        "imap",
        "starttls",
        partial(late_answer, text=b"\x15\x03\x01\x00\x02\x02\x28\n"),
        "tls_on_plain_port",
    ),
)
