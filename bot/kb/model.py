"""The knowledge as types: one definition for the files that people write and for the program that reads them.

Every struct is frozen and refuses unknown keys, so a misspelt key is a problem and not a silent loss.
`msgspec` decodes them in C: the compiled cache becomes objects in a few milliseconds.
"""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

Language = Literal["ja", "en"]
Protocol = Literal["imap", "pop3", "smtp", "sieve"]
Security = Literal["implicit_tls", "starttls", "plaintext"]
Username = Literal["email_address", "local_part", "account_id", "other"]
Authentication = Literal["password", "app_password", "oauth2"]
Evidence = Literal["verified", "single_source", "unreviewed"]
"""`unreviewed` is for what a company imported; the shipped knowledge has none."""
Status = Literal["works", "needs_step", "broken", "closed"]


class _Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Common settings of every struct of the knowledge."""


class Text(_Node, frozen=True):
    """One text in both languages. `backticks` mark literal values (host names, menu labels stay in 「」 / quotes)."""

    ja: str
    en: str


class Words(_Node, frozen=True):
    """Several words per language, as people write them."""

    ja: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class Source(_Node, frozen=True):
    """Where a fact was read, and when."""

    url: str
    title: str
    """Title of the page as it stands there; cards print it instead of a bare address."""
    checked_on: date
    """The day the source was read for this file."""
    source_as_of: date | None = None
    """Age of the copy that was read, where it was older; cards show the older of the two dates."""


class Server(_Node, frozen=True):
    """One way to reach one protocol of a provider. Listed best first."""

    protocol: Protocol
    port: int
    security: Security
    hostname: str | None = None
    hostname_pattern: str | None = None
    """Personal host names: a pattern such as `sv*.xserver.jp`; `host_hint` of the provider says where to look."""
    username: Username | None = None
    """Overrides the provider's own form."""
    recommended: bool = True
    """False for what exists but should not be chosen (plaintext, a second-best port)."""
    evidence: Evidence | None = None
    """Overrides the provider's own evidence where one line is known less well."""
    note: Text | None = None

    def is_host(self, name: str) -> bool:
        """Say whether *name* (lower case) is this server's, or one of its personal names."""
        return self.hostname == name if self.hostname is not None else fnmatchcase(name, self.hostname_pattern or "")


class DatedNote(_Node, frozen=True):
    """A fact that begins or ends on a day."""

    text: Text
    valid_from: date | None = None
    valid_to: date | None = None
    source: Source | None = None


class Page(_Node, frozen=True):
    """A page of the provider's own."""

    title: str
    """As it stands on the page, in the page's language; what the page is about where only its address is known."""
    url: str


class Manual(_Node, frozen=True):
    """What the provider's own manual says on one topic, per language (a missing one falls back to the other)."""

    topic: str
    ja: Page | None = None
    en: Page | None = None


class Provider(_Node, frozen=True):
    """One mail service: who it is, its servers, what must be done first. One file `providers/<id>.yaml`."""

    id: str
    names: Text
    status: Status
    servers: tuple[Server, ...]
    username: Username
    authentication: tuple[Authentication, ...]
    evidence: Evidence
    sources: tuple[Source, ...]
    aliases: Words = Words()
    """As people write them: short forms, kana, misspellings that similarity would not catch."""
    ambiguous_aliases: Words = Words()
    """Words that may mean this provider but also something else (さくら, Outlook): asked back unless the context decides."""
    domains: tuple[str, ...] = ()
    """Address domains that belong to this service."""
    own_domains: bool = False
    """Its customers have addresses at domains of their own, as at hosting companies: examples do not show the service's."""
    mx_suffixes: tuple[str, ...] = ()
    host_hint: Text | None = None
    """Where the personal server name is found."""
    username_note: Text | None = None
    before_you_start: Text | None = None
    """The step needed first (required for status needs_step, broken and closed)."""
    notes: tuple[Text, ...] = ()
    dated_notes: tuple[DatedNote, ...] = ()
    manuals: tuple[Manual, ...] = ()
    closed_on: date | None = None
    closes_on: date | None = None
    """An end that is announced: until that day the status holds, from then on the service counts as closed."""
    related: tuple[str, ...] = ()
    """Provider ids that are easily confused with this one."""
    asks: Words = Words()
    """Example questions that must reach this file."""

    def status_on(self, day: date) -> Status:
        """Return the status as of *day*: an announced end comes true by itself."""
        return "closed" if self.end_on(day) is not None else self.status

    def end_on(self, day: date) -> date | None:
        """Return since when the service is closed, as of *day*; None while it is not."""
        if self.closes_on is not None and self.closes_on <= day:
            return self.closes_on
        return self.closed_on


class ClientLabels(_Node, frozen=True):
    """The program's own words on its settings screen, in each language."""

    implicit_tls: Text
    starttls: Text
    plaintext: Text
    incoming_server: Text
    outgoing_server: Text
    port: Text
    encryption: Text
    """Label of the field that chooses the encryption."""
    username: Text
    password: Text | None = None
    authentication: Text | None = None
    """Label of the field that chooses the way to sign in."""
    password_authentication: Text | None = None
    """What to choose in that field for signing in with a password (also an app password)."""
    oauth2_authentication: Text | None = None
    """What to choose in that field for OAuth2."""


