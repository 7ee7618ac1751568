"""Turn slots into plain facts, the alphabet in which the rules of `intents.yaml` are written."""

from __future__ import annotations

from typing import Final

import msgspec

from bot.kb.ports import PORT_PROTOCOL, PORT_SECURITY
from bot.match.definition import find_defined
from bot.match.lexicon import Span
from bot.match.model import Slots
from bot.match.numbers import CLEAR_PORTS, MAIL_PORTS
from bot.match.slots import MANNERS
from bot.match.small_words import only_small_words
from bot.text.pattern import LazyPattern

_COUNTED: Final = (
    "providers",
    "clients",
    "protocols",
    "directions",
    "securities",
    "ports",
    "hosts",
    "domains",
    "errors",
    "terms",
)
_SINGULAR: Final = {name: name.removesuffix("s") for name in _COUNTED} | {
    "securities": "security",
    # The words "port" and "error" are concepts; these are the numbers and the errors themselves.
    "ports": "number",
    "errors": "known_error",
}
_QUESTION_JA: Final = LazyPattern(
    "[?]|(?:か|かな|かしら|っけ|の|は|とは|だと|なに|何|わからん|んだが|んですが|んですけど|んだけど)[。!)」]*$|(?:ですか|ますか|ませんか|でしょうか|るか|いか|たか|どうか|んか)(?![なんら])|教えて|おしえて|知りたい|わから|分から|わかりません|どこ|ご存[じ知]の(?:方|人)|(?:いたら|いれば|おられませんか|いませんか)(?:$|[…。!、])|(?:求む|プリーズ|お助け|助けて)[…。!]*$|だけでいいので|ド忘れ|何番|って(?:なに|なん)|だれか|貼って|(?:方|人)がい(?:れば|たら)|(?:ほんと|本当|マジ|まじ)(?:に|で)?[?。!…]*$|誰か(?:$|[…。.!?]|教|わか|知って|助)|どっち|どちら|どれ|どう|(?:ば|たら)(?:いい|よい|良い|OK|ok)|(?:何|なに)(?:を|が|で|に|と|って|の)|なぜ|なんで|いくつ|って何|困って|(?:わか|分か|知って|詳し)(?:る|い)?(?:の)?(?:人|方|かた)(?![にがはとの])"
)
_QUESTION_EN: Final = LazyPattern(
    r"[?]|^(?:(?:hi|hello|hey|ok|okay|so|and|but|please|sorry|well|um|also|quick question)[ ,:!-]+)*(?:(?:team|all|everyone|there|folks|guys|quick question)[ ,:!-]+)*"
    r"(?:what|which|how|where|why|when|who|whats|what's|can|could|does|do|is|are|should|will|would|did|any|anyone|anybody|shall|has|explain|tell|give|show|list|compare|help)\b"
    # An inversion behind a pause: "spark on mac: can it do POP3", "465 + STARTTLS, does that make sense".
    r"|[,:;.()-] ?(?:and |so |but |or |then )?(?:can|could|is|are|does|do|did|should|will|would|has|have|am|was|what|which|how|where|why|who) (?:it|i|we|you|he|she|they|that|this|these|those|there|the|my|our|your|a|an|any|anyone|anybody|someone|port|server|[a-z]{2,12} (?:port|server|settings?|the same))\b"
    r"|\b(?:ports?|hosts?|host ?names?|servers?|settings?|names?|values|details|numbers?|addresses) (?:please|pls|plz)\b|\b(?:right or wrong|yes or no|or not|or no)$"
    r"|\b(?:which|what|where|how)(?: (?:one|ones|ports?|hosts?|server|type|kind|name|address|password|method|box|boxes|number|security type|encryption))? (?:do|does|did|should|can|could|belongs?|goes)\b"
    r"|\b(?:how (?:do|can|to|should|does)|what(?:'s| is| are| port)|which port|anyone know|does anyone|need help|please help|help me|can someone|could someone|can anyone|not sure|no idea|wondering|don'?t know|want to know|tell me|looking for|i need (?:the|to know|help))\b"
)


_LONGEST_MANNERS: Final = 80


class Facts(msgspec.Struct, frozen=True, gc=False):
    """What is true of a message, as words that rules can ask for."""

    names: frozenset[str]
    question: bool
    fragment: bool
    """Nothing but names, numbers and codes."""


