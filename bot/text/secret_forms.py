"""How a secret stands beside the word that announces it: behind a colon, in quotes, after "is", before 「がパスワード」.

All expressions read the view of a text (see `bot.text.secret_words`), are matched where a word ends, and are bounded
in length, so hostile text costs no more than honest text.
"""

from __future__ import annotations

from typing import Final

from bot.text.pattern import LazyPattern

_BELOW: Final = "は(?:以下|下記|次|こちら)(?:の(?:通り|とおり))?(?:です)?。?"
_ABOUT: Final = r"[ ](?:for|of|to|on|at|from|in|that|which|i|we|you|he|she|they)[ ][^\n:=]{1,60}?"
_ADVERB_JA: Final = "(?:今|いま|現在|確か|たしか|多分|たぶん|一応|いちおう|全部|もともと|元々|以前|前|最初|新しく|当初|ずっと)"
_ASCII: Final = r"[!-~]{1,200}"

# `password: xxx`, `PW=xxx`, パスワード：xxx, パスワード(SMTP) → xxx, password for imap: xxx, password 1: xxx
SEPARATED: Final = LazyPattern(
    r"(?:[ ]?(?:no\.?[ ]?|#|nr\.?[ ]?)?[0-9]{1,2}(?=[ ]?[:=]))?(?:[ ]?[(\[][^()\[\]\n]{0,30}[)\]])?"
    rf"(?P<about>{_ABOUT})?[\"'`*_~]{{0,3}}(?:[ ]?(?:is|was|are|は|が|です|{_BELOW}))?"
    r"[ \t]{0,40}(?::|=>?|→|⇒|[-–—]>)[*_~]{0,2}(?P<gap>\s{0,40})(?P<open>[\"'`「『“‘*_~(<\[{【〈《]{0,3})"
    r"(?P<value>[^\s\"'`「」『』“”‘’、。]{1,200})"
)
# pass「xxx」, password "xxx"
QUOTED: Final = LazyPattern(
    r"[ \t]{0,3}(?P<link>は|が|を|に|の|って|も|として|is|was|are|of|as|to)?[ \t、…・]{0,3}"
    r"(?:「(?P<a>[^」\n]{1,100})」|『(?P<b>[^』\n]{1,100})』|“(?P<c>[^”\n]{1,100})”|\"(?P<d>[^\"\n]{1,100})\""
    r"|'(?!s[ ])(?P<e>[^'\n]{1,100})'|`(?P<f>[^`\n]{1,100})`|‘(?P<g>[^’\n]{1,100})’|【(?P<h>[^】\n]{1,100})】"
    r"|〈(?P<i>[^〉\n]{1,100})〉|《(?P<j>[^》\n]{1,100})》|«(?P<k>[^»\n]{1,100})»)"
)
QUOTED_GROUPS: Final = "abcdefghijk"
# password(xxx), パスワードは[xxx]
BRACKETED: Final = LazyPattern(
    r"[ \t]{0,2}(?:は|が|を|is|was)?[ \t]{0,2}[(\[{<](?P<value>[!-~]{3,100}?)[)\]}>](?![!-'*-~])"
)
# my password is xxx, the pw's xxx, パスワードは xxx です, パスワードを xxx にした
SAID: Final = LazyPattern(
    rf"(?:(?:{_ABOUT})?(?:[ \t]{{1,3}}(?:is|was|as|to|from|says|reads|equals|=|ist|lautet|war|es|est|é|(?:should|must|will|would|can|may) be"
    r"|(?:(?:is|was|has been|had been|got|gets|is now|was just)[ ])?(?:set|changed|reset|updated|switched)[ ](?:back[ ])?(?:to|from)|used to be|turned out to be)"
    r"|['’]s)(?:[ ](?:now|currently|still|just|actually|simply|probably|really|literally|apparently))?[ \t…:]{0,2}\s{1,3}"
    rf"|[ \t]{{0,3}}(?:(?:{_ADVERB_JA})?[はがをもで]|に(?:は|も)?|として(?:は)?|って|是|为|は、?{_ADVERB_JA}(?:は|、)?)[ \t、,…‥・.]{{0,3}}\n?[ ]?)(?P<value>{_ASCII})"
)
# password xxx, taro pass xxx: nothing between, so the value itself must look like a secret
BARE: Final = LazyPattern(
    rf"(?:{_BELOW})?(?:[】」』\])>*_■|…・-]{{0,3}}\s{{1,9}}|[】」』\]>|…■]{{1,3}})[(|…–—-]{{0,2}}[ ]?(?P<value>{_ASCII})"
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
# … abc「def1: a quote in the middle of a value
INNER_QUOTE: Final = LazyPattern(r"[\"'`「」『』][a-z0-9][^\s\"'`「」『』、。]{0,100}")
NEXT_WORD: Final = LazyPattern(r"[ ]([!-~]{1,40})")

# xxx がパスワード: what stands between the value and the word
BEFORE_JA: Final = LazyPattern(
    r"[\"'`」』)]{0,2}[ \t]{0,2}(?:(?P<is>が|は)|(?P<called>っ?て(?:いう)?|と(?:いう|いった|か)?|との)|(?P<made>を)|(?P<plain>[(（=←]|<[-=]))[ \t]{0,2}"
    r"(?:[ぁ-んァ-ヶー一-龠a-z0-9]{1,10}の[ ]?|新しい|古い|正しい|その){0,3}$"
)
BEFORE_EN: Final = LazyPattern(
    r"[\"'`)>*_]{0,2}(?:[ ](?:(?P<is>is|was|being|as|are)|(?P<for>for|in|into|to|with|=|<-|<=|←))[ ]"
    r"(?:(?:my|our|the|a|an|your|his|her|their|its|this|old|new|current|correct|right|real|actual|first|second|imap|smtp|pop|mail|email|gmail|account|app|login)[ ]){0,4}"
    r"|[ ]?(?P<plain>[(]|=|←|<[-=])[ ]?(?:(?:my|our|the|new|old)[ ]){0,2})$"
)
# What must follow the word for that: …です, … field
AFTER_IS_JA: Final = LazyPattern(
    "(?:です(?!か)|でし|だ|なの|なん|にな|で(?:、|ログ|入|試|設定|接続|す。|合)|と(?:い|思|聞|書)|として|か(?:も|な)|らし|みたい|[。、!\n]|$)"
)
AFTER_CALLED_JA: Final = LazyPattern("(?!は何|って何|とは|マネ)")
AFTER_MADE_JA: Final = LazyPattern("(?:に|として|と)")
AFTER_FOR_EN: Final = LazyPattern(
    r"(?:[ ](?:field|box|line|prompt|slot|input|dialog|form)s?)?(?:[ ]?[.,;:!?)\n、。]|$|[ ](?:and|but|it|i|in|on|at|for|with|then|is|does|still|says|error)(?![a-z]))"
)
NOT_AFTER_IS_EN: Final = LazyPattern(
    r"[ -](?:managers?|prompts?|store|safe|vault|generator|hints?|reset|policy|protected|hash|less|protection|recovery|sync)(?![a-z])"
)
# ID/PW: taro / xxx; user name and password are taro and xxx
BEFORE_PAIR: Final = LazyPattern(
    r"(?:id|ユーザー?名?|アカウント|アドレス|メール|user(?:[ ]?name)?|login|e?mail|address|account)[ \t]{0,2}(?:[/・&,、+]|と|and)[ \t]{0,2}$"
)
PAIR: Final = LazyPattern(
    r"[ \t]{0,3}(?:[:=→]|(?:は|が|is|are|was|were)[ ]?:?)\s{0,3}[\"'`「(]?[!-~]{1,80}?[\"'`」)]?(?:[ \t]{0,2}[/,、・|;:][ \t]{0,2}|[ \t]{1,3}(?:(?:and|と)[ \t]{1,3})?|と)[\"'`「]?(?P<value>[!-~]{1,100})"
)
