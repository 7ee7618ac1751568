"""A company's own folder: it adds, replaces and hides; what it imported never beats ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.kb.load import load_knowledge
from bot.kb.lookup import Lookup
from tests.unit.kb.test_load import PROVIDER, problems_of_roots, write

UNREVIEWED = PROVIDER.replace("evidence: verified", "evidence: unreviewed")


def laid(tmp_path: Path, **files: str) -> Lookup:
    """Load the sample file with a company's folder over it."""
    own = tmp_path / "own"
    own.mkdir()
    for name, text in files.items():
        write(own, text, f"providers/{name}.yaml")
    return Lookup(load_knowledge([write(tmp_path / "shipped"), own]))


def test_a_file_is_added_and_known_as_the_companys_own(tmp_path: Path) -> None:
    """A new path is a new entry, and it is told apart from the shipped ones."""
    own = PROVIDER.replace("example_mail", "kaisha").replace("example.com", "kaisha.example")
    lookup = laid(tmp_path, kaisha=own)
    assert [(p.id, lookup.is_own(p)) for p in lookup.knowledge.providers] == [("example_mail", False), ("kaisha", True)]


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """The same path takes the place of ours; nothing of ours shines through."""
    lookup = laid(tmp_path, example_mail=PROVIDER.replace("imap.example.com", "imap.kaisha.example"))
    (provider,) = lookup.knowledge.providers
    assert provider.servers[0].hostname == "imap.kaisha.example"
    assert lookup.is_own(provider)


def test_an_entry_is_hidden(tmp_path: Path) -> None:
    """`hide: true` takes an entry away."""
    assert laid(tmp_path, example_mail="hide: true\n").knowledge.providers == ()


def test_what_was_imported_never_beats_ours(tmp_path: Path) -> None:
    """An unreviewed entry loses its place to a file of ours, and its domains to those we know."""
    assert laid(tmp_path, example_mail=UNREVIEWED).knowledge.providers[0].evidence == "verified"


@pytest.mark.parametrize(
    ("domains", "left"),
    [
        ("[example.com]", None),
        ("[mail.example.com, kaisha.example]", ("kaisha.example",)),
        ("[kaisha.example]", ("kaisha.example",)),
    ],
)
def test_domains_that_we_know_stay_ours(tmp_path: Path, domains: str, left: tuple[str, ...] | None) -> None:
    """An unreviewed entry keeps only domains that no reviewed one claims; without any it is left out."""
    text = UNREVIEWED.replace("example_mail", "kaisha").replace("domains: [example.com]", f"domains: {domains}")
    provider = laid(tmp_path, kaisha=text).provider("kaisha")
    assert (provider.domains if provider is not None else None) == left


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("providers/nobody", "hide: true", "providers/nobody.yaml: hide: there is no such file to hide"),
        (
            "providers/example_mail",
            "hide: true\nid: x",
            "providers/example_mail.yaml: hide: must be true, and the only key of the file",
        ),
    ],
)
def test_faults_of_hiding_are_named(tmp_path: Path, name: str, text: str, problem: str) -> None:
    """Hiding what is not there, or half an entry, is a problem with a path like any other."""
    own = write(tmp_path / "own", text, f"{name}.yaml")
    assert problems_of_roots(write(tmp_path / "shipped"), own) == [problem]


def test_the_shipped_knowledge_holds_nothing_unreviewed(tmp_path: Path) -> None:
    """What nobody reviewed is a company's own business."""
    found = problems_of_roots(write(tmp_path, UNREVIEWED))
    assert found == ["providers/example_mail.yaml: evidence: unreviewed is only for what a company imported"]


ERRORS = """\
errors:
  - id: {id}
    names: {{ja: まれなエラー, en: Rare error}}
    recognise: {{texts: [a very rare failure]}}
    cause: {{ja: まれです。, en: It is rare.}}
    fixes: {{ja: [待ちます。], en: [Wait.]}}
    related: [{related}]
    asks: {{ja: [まれなエラーが出ました], en: [I got a rare error]}}
    evidence: verified
    sources:
      - {{url: "https://example.com/errors", title: Errors, checked_on: 2026-01-02}}
"""


@pytest.mark.parametrize(
    ("related", "problems"),
    [("hidden_error", []), ("nowhere", ["errors: own_error: related: 'nowhere' does not exist"])],
)
def test_ids_of_a_hidden_family_may_be_named_and_no_others(tmp_path: Path, related: str, problems: list[str]) -> None:
    """Hiding a family of errors does not break those that name one of them, and excuses no wrong id."""
    shipped = write(tmp_path / "shipped", ERRORS.format(id="hidden_error", related=""), "errors/rare.yaml")
    own = write(tmp_path / "own", "hide: true\n", "errors/rare.yaml")
    write(own, ERRORS.format(id="own_error", related=related), "errors/own.yaml")
    if problems:
        assert problems_of_roots(shipped, own) == problems
    else:
        assert [error.id for error in load_knowledge([shipped, own]).errors] == ["own_error"]
