"""Every statement of an ordinary introduction to mail ports can be asked for, in both languages, and is answered rightly."""

from __future__ import annotations

import pytest

from bot.answer.engine import Engine
from bot.cards.text import render_text
from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from bot.match.model import Utterance

CASES = [
    ("POP3のポート番号は？", ["995"]),
    ("What port does POP3 use?", ["995"]),
    ("SMTPは何番ですか", ["465", "587"]),
    ("Which port is SMTP?", ["465", "587"]),
    ("IMAPのポートを教えて", ["993"]),
    ("imap port number please", ["993"]),
    ("110番、143番、587番はSSLなしですか？", ["STARTTLS"]),
    ("Are ports 110, 143 and 587 without SSL?", ["STARTTLS"]),
    ("エックスサーバーの110番はSSLなしで使うの？", ["STARTTLS", "995"]),
    ("Does Xserver use 587 without SSL?", ["STARTTLS", "465"]),
    ("587番は暗号化なしですか", ["STARTTLS"]),
    ("Is port 587 unencrypted?", ["STARTTLS"]),
    ("465番は非推奨ですか", ["RFC 8314"]),
    ("Is port 465 obsolete?", ["RFC 8314"]),
    ("25番ポートは何に使うの？", ["25", "サーバー"]),
    ("What is port 25 for?", ["25", "server"]),
    ("サーバー同士の配送に使うポートは？", ["25"]),
    ("Which port do mail servers use between each other?", ["25"]),
    ("サブミッションポートとは？", ["587"]),
    ("What is a submission port?", ["587"]),
    ("SMTP-AUTHって何？", ["認証"]),
    ("What is SMTP AUTH?", ["authenticat"]),
    ("ポート番号は何番から何番までありますか", ["0", "65535"]),
    ("What is the range of port numbers?", ["0", "65535"]),
    ("TCPとUDPの違いは？", ["TCP", "UDP"]),
    ("Do mail ports use TCP or UDP?", ["TCP"]),
    ("465番と995番はIANAに登録されていますか", ["IANA", "465", "995"]),
    ("Are 465 and 995 in IANA's registry?", ["IANA", "465", "995"]),
    ("ウェルノウンポートとは", ["1023"]),
    ("What are well-known ports?", ["1023"]),
    ("OP25Bとは何ですか", ["25", "587"]),
    ("What is OP25B?", ["25", "587"]),
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Build the engine on the shipped knowledge."""
    return Engine(Lookup(load_knowledge([shipped_root()])))


@pytest.mark.parametrize(("question", "facts"), CASES, ids=[question for question, _ in CASES])
def test_a_statement_can_be_asked_for(engine: Engine, question: str, facts: list[str]) -> None:
    """The answer holds each fact and names a source."""
    answer = engine.answer(Utterance(question)).answer
    assert answer is not None
    assert answer.decision == "answer"
    text = render_text(answer)
    assert [fact for fact in facts if fact not in text] == []
    assert answer.sources
