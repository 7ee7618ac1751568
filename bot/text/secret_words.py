"""Where a secret may stand: the words that announce one, and the first letters of those that announce themselves.

All expressions read the *view* of a text (`bot.text.redact`): small letters, narrow ASCII, as long as the text itself.
"""

from __future__ import annotations

from typing import Final

from bot.text.pattern import LazyPattern

_WORD_JA: Final = (
    "(?P<ja>(?:アプリ|専用|ログイン|メール|imap専用|pop|smtp|送信|受信)?"
    "(?:パ ?ス ?ワ ?(?:[ーｰ一-] ?)?[ドト]?|ﾊﾟｽﾜｰﾄﾞ|ぱすわーど|ぱす(?=[ :=は]))(?:欄|の欄|部分|の方|のほう)?"
    "|暗証番号|パスコード|パスフレーズ|(?:(?<![ァ-ヶー])|(?<=ログイン)|(?<=アクセス)|(?<=アカウント)|(?<=メール)|(?<=サーバー)|(?<=ユーザー))パス(?=[ \t\n:=→はがを(「『【])|合言葉)"
)
_WORD_EN: Final = (
    r"(?P<en>(?<![a-z0-9=])(?:(?:app(?:lication)?(?:[- ]specific)?|imap|smtp|pop3?|mail|email|login|user|account)[ _-]?)?"
    r"(?:pass[ -]?words?|passwor[td]|passwrod|passowrd|pas?sword|psswd|passwd|passcode|pass[ -]?phrase|pswd|psw|pword|pwd|pw|pass)"
    r"(?:[0-9]{0,2}(?![a-z0-9])|(?=は))"
    r"|(?<=[a-z0-9])(?:password|passwd|pwd)(?=[\"']?[ ]?[:=]|\([\"'])"
    r"|(?<![a-z0-9])(?:p/w|p\.w\.?|p a s s w o r d|p[a@4][s5$]{2}w[o0]rd)(?![a-z0-9]))"
)
_WORD_KEY: Final = r"(?P<token>(?<![a-z0-9])(?:client[ _-]?secret|secret[ _-]?key|(?:secure )?mail[ _-]?key|api[ _-]?key|access[ _-]?key|auth[ _-]?token|token|secret)(?![a-z])|トークン|シークレット(?:キー)?|(?:アクセス|シークレット|api)キー|秘密鍵)"
_WORD_PIN: Final = r"(?P<pin>(?<![a-z0-9])pin(?:[ -]?code|[ -]?number|コード|番号)?(?![a-z0-9]))"
_WORD_FOREIGN: Final = (
    r"(?P<foreign>密码|密碼|口令|비밀번호|암호|пароль|(?<![a-z])"
    r"(?:contraseña|contrasena|mot de passe|kennwort|senha|wachtwoord|hasło|parola|şifre)(?![a-z]))"
)
SECRET_WORD: Final = LazyPattern("|".join((_WORD_JA, _WORD_EN, _WORD_KEY, _WORD_PIN, _WORD_FOREIGN)))
"""A word for a password; the group's name says of which family."""

SECRET_WORD_HOLDS: Final = (
    "pass",
    "pasw",
    "psw",
    "pss",
    "pword",
    "pwd",
    "pw",
    "p/w",
    "p.w",
    "p a s s",
    "w0rd",
    "p@ss",
    "pa$$",
    "p4ss",
    "pa55",
    "token",
    "secret",
    "key",
    "pin",
    "パス",
    "パ ス",
    "ﾊﾟｽ",
    "ぱす",
    "暗証",
    "合言葉",
    "トークン",
    "シークレット",
    "秘密鍵",
    "キー",
    "密码",
    "密碼",
    "口令",
    "비밀번호",
    "암호",
    "парол",
    "contrase",
    "kennwort",
    "senha",
    "wachtw",
    "hasło",
    "parola",
    "şifre",
)
"""What every secret word holds. Plain words: looking for them costs nothing, compiling the expression more than a question."""

DIGITS_ARE_SECRET: Final = ("暗証", "パスコ", "passcode", "pin")
"""Beginnings of the words for a secret that is a short number."""

