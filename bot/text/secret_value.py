"""Tell a password from a word: what one looks like, and what people say of theirs without giving it away."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bot.text.fold import is_japanese
from bot.text.hosts import TOP_LEVELS
from bot.text.ordinary import ORDINARY_WORDS, TECHNICAL_WORDS
from bot.text.pattern import LazyPattern

CLOSING: Final = ".,;:!?)]}>、。\"'`*_|"
_OPENING: Final = "([{<\"'`"

DESCRIBING_WORDS: Final = frozenset(
    """
    alphanumeric annoying assigned attached auto-generated base64-encoded cached case-insensitive chosen ciphertext cleartext
    complex complicated compromised confusing corporate crazy credentials deactivated decrypted digits displayed documents encoded exact exactly
    expiring forgotten fresh generated gone guessable hashed here hidden ignored identical insecure invoice issued letters leaked lengthy lowercase
    uppercase mandatory masked mine misspelled mistyped nonsense nowhere numeric obsolete optional outdated own paper permanent pointless
    predictable printed redacted remembered respectively revoked ridiculous salted scrambled short starred stolen stored strange supplied
    synced tedious temporary there tricky truncated unchanged unclear unencrypted unique unknown unnecessary unset unusual useless
    visible whatever written yours yourself somewhere registered registration contract contracts regularly periodically monthly automatically
    popping popups popup constantly repeatedly endlessly manager managers keychain vault hint hints policy rules fields prompts dialog dialogs reminder
    leave don falsch richtig vergessen gleich incorrecta incorrecto correcta olvidada faux incorrect oublié
    autofill autocomplete hashing encoding length complexity changer cracker breach boxes retrieval saving typing column columns rows attempt attempts
    attack attacks spraying plugin extension addon dialogue keeper wallet loop loops cache saver screen authentication mechanism socket deprecation rotation recovery reuse hygiene strength expiry expiration entropy protection sharing sync
    """.split()  # noqa: SIM905 - a page of words reads better without quotes
)
"""English words for what a password is or does: with the ordinary ones, all that is no secret behind "is"."""

_KNOWN_WORDS: Final = ORDINARY_WORDS | TECHNICAL_WORDS | DESCRIBING_WORDS

# Parts of words for what a password is or does: 同じ, 合っています, 8文字, メール(のもの).
_DESCRIBING_HIRAGANA: Final = tuple(
    """
    おなじ そのまま そのとお これ それ あれ どれ なに なん なし ない なく どこ いつ だれ だれか どう こう そう ちが まちが あって あっと ただし わから わす
    ひつよう いらな たぶん おそらく もちろん まだ もう すべて ぜんぶ いろいろ べつ ふつう むり だめ できて できな かえ いれ つか きいて しって きめ だいじょうぶ
    """.split()  # noqa: SIM905
)
_DESCRIBING_JA: Final = tuple(
    """
    オッケ オーケ みて おしえ まま とき もの こと ところ ください くだされ ほう いい よい よく わる ばら たしか みたい らしい すぐ
    ダメ オッケ オーケ メール アプリ ログイン サインイン デフォルト ランダム シンプル オフ オン ブランク プロバイダ サーバ アカウント アドレス パスワ パスコ ユーザ サイト ウェブ ページ オプション タイプ ケース
    テキスト プレーン ハッシュ セキュ コピ ペースト メモ エラー リセット ロック トークン キー コード ローマ アルファベット ハイフン スペース ドコモ ヤフー グーグル ジーメール
    アウトルック サンダーバード アイクラウド ロリポップ ニフティ ビッグローブ エックスサーバ コノハ ソネット ホットメール サンプル ダミー スマホ パソコン アイフォン パネル ブラウザ カード
    メニュー システム リモート カスタム センター サービス サポート マニュアル クリア ボタン クリック チェック ダイアログ ポップアップ ウィンドウ ループ ハガキ はがき シール
    同 正 合 間違 違 必 不要 次 別 共通 変 設定 初期 空 無 済 文字 桁 英 数 半角 全角 自分 会社 契約 何 誰 全 一緒 不明 専用 確認 登録 保存 入力 通常 暗号 平文 認証 大丈夫 問題
    有効 期限 個 既定 通知 用紙 書 記 上 下 前 後 表示 拒否 不正 最大 最小 最低 約 第 平成 令和 昭和 番 求 聞 通 要 長 短 弱 強 複雑 簡単 面倒 大事 大切 秘密 内緒 非公開 伏せ 省略 略 思 忘 覚
    知 持 使 送 届 来 出 見 教 電話 郵便 郵送 画面 管理 担当 情報 名 以 際 時 毎回 毎 度 回 更新 発行 生成 取得 連絡 相談 質問 解決 失敗 成功 可能 不可 対応 存在 重要 特殊 記号 大小 小 大
    """.split()  # noqa: SIM905
)
_NOT_SAID_JA: Final = frozenset(
    {"ひみつ", "ヒミツ", "ないしょ", "ナイショ", "ゼロ", "から", "カラ", "テスト", "はい", "いいえ"}
)
_VERB_END_JA: Final = LazyPattern(
    "(?:た|ない|ます|せん|る|して|って|かも|とか|など|ので|けど|のに|には|では|とは|から|まで)$"
)

_ENDINGS: Final = TOP_LEVELS | frozenset(
    """
    onmicrosoft xml js cf pst ost php py ini cfg conf plist mobileconfig txt pdf csv exe eml msg html htm json yaml yml log md sh dll
    """.split()  # noqa: SIM905
)
"""Last parts of host names, and of file names that stand near passwords."""

_KNOWN_FORMS: Final = LazyPattern(
    r"0x[0-9a-f]+|[0-9.:/~-]+"
    r"|(?:outlook|office|ios|ipados|windows|win|microsoft|ms|o|m|port|pop|imap|smtp|tls|ssl|sslv?|sv|macos|os|v|ver|version|android|oauth|thunderbird|exchange"
    r"|iphone|ipad|galaxy|pixel|xperia|aquos|arrows|chrome|firefox|becky|postfix|dovecot|x|rfc|aadsts|kb|sha|md|utf|aes|http|ipv|ie|tcp|udp|dc|f|no|error|err|code)[-:/]?[0-9.]+[a-z]?"
    r"|[0-9]+(?:st|nd|rd|th|番|bits?|gb|mb|kb|ms|s|x|min|h|am|pm|digits?|chars?)|[0-9]+-(?:digit|char|character|letter|bit|day|hour|step|factor|word)s?"
    r"|https?://.*|[a-z]+(?:/[a-z0-9.]+)+|[a-z]+'[a-z]{1,2}|[a-z]+=?|[a-z_.-]{3,30}=\S*|(?:[a-z]{0,9}_)?(?:pass(?:word)?|pwd?|pw|user(?:name)?|host|server|port|id|name|login|method|ssl|tls|auth|secure|mail|imap|smtp|pop)[:=]\S*|[a-z]{1,20}[!?.]{1,3}"
)


def looks_secret(value: str) -> bool:
    """Return whether *value* looks like a password by itself: four or more characters, letters mixed with digits or signs.

    Host names, addresses, error codes, product names and numbers do not.

    Args:
        value: As it was typed, ASCII of normal width.
    """
    value = value.lstrip(_OPENING).rstrip(CLOSING)
    low = value.lower()
    if len(low) < 4 or low in _KNOWN_WORDS or not low.isascii():
        return False
    if _KNOWN_FORMS.fullmatch(low):
        # SmtpPassword, hUnterTwo: letters only, and capitals in the middle of the word.
        return low.isalpha() and _has_inner_capitals(value)
    if is_address_or_host(value):
        return False
    kinds = (
        any(character.isalpha() for character in low)
        + any(character.isdigit() for character in low)
        + any(character in "!#$%^&*+=~?@" for character in low[:-1])
    )
    return kinds >= 2 or _has_inner_capitals(value)


def looks_very_secret(value: str) -> bool:
    """Return whether *value* can hardly be anything else: eight or more characters of three kinds."""
    value = value.strip(_OPENING + CLOSING)
    # Plain words leave at once: a long message has thousands of them near the word "password".
    if len(value) < 8 or value.isalpha() or not any(map(str.isdigit, value)):
        return False
    kinds = (
        any(map(str.islower, value)) + any(map(str.isupper, value)) + any(map("!#$%^&*+=~?@_-".__contains__, value)) + 1
    )
    return kinds >= 3 and looks_secret(value)


def _has_inner_capitals(value: str) -> bool:
    inner = value[1:]
    return inner.isalpha() and len(inner) >= 7 and inner != inner.lower() and inner != inner.upper()


def is_unusual(word: str) -> bool:
    """Return whether *word* (small letters) is none of the words that people use around mail and passwords."""
    word = word.strip(_OPENING + CLOSING)
    return (
        len(word) >= 3
        and not is_word(word)
        and not word.isdigit()
        and not is_address_or_host(word)
        and not re.fullmatch(r"[a-z]+'[a-z]{1,2}|[0-9.:/~-]+|https?://.*", word)
    )


def is_word(word: str) -> bool:
    """Return whether *word* (small letters) is a word of everyday or of the subject."""
    return word in _KNOWN_WORDS or (len(word) > 4 and word[-1] == "s" and word[:-1] in _KNOWN_WORDS)


def is_address_or_host(value: str) -> bool:
    """Return whether *value* is a mail address, a host name or the name of a file.

    A capital in the middle of a label (`xK3.y8.Qw`) is no host name that anybody would type.
    """
    local, at, name = value.rpartition("@")
    if at and not (0 < len(local) <= 64 and re.fullmatch(r"[A-Za-z0-9._%+-]+", local)):
        return False
    name, _, port = name.partition(":")
    if port and not port.rstrip("/").isdigit():
        return False
    labels = name.split(".")
    return 2 <= len(labels) <= 7 and labels[-1].lower() in _ENDINGS and all(map(_is_label, labels))


def _is_label(label: str) -> bool:
    plain = label.replace("-", "").replace("_", "").replace("*", "x")
    return plain.isalnum() and plain[1:] in (plain[1:].lower(), plain[1:].upper())


def describes(value: str) -> bool:
    """Return whether Japanese words say something of a password instead of being one."""
    return (
        value in _NOT_SAID_JA
        # Short words of hiragana stand within others (こと in ことば); the rest are themselves wherever they stand.
        or any(value.startswith(part) or value.endswith(part) for part in _DESCRIBING_HIRAGANA)
        or any(part in value for part in _DESCRIBING_JA)
        or (_VERB_END_JA.search(value) is not None and len(value) < 8)
    )


def has_japanese(value: str) -> bool:
    """Return whether kana or kanji stand in *value*."""
    return not value.isascii() and any(map(is_japanese, value))


def narrow(value: str) -> str:
    """Return *value* in ASCII of normal width where it has such a form: people paste full-width letters too."""
    return value if value.isascii() else unicodedata.normalize("NFKC", value)


def trim(view: str, span: tuple[int, int]) -> tuple[int, int]:
    """Leave punctuation that ends the sentence outside the value."""
    start, end = span
    while end - start > 1 and view[end - 1] in CLOSING:
        end -= 1
    return start, end
