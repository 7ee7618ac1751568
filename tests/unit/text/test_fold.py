"""Folding: what a user types in any width and script compares equal to the phrase it stands for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.fold import fold, fold_kana


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ＩＭＡＰ の ﾎﾟｰﾄ は？", "imapのポートは?"),
        ("ｴｯｸｽｻｰﾊﾞｰ", "エックスサーバー"),
        ("サ－バ〜", "サーバー"),
        ("メーール", "メール"),
        ("Outlook　で　設定", "outlookで設定"),
        ("port  587\t\n please", "port 587 please"),
        ("GMAIL", "gmail"),
        ("①", "1"),
    ],
)
def test_width_case_and_spaces_do_not_matter(typed: str, folded: str) -> None:
    """Full and half width, upper and lower case, and spaces beside Japanese make no difference."""
    assert fold(typed) == folded


def test_kana_script_is_kept() -> None:
    """ドコモ stays apart from どこも: one is a company, the other a word."""
    assert fold("ドコモ") != fold("どこも")


def test_dash_before_a_number_stays_a_dash() -> None:
    """ポート-465 keeps its dash, because a number and no kana follows."""
    assert fold("ポート-465") == "ポート-465"


def test_invisible_characters_and_lone_surrogates_are_gone() -> None:
    """Zero-width, direction and half characters cannot hide or break a word."""
    assert fold("im\u200bap\ud800 \u202eport\x00") == "imap port"


def test_line_breaks_are_kept_on_request() -> None:
    """Who looks for sentences gets one line break per break, without blank lines."""
    assert fold("IMAP\r\n\n 993 ", keep_lines=True) == "imap\n993"


@given(st.text(alphabet=st.characters(codec=None), max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    """A folded text is its own folded form, whatever was typed."""
    once = fold(text)
    assert fold(once) == once


def test_loose_form_unites_what_people_misspell() -> None:
    """Hiragana, small letters and long-vowel marks do not count when similarity is measured."""
    assert fold_kana("サンダーバード") == fold_kana("さんだばど")
