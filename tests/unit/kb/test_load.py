"""Loading: all or nothing, every problem named, a cache that is never stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import BotError, KnowledgeInvalidError
from bot.kb.load import load_knowledge
from bot.kb.lookup import Lookup

PROVIDER = """\
id: example_mail
names: {ja: サンプルメール, en: Example Mail}
status: works
username: email_address
authentication: [password]
evidence: verified
domains: [example.com]
servers:
  - {protocol: imap, hostname: imap.example.com, port: 993, security: implicit_tls}
sources:
  - {url: "https://example.com/help", title: Help, checked_on: 2026-11-20}
asks: {ja: [サンプルメールのIMAP設定], en: [example mail imap settings]}
"""


def write(root: Path, text: str = PROVIDER, name: str = "providers/example_mail.yaml") -> Path:
    """Write one knowledge file and return the root."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return root


def problems_of(root: Path) -> list[str]:
    """Load a broken tree and return what is said about it."""
    return problems_of_roots(root)


def problems_of_roots(*roots: Path) -> list[str]:
    """Load broken trees laid over one another and return what is said about them."""
    with pytest.raises(KnowledgeInvalidError) as caught:
        load_knowledge(roots)
    return caught.value.problems


def test_a_sound_file_is_loaded(tmp_path: Path) -> None:
    """A provider file becomes a provider that its domain and its sub-domains find."""
    lookup = Lookup(load_knowledge([write(tmp_path)]))
    provider = lookup.provider("example_mail")
    assert provider is not None
    assert provider.servers[0].port == 993
    assert lookup.providers_for_domain("mail.example.com") == (provider,)
    assert lookup.providers_for_domain("example.org") == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ("status: works", "status: works\nstatus: works"),
            "providers/example_mail.yaml: line 4: duplicate key 'status'",
        ),
        (("domains:", "domain:"), "providers/example_mail.yaml: unknown key 'domain'"),
        (("names: {ja: サンプルメール, en", "names: {en"), "providers/example_mail.yaml: names: 'ja' is missing"),
        (("port: 993", 'port: "993"'), "providers/example_mail.yaml: servers[0].port: Expected `int`, got `str`"),
        (("port: 993", "port: 0993"), "providers/example_mail.yaml: servers[0].port: Expected `int`, got `str`"),
        (
            ("security: implicit_tls", "security: starttls"),
            "providers/example_mail.yaml: servers[0]: port 993 is implicit_tls, not starttls",
        ),
        (
            ("imap.example.com", "imap_example.com"),
            "providers/example_mail.yaml: servers[0]: hostname: 'imap_example.com' cannot be a host",
        ),
        (
            ("imap.example.com", "https://imap.example.com"),
            "providers/example_mail.yaml: servers[0]: hostname: 'https://imap.example.com' cannot be a host",
        ),
        (
            ("2026-11-20", "2999-01-01"),
            "providers/example_mail.yaml: sources[0].checked_on: 2999-01-01 is in the future",
        ),
        (
            ("id: example_mail", "id: other"),
            "providers/example_mail.yaml: id 'other' must be the file name 'example_mail'",
        ),
        (
            ("status: works", "status: needs_step"),
            "providers/example_mail.yaml: before_you_start: is needed for status needs_step",
        ),
        (
            ("protocol: imap", "protocol: pop3"),
            "providers/example_mail.yaml: servers[0]: port 993 is for imap, not pop3",
        ),
        (
            (", en: [example mail imap settings]", ""),
            "providers/example_mail.yaml: asks.en: at least one example question is needed",
        ),
    ],
    ids=lambda value: value[1][:40] if isinstance(value, tuple) else None,
)
def test_a_fault_is_named_with_its_path(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    """Each kind of fault is reported as `path: message`."""
    assert expected in problems_of(write(tmp_path, PROVIDER.replace(*change)))


def test_every_fault_of_every_file_is_listed(tmp_path: Path) -> None:
    """Reading does not stop at the first fault, and nothing is half-loaded."""
    write(tmp_path, PROVIDER.replace("port: 993", "port: x").replace("username: email_address", "username: me"))
    write(tmp_path, "a: [1", "ports.yaml")
    write(tmp_path, "- a list", "terms.yaml")
    write(tmp_path, "a: 1", "strange/file.yaml")
    problems = problems_of(tmp_path)
    assert len([p for p in problems if p.startswith("providers/example_mail.yaml")]) == 2
    assert any(p.startswith("ports.yaml: line") for p in problems)
    assert "terms.yaml: must hold a mapping (key: value)" in problems
    assert any(p.startswith("strange/file.yaml: no such kind of file") for p in problems)


def test_nested_aliases_are_refused(tmp_path: Path) -> None:
    """A file that would unfold to gigabytes is refused at its first alias."""
    write(tmp_path, "a: &a [x]\nb: [*a, *a]\n", "terms.yaml")
    assert any("aliases" in problem for problem in problems_of(tmp_path))


def test_a_later_root_replaces_a_file(tmp_path: Path) -> None:
    """The company's own file is laid over the shipped one of the same name."""
    write(tmp_path / "shipped")
    write(tmp_path / "own", PROVIDER.replace("imap.example.com", "mail.example.com"))
    provider = Lookup(load_knowledge([tmp_path / "shipped", tmp_path / "own"])).provider("example_mail")
    assert provider is not None
    assert provider.servers[0].hostname == "mail.example.com"


def test_the_cache_is_used_and_never_stale(tmp_path: Path) -> None:
    """A second load gives the same from the cache; a changed byte gives the new content."""
    root, cache = write(tmp_path / "kb"), tmp_path / "cache"
    first = load_knowledge([root], cache)
    assert len(list(cache.glob("knowledge-*.msgpack"))) == 1
    assert load_knowledge([root], cache) == first
    write(root, PROVIDER.replace("imap.example.com", "imap2.example.com"))
    assert load_knowledge([root], cache).providers[0].servers[0].hostname == "imap2.example.com"


def test_a_damaged_cache_is_no_error(tmp_path: Path) -> None:
    """Half a cache file is passed over and written anew."""
    root, cache = write(tmp_path / "kb"), tmp_path / "cache"
    first = load_knowledge([root], cache)
    next(cache.glob("*.msgpack")).write_bytes(b"\x81")
    assert load_knowledge([root], cache) == first


def test_a_missing_folder_says_which(tmp_path: Path) -> None:
    """A wrong MAILPORTS_KNOWLEDGE is named."""
    with pytest.raises(BotError) as caught:
        load_knowledge([tmp_path / "nowhere"])
    assert caught.value.message_key == "error.knowledge_missing"
    assert caught.value.params["path"].endswith("nowhere")  # type: ignore[union-attr]