CREDENTIALS: Final = LazyPattern(
    r"(?<![a-z0-9-])(?P<head>credentials?|creds?|log[ -]?in (?:details|info(?:rmation)?|data)|sign[ -]?in (?:details|info(?:rmation)?|data)"
    r"|account (?:details|info(?:rmation)?|data)|(?:ログイン|サインイン|認証|資格|アカウント|ユーザー?)(?:情報|データ))"
    r"(?:[ ]?[(][^()\n]{0,30}[)])?[*_`]{0,2}(?:[ ]?(?:are|is|were|was|は|が|を)[ ]?|[ ]{0,2}(?:[:=→]|->)[*_`]{0,2}\s{0,5}|\s{1,3})[:\"'`(]{0,2}[ ]?"
    r"(?P<name>[^\s/:,、|]{1,80})(?P<link>[ ]{0,3}[/:,、・|;\n][ ]{0,3}|[ ]{1,3}(?:(?:and|with|と)[ ]{1,3})?|と)(?P<value>[!-~]{3,100})"
)
CREDENTIALS_HOLD: Final = ("cred", "details", "info", "data", "情報", "データ")
ACCOUNT: Final = LazyPattern(
    r"(?<![a-z0-9-])(?:(?:log[ -]?in|log[ -]?on|sign[ -]?in|account|user|ログイン|アカウント)[*_`]{0,2}[ ]{0,2}[:=→][*_`]{0,2}[ ]{0,3}"
    r"|(?:log|sign|logging|signing|logged|signed)[ -]?(?:in|on)[ ](?:as|with)[ ])"
    r"(?P<name>[^\s/:,、|=]{1,80})(?:[ ]{0,3}[/:,、・|;][ ]{0,3}|[ ]{1,3}(?:and[ ]{1,3})?|と)(?P<value>[!-~]{3,100})"
)
# .login('taro', 'xxx'), auth=("taro", "xxx"): a line of a program
SIGN_IN_CALL: Final = LazyPattern(
    r"(?:login|auth|authenticate|credentials?)[ ]?[=(]{1,2}[ ]?[\"'][^\"'\n]{1,80}[\"'],\s{0,3}[\"'](?P<value>[^\"'\n]{1,100})"
)
# u: taro p: xxx
LETTERS: Final = LazyPattern(
    r"(?<![a-z0-9])(?:u|usr|un|id)[ ]?[:=][ ]{0,2}[!-~]{1,80}?[ ,;/|\n]{1,4}p[ ]?[:=][ ]{0,2}(?P<value>[!-~]{3,100})"
    r"|(?<![a-z0-9])u/p[ ]{0,2}[:= ][ ]{0,2}[!-~]{1,80}?[ /,:]{1,3}(?P<b>[!-~]{3,100})"
)
LETTERS_HOLD: Final = ("p:", "p=", "p =", "p :", "u/p")
ACCOUNT_HOLDS: Final = (
    "login",
    "log in",
    "logon",
    "signin",
    "sign in",
    "sign-in",
    "account",
    "user",
    "ログイン",
    "アカウント",
)
# taro@example.jp / xxx; the same on two lines
ADDRESS_AND_VALUE: Final = LazyPattern(
    r"@[a-z0-9.-]{3,80}(?:[ \t]{0,2}[/:,;、・|][ \t]{0,2}|[ \t]{1,3}(?:と|and|with)[ \t]{1,3}|と|(?P<alone>[ \t]{0,3}\n[ \t]{0,9})|(?P<beside>[ \t]{1,4}))"
    r"(?P<value>[!-~]{4,100})(?P<rest>[ \t]{0,3}(?:\n|$))?"
)
SIGN_IN_LINE: Final = LazyPattern(
    r"(?<![a-z])(?:login|auth|user)[ \t]{1,3}(?:[!-~]{2,80}[ \t]{1,3}|[a-z0-9._%+@-]{2,80}:)(?P<value>[!-~]{4,100})"
)
# taro/xxx でログイン
SIGN_IN_WITH: Final = LazyPattern(r"/(?P<value>[!-~]{4,60}?)[ ]?で(?:ログ|サイン|入|認証|接続|設定)")
# [smtp.example.com]:587 taro:xxx, as mail servers keep it
RELAY_LINE: Final = LazyPattern(r"\[[a-z0-9.-]{3,80}\](?::[0-9]{1,5})?[ \t]{1,9}[^\s:]{1,80}:(?P<value>[!-~]{1,100})")
CURL_USER: Final = LazyPattern(r"-(?:u|-user)[ =]['\"]?[^\s:'\"]{1,80}:(?P<value>[!-~]{1,100}?)(?=['\"]?(?:$|[^!-~]))")
URL_USER: Final = LazyPattern(
    r"://[^\s/:@]{0,100}(?:@[^\s/:@]{1,100})?:(?![0-9]{1,5}[/?#])(?P<value>[^\s]{1,100})@(?=[a-z0-9])"
)
URL_PART: Final = LazyPattern(
    r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<a>[!-~]{8,200}?)(?=[>|)\]\"']|\s|$|[^!-~])"
    r"|discord(?:app)?\.com/api/webhooks/(?P<b>[!-~]{8,200})|/webhookb?2?/(?P<c>[a-z0-9@/-]{16,300})"
    r"|[?&](?:sig|sas|code|auth|access_token|refresh_token|apikey)=(?P<d>[a-z0-9%+/=._~-]{12,400})"
)
URL_PART_HOLDS: Final = ("hooks.slack", "discord", "/webhook", "sig=", "sas=", "code=", "auth=", "_token=", "apikey=")
# An app password in its usual dress: four groups of four letters.
FOUR_GROUPS: Final = LazyPattern(
    r"(?<![a-z0-9-])(?P<value>[a-z]{4}(?:-[a-z]{4}){3}|[a-z]{4}(?: [a-z]{4}){3})(?![a-z0-9-])"
)
AUTH_LINE: Final = LazyPattern(
    r"(?:334 ugfzc3dvcmq6\s{1,4}(?:c: ?)?|(?<![a-z])auth(?:enticate|orization:)?[ \t]{1,3}(?:plain|login|basic|cram-md5|xoauth2|oauthbearer)(?:[ \t\n]{1,3}|\s{1,3}(?:s: ?)?(?:334|\+)\s{1,4}(?:c: ?)?))(?P<value>[a-z0-9+/=_-]{8,4000})"
)
TOKENS: Final = LazyPattern(
    r"(?<![a-z0-9])(?P<value>xox[a-z](?:\.xox[a-z])?-[a-z0-9-]{8,300}|xapp-[a-z0-9-]{8,300}|gh[pousr]_[a-z0-9]{20,255}"
    r"|github_pat_[a-z0-9_]{20,255}|sk-[a-z0-9_-]{20,200}|glpat-[a-z0-9_-]{16,100}|akia[a-z0-9]{12,40}|aiza[a-z0-9_-]{30,60}|ya29\.[a-z0-9_-]{20,400}"
    r"|eyj[a-z0-9_-]{10,2000}\.[a-z0-9_-]{5,2000}(?:\.[a-z0-9_-]{0,2000})?|sg\.[a-z0-9_-]{16,80}\.[a-z0-9_-]{16,80}"
    r"|gocspx-[a-z0-9_-]{16,60}|npm_[a-z0-9]{30,60}|pypi-[a-z0-9_-]{30,300})"
)
TOKENS_HOLD: Final = (
    *("xox", "xapp-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_", "sk-", "akia", "aiza", "ya29", "eyj"),
    *("glpat-", "sg.", "gocspx-", "npm_", "pypi-"),
)
# What a mail server keeps of a password: $6$salt$hash, {SHA512-CRYPT}…
HASH: Final = LazyPattern(
    r"(?P<value>\$(?:1|2[abxy]|5|6|y|7|argon2id?)\$[!-~]{8,300}|\{(?:plain|cleartext|s?sha(?:256|512)?(?:-crypt)?|s?md5|crypt|cram-md5|blf-crypt)\}[!-~]{4,300})"
)
HASH_HOLDS: Final = ("$1$", "$2", "$5$", "$6$", "$y$", "$7$", "$argon", "{plain", "{clear", "sha", "md5}", "crypt}")
BEARER: Final = LazyPattern(r"(?<![a-z])(?:bearer|basic)[ \t]{1,3}(?P<value>[a-z0-9+/=._~-]{16,4000})")
PRIVATE_KEY: Final = "-----begin "
PRIVATE_KEY_END: Final = "-----end "
