"""Words that carry no question of their own: じゃあ, だと, です, "and", "it's", "please"."""

from __future__ import annotations

from typing import Final

from bot.match.slots import Places
from bot.text.pattern import LazyPattern

_JAPANESE: Final = LazyPattern(
    "(?:昔|違った|違う|うち|やってる|やってるの|開けない|開ける|どうなる|根拠|安全|危険|理由|なぜ|関係|意味|無料|有料|有効化|有効|先に|使えます|使える|使えるの|チェックすれば|チェック|すれば|選べば|選ぶ|選ぶの|入れれば|入れる|押せば|じゃあ|じゃなくて|ではなくて|じゃなく|ではなく|もう一回|もう一度|もういちど|両方|必要|要ります|いります|要る|いる|じゃ|それなら|それでは|それじゃ|では|だとしたら|だったら|だと|ならば|なら|の場合|場合|のほう|ほう|の方|方|どうなります|どうなる|どう|でしょう|です|でした|だった|だ|かな"
    "|なんですけど|なんですが|なんだけど|なんです|けれど|けど|ますか|ました|ます|して|した|する|したら|したい|にしたい|使ってる|使っている|使って|使い|使う|使ったら|使用|利用|とき|時|こっち|側|番|だけ|のみ|もう|あと|次|ちなみに|ちなみ|同じく|同じ"
    "|教えて|おしえて|ください|下さい|お願いします|おねがいします|お願い|おねがい|たのむ|ほしい|欲しい|知りたい|見せて|みせて|一応|やっぱり|やっぱ|ごめん|すみません|すいません|間違え|失礼|プロバイダー|プロバイダ|メーラー|メールソフト|ソフト|環境"
    "|アカウント|メール|設定|サーバー|サーバ|契約|先|会社|うち|私|自分|今|いま|これ|それ|あれ|この|その|さっき|よろしくお願いいたします|よろしくお願い致します|よろしく|いたします|致します|至急|大至急|初心者です|初心者|皆さん|みなさん|どなたか|誰か|了解|はい|いえ|いいえ|ええと|えっと|も|は|が|を|に|で|と|の|へ|か|よ|ね|って|て|た|さ|な|い|ん|し)+"
)
_ENGLISH: Final = frozenset(
    [
        "a",
        "about",
        "all",
        "anybody",
        "anyone",
        "everybody",
        "everyone",
        "folks",
        "good",
        "team",
        "there",
        "thx",
        "urgent",
        "account",
        "actually",
        "again",
        "ah",
        "also",
        "an",
        "and",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "company",
        "do",
        "email",
        "for",
        "from",
        "get",
        "give",
        "go",
        "hmm",
        "hosted",
        "how",
        "i",
        "if",
        "i'm",
        "im",
        "in",
        "instead",
        "is",
        "it",
        "it's",
        "its",
        "just",
        "let's",
        "mail",
        "make",
        "me",
        "mean",
        "meant",
        "my",
        "need",
        "no",
        "not",
        "now",
        "of",
        "oh",
        "ok",
        "okay",
        "on",
        "one",
        "ones",
        "oops",
        "or",
        "our",
        "please",
        "provider",
        "rather",
        "rfc",
        "server",
        "set",
        "settings",
        "should",
        "show",
        "question",
        "same",
        "so",
        "sorry",
        "support",
        "thanks",
        "that",
        "that's",
        "the",
        "them",
        "then",
        "these",
        "they",
        "they're",
        "this",
        "though",
        "to",
        "too",
        "try",
        "uh",
        "um",
        "use",
        "using",
        "via",
        "wait",
        "was",
        "we",
        "we're",
        "well",
        "were",
        "what",
        "what's",
        "when",
        "where",
        "with",
        "would",
        "yeah",
        "yes",
        "you",
        "your",
    ]
)
_LETTER: Final = LazyPattern("[a-z][a-z']*|[^\\W_a-z]+")


def only_small_words(text: str) -> bool:
    """Return whether a folded text, with what was understood blanked out, holds nothing but small words."""
    return all(
        word in _ENGLISH if word.isascii() else _JAPANESE.fullmatch(word) is not None for word in _LETTER.findall(text)
    )


def only_names(places: Places) -> bool:
    """Return whether a message names something and says nothing about it; concepts such as "port" say something."""
    text = places.text
    for span in places.spans:
        if span.kind not in ("concept", "decoy"):
            text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return only_small_words(text)
