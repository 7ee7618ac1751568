"""How a secret stands beside the word that announces it: behind a colon, in quotes, after "is", before 「がパスワード」.

All expressions read the view of a text (see `bot.text.secret_words`), are matched where a word ends, and are bounded
in length, so hostile text costs no more than honest text.
"""

from __future__ import annotations

from typing import Final

from bot.text.pattern import LazyPattern

_BELOW: Final = "は(?:以下|下記|次|こちら)(?:の(?:通り|とおり))?(?:です)?。?"
_ABOUT: Final = r"[ ](?:for|of|to|on|at|from|in|that|which|i|we|you|he|she|they)[ ][^\n:=]{1,60}?"
_ASIDE: Final = r"[ ]?[(][^()\n]{0,30}[)]"
_ASCII: Final = r"[!-~]{1,200}"

# `password: xxx`, `PW=xxx`, パスワード：xxx, パスワード(SMTP) → xxx, password for imap: xxx, password 1: xxx
SEPARATED: Final = LazyPattern(
    r"(?:[ ]?(?:no\.?[ ]?|#|nr\.?[ ]?)?[0-9]{1,2}(?=[ ]?[:=]))?(?:[ ]?[(\[][^()\[\]\n]{0,30}[)\]])?"
    rf"(?P<about>{_ABOUT})?[\"'`*_~]{{0,3}}(?:[ ]?[.…・][ .…・]{{0,20}})?(?:[ ]?(?:is|was|are|は|が|です|{_BELOW}))?"
    r"[ \t]{0,40}(?:: ?&?(?:str|string|text|varchar)\??(?= ?=) ?)?(?::|=>?|→|⇒|[-–—]>)[*_~]{0,2}(?P<gap>\s{0,40})(?P<open>[\"'`「『*_~(<\[{【〈《]{0,3})"
    r"(?P<value>[^\s\"'`「」『』、。]{1,200})"
)
# pass「xxx」, password "xxx"
QUOTED: Final = LazyPattern(
    r"[ \t]{0,3}(?P<link>は|が|を|に(?:は|も)?|の|って|も|として|is|was|are|of|as|to)?[ \t、…・]{0,3}"
    r"(?:「(?P<a>[^」\n]{1,100})」|『(?P<b>[^』\n]{1,100})』|\"(?P<c>[^\"\n]{1,100})\"|'(?!s[ ])(?P<d>[^'\n]{1,100})'|`(?P<e>[^`\n]{1,100})`"
    r"|【(?P<f>[^】\n]{1,100})】|〈(?P<g>[^〉\n]{1,100})〉|《(?P<h>[^》\n]{1,100})》|«(?P<i>[^»\n]{1,100})»)"
)
QUOTED_GROUPS: Final = "abcdefghi"
# password(xxx), パスワードは[xxx]
BRACKETED: Final = LazyPattern(
    r"[ \t]{0,2}(?:は|が|を|is|was)?[ \t]{0,2}[(\[{<](?P<value>[!-~]{3,100}?)[)\]}>](?![!-'*-~])"
)
# my password is xxx, the pw's xxx, パスワードは xxx です, パスワードを xxx にした, パスワードは確か xxx
SAID: Final = LazyPattern(
    rf"(?:{_ASIDE})?(?:(?:[ \t]{{1,3}}(?:(?:(?:is|was|has been|had been|got|gets|is now|was just)[ ])?(?:set|changed|reset|updated|switched)[ ](?:back[ ])?(?:to|from)"
    rf"|as|to|from|=)|(?:{_ABOUT})??(?:[ \t]{{1,3}}|, which )(?:(?:is|was|are|says|reads|equals|ist|lautet|war|es|est|é|(?:should|must|will|would|can|may) be|used to be|turned out to be)"
    r"|(?<=, which )is)|'s)(?:[ ](?:now|currently|still|just|actually|simply|probably|really|literally|apparently))?[ \t…:,]{0,2}\s{1,3}"
    r"|[ \t]{0,3}(?:(?:です|なんです|ですけど)?[はがをもで]|に(?:は|も)?|として(?:は)?|って|、|ですけど、?|是|为|為|는|은)[ \t、,…‥・.]{0,3}\n?[ ]?"
    rf"(?P<far>[ぁ-んァ-ヶー一-龠、]{{1,8}}[ \t]?)?)(?P<value>{_ASCII})"
)
# password xxx, taro pass xxx: nothing between, so the value itself must look like a secret
BARE: Final = LazyPattern(
    rf"(?:(?:{_ASIDE})?(?:{_BELOW})?(?:(?:[ ]?[】」』\])>*_■|…・,;/.–—-]{{1,5}})?\s{{1,9}}|[】」』\]>|…・■,;/]{{1,3}}|(?<=[ァ-ヶー一-龠])(?=[a-z0-9]))|{_ASIDE})"
    rf"[(|…–—-]{{0,2}}[ ]?(?P<value>{_ASCII})"
)
# <add key="Password" value="xxx"/>, <key>Password</key><string>xxx</string>
MARKUP: Final = LazyPattern(
    r"[\"'](?:[ \t]{1,3}[a-z]{2,12}=[\"'][^\"'\n]{0,40}[\"']){0,2}[ \t]{1,3}(?:value|content|default)=[\"'](?P<a>[^\"'\n]{1,120})[\"']"
    r"|</[a-z]{1,12}>\s{0,20}<[a-z]{1,12}>(?P<b>[^<\n]{1,120})<"
)
# … from xxx to yyy, xxx か yyy
CHAIN: Final = LazyPattern(
    r"[ \t]{0,2}[\"'`」』]?(?:[ ](?:to|or|then|and)[ ]|から|か|または|もしくは|→|->|=>)[ \t]{0,2}[\"'`「『]?(?P<value>[!-~]{4,100})"
)
# パスワードはさくらもちです, パスワード：さくらもち
KANA: Final = LazyPattern(
    r"[ \t]{0,2}(?P<link>は|が|って|:|=|→)[ \t、…]{0,3}"
    r"(?P<value>[ぁ-んァ-ヶー][ぁ-んァ-ヶーa-z0-9]{2,24}?|[ぁ-んァ-ヶー一-龠]{1,8}[0-9]{2,8})"
    r"(?=(?P<said>です(?![かけ?]|よね)|でした|だよ|だった|なんです|なのに|なので|にし[たてま]|に設定|に変|に戻|と(?:入力|入れ|打)|で(?:ログイン|入[っりる]|試|やっ|設定|接続|認証))|[。、\n.,]|$)"
)
# パスワードは「さくらもち」です: what follows the quotes where they hold the secret itself
SAID_QUOTED_JA: Final = LazyPattern(
    "[」』】\"'`] ?(?:です(?![かけ?]|よね)|でし|だ|なの|なん|に(?:し|設|変)|と(?:入|打)|で(?:ログ|入|試|設定|接続)|[。、\n]|$)"
)
# … abc「def1: a quote in the middle of a value
INNER_QUOTE: Final = LazyPattern(r"[\"'`「」『』][a-z0-9][^\s\"'`「」『』、。]{0,100}")
RUN: Final = LazyPattern(r"[a-z0-9!#$%&*+./:=?@^_~-]{8,60}")
NEXT_WORD: Final = LazyPattern(r"[ ]([!-~]{1,40})")

# ID/PW: taro / xxx; user name and password are taro and xxx
BEFORE_PAIR: Final = LazyPattern(
    r"(?:id|ユーザー?名?|アカウント|アドレス|メール|user(?:[ ]?name)?|login|e?mail|address|account)[ \t]{0,2}(?:[/・&,、+:|]|と|and)[ \t]{0,2}$"
)
PAIR: Final = LazyPattern(
    r"(?P<link>[ \t]{0,3}[)\]]?[ ]{0,2}(?:[:=→]|(?:は|が|is|are|was|were)[ ]?:?)\s{0,3}|[ ])[\"'`「(\[]{0,2}[!-~]{1,80}?[\"'`」)]?(?:[ \t]{0,2}[/,、・|;:][ \t]{0,2}|[ \t]{1,3}(?:(?:and|と)[ \t]{1,3})?|と)[\"'`「]?(?P<value>[!-~]{1,100})"
)