class ProtocolLabels(_Node, frozen=True):
    """Words that a program uses for one protocol only; what is left out is as in its `labels`."""

    implicit_tls: Text | None = None
    starttls: Text | None = None
    plaintext: Text | None = None
    server: Text | None = None
    """Label of the field for the host name."""
    port: Text | None = None
    encryption: Text | None = None
    username: Text | None = None
    lacks: tuple[Security, ...] = ()
    """What the program cannot do with this protocol; its label says so, and general tables leave it out."""


class Steps(_Node, frozen=True):
    """Numbered steps in both languages; as many in one as in the other."""

    ja: tuple[str, ...]
    en: tuple[str, ...]


class Client(_Node, frozen=True):
    """One mail program. One file `clients/<id>.yaml`."""

    id: str
    names: Text
    labels: ClientLabels
    new_account: Steps
    """The way to the screen and what to choose; placeholders are not used."""
    evidence: Evidence
    sources: tuple[Source, ...]
    aliases: Words = Words()
    ambiguous_aliases: Words = Words()
    existing_account: Steps | None = None
    """Where to look at or change the settings of an account that is there already."""
    outgoing_auth: Text | None = None
    """How SMTP AUTH is switched on in this program."""
    notes: tuple[Text, ...] = ()
    labels_by_protocol: dict[Protocol, ProtocolLabels] = {}
    protocols: tuple[Protocol, ...] = ("imap", "pop3", "smtp")
    """What the program can do."""
    of_provider: str | None = None
    """Id of the provider on whose own pages the program stands (Gmail's "Send mail as"): beside another provider, its name
    means the program and not a mailbox."""
    oauth2_by_account: bool = False
    """Signs in with OAuth2 where the account is chosen by its provider's name, so that no field offers it."""
    platforms: tuple[str, ...] = ()
    versions: Text | None = None
    ended_on: date | None = None
    asks: Words = Words()


class PortUse(_Node, frozen=True):
    """One row of `ports.yaml`."""

    port: int
    service: str
    """IANA service name."""
    protocol: Protocol | None
    security: Security | None
    """How encryption starts on this port; None where the port says nothing about it."""
    names: Text
    short: Text
    """One or two sentences: what it is for, what to do with it."""
    long: Text
    sources: tuple[Source, ...]
    advice: Literal["first_choice", "second_choice", "avoid", "servers_only", "special"] = "special"
    asks: Words = Words()


class Ports(_Node, frozen=True):
    """`ports.yaml`."""

    ports: tuple[PortUse, ...]


class Article(_Node, frozen=True):
    """A free answer or the explanation of a word. One file `answers/<id>.yaml`."""

    id: str
    names: Text
    """The title of the answer; for a word, the word itself."""
    short: Text
    """Two or three sentences that answer the question by themselves."""
    sources: tuple[Source, ...]
    aliases: Words = Words()
    """The words that ask for it by name (SMTP AUTH, SMTP認証): these become the slot `term`. Empty for free answers."""
    long: Text | None = None
    """More, shown under the short text; paragraphs separated by an empty line; lines beginning with `- ` are a list."""
    steps: Steps | None = None
    related: tuple[str, ...] = ()
    """Ids of other articles, offered as follow-ups."""
    evidence: Evidence = "verified"
    asks: Words = Words()


class Pattern(_Node, frozen=True):
    """How an error is recognised."""

    codes: tuple[str, ...] = ()
    """Exact codes, such as `0x800CCC0E` or `5.7.57`."""
    texts: tuple[str, ...] = ()
    """Fragments of the message in any language; compared folded, with typos allowed."""


class MailError(_Node, frozen=True):
    """One error: how it is recognised, cause, what to do in order of likelihood."""

    id: str
    names: Text
    recognise: Pattern
    cause: Text
    fixes: Steps
    sources: tuple[Source, ...]
    evidence: Evidence
    direction: Literal["send", "receive", "both"] = "both"
    related: tuple[str, ...] = ()
    asks: Words = Words()
    client: str | None = None
    """The one mail program that says this; that of the family where the error itself names none."""


class ErrorFamily(_Node, frozen=True):
    """One file `errors/<family>.yaml`."""

    errors: tuple[MailError, ...]
    client: str | None = None
    """The mail program whose messages these are."""


class Knowledge(_Node, frozen=True):
    """Everything that was loaded, from all layers."""

    providers: tuple[Provider, ...]
    clients: tuple[Client, ...]
    ports: tuple[PortUse, ...]
    articles: tuple[Article, ...]
    errors: tuple[MailError, ...]
    documents: dict[str, object]
    """Files that other layers own, by path without ending: `intents`, `terms`, `phrases/ja/…`, `wording/en/…`."""
    own: frozenset[str] = frozenset()
    """What the company's own folder brought, by path without ending: `providers/example`."""