def is_question(text: str, language: str) -> bool:
    """Return whether a folded sentence asks something, by its form."""
    pattern = _QUESTION_JA if language == "ja" else _QUESTION_EN
    return bool(pattern.search(text))


def state_facts(
    slots: Slots,
    *,
    question: bool,
    fragment: bool,
    groups: dict[str, frozenset[str]],
    text: str = "",
    spans: tuple[Span, ...] = (),
    unknown: tuple[str, ...] = (),
    known_ports: frozenset[int] = MAIL_PORTS,
) -> Facts:
    """List what is true of a message.

    Args:
        slots: What was found.
        question: It asks something by its form.
        fragment: It holds nothing but names, numbers and codes.
        groups: Names for "any of these", from `intents.yaml`.
        text: The folded text, for facts about the order of words.
        spans: Where the slots were found.
        unknown: Names of mail services that the knowledge does not hold.
        known_ports: Ports of `ports.yaml`.

    Returns:
        Facts such as `provider`, `provider=gmail`, `port`, `port>=2`, `cannot_send`, `question`, and those of groups.
    """
    names: set[str] = set(slots.concepts)
    for name, singular in _SINGULAR.items():
        values = getattr(slots, name)
        if values:
            names.add(singular)
            names.update(f"{singular}={value}" for value in values)
            if len(values) > 1:
                names.add(f"{singular}>=2")
    if slots.error_codes:
        names.add("code")
        if any("." in code or "x" in code for code in slots.error_codes):
            names.add("exact_code")
    if slots.errors and ("exact_code" in names or any(span.kind == "error" for span in spans)):
        names.add("told_error")  # by its own words or a code of its own; 550 alone is many things
    if slots.ambiguous:
        names.add("ambiguous")
        names.update(
            f"ambiguous_{reading.partition(':')[0]}" for _, readings in slots.ambiguous for reading in readings
        )
    if unknown or any(span.kind == "service" for span in spans):
        names.add("unknown_service")
    if slots.ports and not known_ports.intersection(slots.ports):
        names.add("other_port")
    if MAIL_PORTS.intersection(slots.ports):
        names.add("mail_number")
        if CLEAR_PORTS.intersection(slots.ports):
            names.add("clear_port")
        if len(MAIL_PORTS.intersection(slots.ports)) > 1:
            names.add("mail_pair")
        if len(CLEAR_PORTS.intersection(slots.ports)) > 1:
            names.add("clear_pair")
    if _contradicts(slots):
        names.add("mismatch")
    if slots.hosts and MAIL_PORTS.intersection(slots.ports) and _is_pasted(slots):
        names.add("pasted")
    if {"ssl", "tls"} <= {span.word for span in spans if span.kind == "security"}:
        names.add("ssl_and_tls")
    if text and find_defined(text, spans):
        names.add("defines")
    elif text and "port" in names and not slots.ports and find_defined(text, spans, "concept"):
        names.add("defines_port")
    if question:
        names.add("question")
    if fragment:
        names.add("fragment")
    if text and spans and _is_mannerly(text, spans):
        names.add("manners_only")
    for group, members in groups.items():
        if members & names:
            names.add(group)
    return Facts(frozenset(names), question, fragment)


def _is_mannerly(text: str, spans: tuple[Span, ...]) -> bool:
    """Return whether a message is a greeting or thanks and nothing else."""
    manners = [span for span in spans if span.kind == "concept" and span.value in MANNERS]
    if not manners or len(text) > _LONGEST_MANNERS:
        return False
    for span in manners:
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return only_small_words(text)


def _contradicts(slots: Slots) -> bool:
    """Say whether one port is named with a protocol or an encryption that belongs to another: IMAP on 995, STARTTLS on 465."""
    if len(slots.ports) != 1 or slots.ports[0] not in CLEAR_PORTS:
        return False
    (port,) = slots.ports
    protocol, security = PORT_PROTOCOL.get(port), PORT_SECURITY.get(port)
    other_protocol = len(slots.protocols) == 1 and protocol is not None and slots.protocols[0] != protocol
    other_security = len(slots.securities) == 1 and security == "implicit_tls" and slots.securities[0] != security
    return other_protocol or other_security


def _is_pasted(slots: Slots) -> bool:
    """Say whether a host and a mail port stand beside so much else that they are somebody's settings."""
    return bool(slots.securities) or len(slots.hosts) > 1 or len(slots.ports) > 1
