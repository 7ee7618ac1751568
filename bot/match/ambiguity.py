"""Words with several readings: さくら, Outlook, Yahoo. What stands around them decides, or the asker does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from bot.kb.lookup import Lookup
from bot.match.lexicon import Span
from bot.text.pattern import LazyPattern

# アウトルックで, Outlookに追加, "in outlook", "using outlook": the program does something.
_PROGRAM_AFTER: Final = LazyPattern(
    r" ?(?:で(?!す|しょ)|に(?:は)?(?:追加|登録|設定|入れ|接続|表示|エラー|メール)|から(?:メール|送)|だと(?:どれ|どこ|どの)|では(?:どれ|どこ|どの)|を(?:使|開|起動|再起動|インストール|アンインストール|更新|再設定)|が(?:起動|落ち|固ま|開か)|のソフト|アプリ|ソフト|側"
    r"|の(?:バージョン|画面|アカウント設定|送受信|設定画面|設定方法|設定手順|初期設定|暗号化|詳細設定|メール設定|ポート番号を変|エラー|受信トレイ|送信トレイ|項目|どこ)|デスクトップ|クライアント|[ -]?(?:20\d\d|365|classic|desktop|app|client|program|for windows)"
    r"|(?: keeps| says| asks| shows| won'?t| can'?t| cannot| doesn'?t| does not| isn'?t| is not| fails| error| stopped| gives| client| application| on (?:my )?(?:windows|pc|laptop)))"
)
_PROGRAM_BEFORE: Final = LazyPattern(
    r"(?:\bin|\binto|\bto|\busing|\bwith|\bfrom|\bvia|\bon|\bthrough|\bset ?up|\bconfigure|\binstall|\bopen|\bfor|\bdesktop|\bms|\bmy|クラシック|従来の|旧|古い|windowsの|パソコンの|pcの|microsoft|マイクロソフト)(?: the| my| ms| microsoft| an?)? ?$"
)
_SERVICE_AFTER: Final = LazyPattern(
    r" ?(?:\.com|ドットコム|の?メールアドレス|の?アドレス|のアカウント(?!設定|追加|の追加)|メール(?!アプリ|ソフト|を|が|に|の設定方法|設定方法)|account|accounts|address|mailbox|webmail|(?:'s)? (?:imap|pop3?|smtp)(?: (?:server|settings?|host|port))|のwebメール|(?:の|用の?)(?:imap|pop3?|smtp)(?:サーバ|設定|のサーバ|ポート|のポート))"
)
_SERVICE_BEFORE: Final = LazyPattern(r"(?:無料の|webの|hotmailや|ウェブ版の?|web版の?|hotmail ?/ ?|@)$")
_JAPAN: Final = LazyPattern(r"japan|\.co\.jp|日本")


_ABOUT_MAIL: Final = frozenset(
    {
        "mail",
        "port",
        "server_name",
        "encryption",
        "username",
        "account",
        "cannot_send",
        "cannot_receive",
        "cannot_sign_in",
    }
)
_MAIL_KINDS: Final = frozenset({"protocol", "direction", "security", "host", "address", "error", "code", "port"})


class Settled(msgspec.Struct, frozen=True, gc=False):
    """Providers and clients after the ambiguous words were read, and the words that nothing decided."""

    providers: tuple[str, ...]
    clients: tuple[str, ...]
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...]


def settle(
    text: str,
    spans: Sequence[Span],
    providers: Iterable[str],
    clients: Iterable[str],
    concepts: Iterable[str],
    *,
    language: str,
    lookup: Lookup,
    about_mail: bool = False,
    spoken_of: Iterable[str] = (),
) -> Settled:
    """Read the ambiguous words of a text in the light of the others.

    Args:
        text: The folded text.
        spans: Everything found in it.
        providers: Ids that are certain.
        clients: Ids that are certain.
        concepts: Classes of words seen.
        language: Language of the message.
        lookup: Knows which providers have the same settings.
        about_mail: The conversation is about somebody's mailbox already.
        spoken_of: Ids of the providers and programs that the conversation is about.
    """
    known = frozenset(spoken_of)
    found_providers, found_clients = list(dict.fromkeys(providers)), list(dict.fromkeys(clients))
    readings: dict[tuple[int, int, str], list[tuple[str, str]]] = defaultdict(list)
    places: dict[tuple[int, int], set[str]] = defaultdict(set)
    for span in spans:
        if span.kind in ("provider", "client"):
            places[(span.start, span.end)].add(f"{span.kind}:{span.value}")
        if span.kind.startswith("maybe_"):
            readings[(span.start, span.end, span.word)].append((span.kind[6:], span.value))
    doubtful: dict[str, tuple[str, ...]] = {}
    seen = set(concepts)
    speaks_of_mail = about_mail or bool(seen & _ABOUT_MAIL) or any(span.kind in _MAIL_KINDS for span in spans)
    for (start, end, word), options in readings.items():
        options += [tuple(name.split(":", 1)) for name in places[(start, end)]]  # type: ignore[misc]
        own = {value for kind, value in options if kind == "provider"}
        sure_providers = [id_ for id_ in found_providers if f"provider:{id_}" not in places[(start, end)]]
        sure_clients = [id_ for id_ in found_clients if f"client:{id_}" not in places[(start, end)]]
        if own & set(sure_providers) or {value for kind, value in options if kind == "client"} & set(sure_clients):
            continue  # said again more exactly elsewhere
        if len(set(options)) == 1 and not (speaks_of_mail or found_providers):
            continue  # "evolution", "spark": a program only where mail is spoken of
        meant = [option for option in dict.fromkeys(options) if option[1] in known and "new_one" not in seen]
        choice = meant[:1] or _choose(text, start, end, options, sure_providers, sure_clients, seen, language, lookup)
        if len(choice) == 1:
            kind, value = choice[0]
            found_providers = [
                id_ for id_ in found_providers if f"provider:{id_}" not in places[(start, end)] or id_ == value
            ]
            found_clients = [
                id_ for id_ in found_clients if f"client:{id_}" not in places[(start, end)] or id_ == value
            ]
            found = found_providers if kind == "provider" else found_clients
            if value not in found:
                found.append(value)
        else:
            doubtful[word] = tuple(f"{kind}:{value}" for kind, value in choice)
            found_providers = [id_ for id_ in found_providers if f"provider:{id_}" not in places[(start, end)]]
            found_clients = [id_ for id_ in found_clients if f"client:{id_}" not in places[(start, end)]]
    return Settled(
        tuple(dict.fromkeys(found_providers)),
        _without_generic(tuple(dict.fromkeys(found_clients)), lookup),
        tuple(doubtful.items()),
    )


def _choose(
    text: str,
    start: int,
    end: int,
    options: list[tuple[str, str]],
    providers: list[str],
    clients: list[str],
    concepts: set[str],
    language: str,
    lookup: Lookup,
) -> list[tuple[str, str]]:
    """Return the readings that remain; one if it is settled."""
    options = list(dict.fromkeys(options))
    services = [option for option in options if option[0] == "provider"]
    programs = [option for option in options if option[0] == "client"]
    if services and programs:
        if _SERVICE_AFTER.match(text, end) or _SERVICE_BEFORE.search(text, 0, start) or (clients and not providers):
            options = services
        elif (
            providers
            or _PROGRAM_AFTER.match(text, end)
            or _PROGRAM_BEFORE.search(text, max(0, start - 24), start)
            or concepts
            & {
                "cannot",
                "cannot_send",
                "cannot_receive",
                "cannot_sign_in",
                "error",
                "certificate",
                "use_want",
                "ask_where",
            }
            or ("settings" in concepts and not concepts & {"server", "port"})
        ):
            options = programs
        if "new_one" in concepts:
            options = [option for option in programs if option[1] == "outlook_new"] or options
    services = [option for option in options if option[0] == "provider"]
    if len(options) == len(services) > 1:
        options = _choose_service(text, services, language, lookup)
    elif len(options) > 1 and not services:
        options = options[:1]
    return options


def _choose_service(text: str, services: list[tuple[str, str]], language: str, lookup: Lookup) -> list[tuple[str, str]]:
    if any(value in ("yahoo_jp", "yahoo_com") for _, value in services):
        japan = bool(_JAPAN.search(text))
        by_country = {"yahoo_jp": language == "ja" or japan, "yahoo_com": language == "en" and not japan}
        fitting = [option for option in services if by_country.get(option[1], True)]
        services = fitting or services
    if len(services) > 1 and _same_settings([value for _, value in services], lookup):
        # さくら: whichever is meant, the answer is the same, so asking would be a nuisance.
        return services[:1]
    return services


def _same_settings(ids: list[str], lookup: Lookup) -> bool:
    entries = [lookup.provider(id_) for id_ in ids]
    settings = [
        (
            entry.username,
            entry.authentication,
            tuple(
                (s.protocol, s.port, s.security, s.hostname, s.hostname_pattern, s.username)
                for s in entry.servers
                if s.recommended
            ),
        )
        for entry in entries
        if entry is not None
    ]
    return bool(settings) and all(one == settings[0] for one in settings)


def _without_generic(clients: tuple[str, ...], lookup: Lookup) -> tuple[str, ...]:
    """「新しいOutlook」 and then 「Outlook」 again is one program."""
    others = tuple(id_ for id_ in clients if id_ != "android_gmail")
    if any(_is_for_android(id_, lookup) for id_ in others):
        clients = others  # "the Outlook app on my Pixel": the phone says where, and the program which
    if "outlook_new" in clients and "outlook_classic" in clients:
        return tuple(id_ for id_ in clients if id_ != "outlook_classic")
    return clients


def _is_for_android(id_: str, lookup: Lookup) -> bool:
    client = lookup.client(id_)
    return client is not None and "android" in client.platforms
