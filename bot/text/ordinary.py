"""Everyday words, for those who must tell a word from a name or a secret.

Two lists: words of ordinary English, and words of our own subject.
Neither is complete; both hold what stands near passwords and settings in real questions.
"""

from __future__ import annotations

from typing import Final

ORDINARY_WORDS: Final = frozenset(
    """
    a able about above accept accepted access accessed account accounts acct accts active actually add added adding address
    addresses admin after again against ago all allow allowed almost already also always am an and another anti any anybody
    anymore anyone anything anyway app appears application apply apps are area around as ask asked asking async at attached
    automatic automatically available away back bad based basic be because become been before being below best better
    between big bit blank blocked body book boss both bounce bounced box brand bring broken browser bug business busy but
    button by call called came can cannot cards case cats cause change changed changes changing check checked checking
    choice choose chosen city clean clear click client close closed code colleague come comes coming common company compare
    complete computer config configuration configure configured confirm confirmed confused connect connected connecting
    connection contact contacts cool copied copy correct correctly cost could country create created creating current
    currently custom customer dad data date daughter day days dead deal default delete deleted denied deny department desk
    desktop detail details device devices did didn't differ difference different direct disabled display do docs does
    doesn't dogs doing domain domains don't done door down download draft drop dropped due during each earlier ears easy
    edit either else email emails empty enable enabled encrypted encryption end ends english enough ensure enter entered
    entering entry error errors even ever every everyone everything exactly example except exchange exists expired expires
    explain external face fact fail failed failing fails false far fast feel feet fetch few field file fill find fine finish
    finished fire firewall first fish five fix fixed flow folder folders follow following food foot for forgot form format
    forward found four free friday friend from full further game gave get gets getting girl give given gives giving go goes
    going gold gone good got grandma grandpa great group grow guess guide had half hand handle hang happen happened
    happening happens happy hard has have having he hear heat held hello help her here hey hi hide high him his hits hold
    hole home hope host hosted hosting hostname hour hours house how however huge husband i i'd i'll i'm i've id idea idle
    if image important in inbox include incoming incorrect info information input inside install installed instead
    instructions internal internet into invalid invitation is isn't issue issues it it's item its itself jobs join just keep
    keeps kept key keys kid kind know known label lack land laptop large last late later latest lead least left less let
    let's letter letters level lies life like likely line link list little live load local lock locked log logged logging
    login long longer look looked looking looks loop lost lot love low lower lunch mac machine made mail mailbox mailboxes
    mails main make makes making male manage manager manual many mark mass match math matter may maybe me mean meaning means
    meet meeting men menu mess message messages method might mile mind mine minute minutes miss missing mobile mode mom
    monday month mood moon more most move moved moving much mum must my myself name named names near neat necessary need
    needed needs neighbor neighbour network never new news newsletter next nice no nobody none noon normal not note nothing
    notice notification now null number numbers of off offer office official often ok okay old on once one ones online only
    open opened option options or order other others our out outbox outgoing outside over own pack page pair paper park part
    party pass password passwords past paste path pay peer people perfect person personal phone photo pick picture pile pink
    place plain plan play please plug plus point pool poor pop popup port portal ports possible post press previous print
    printer private problem problems process product program project prompt prompts proper properly protocol provide
    provided provider provides public pull push put question questions quick quit quite race rain random rare rate read
    ready real really reason receive received receiving recently recipient recommended record refuse refused registered
    reject rejected remember remote remove removed reply report request require required requires reset resetting rest
    restart result return returned rich ride right ring rise risk road role roll room root route rule run running rush safe
    said sale same save saved saw say saying says schedule school screen search second section secure security see seem
    seems seen sees select selected self sell send sender sending sends sent separate server servers service session set
    setting settings setup several share shared she ship shop short shot should show showed shown shows shut sick side sign
    signed signing similar simple since site sits size skip slot slow small snow so software sold some somebody someone
    something son song soon sorry sort sound spam special specific standard star start started starting state status stay
    step steps still stop stopped stored strange strong stuck such suddenly suggest suite suites support supported supports
    supposed sure swap switch sync system tab table tags take taken talk tall task team tell tend term test tested testing
    text than thank thanks that that's the their them then there these they thing things think this those though three
    through thu ticket time timeout times tip title to today together told tomorrow too took tool top topic total tour town
    tree tried trip trouble true trust trusted try trying turn turned two type typed ugly under understand unit unknown
    unless until up update updated upgrade us usage use used useful user username users uses using usual usually valid value
    values vary verified verify version very via view vote wait waiting walk wall want wanted wants warm warning was way we
    weak wear web website week weird well went were what what's when where whether which while who whole whose why wide wife
    wifi will wind window windows wine wins wire wise wish with within without won't wood word words work worked working
    works world would write writing wrong yard year years yes yesterday yet you you're your yours yourself zero zone
    """.split()  # noqa: SIM905 - a page of words reads better without quotes
)
"""English as it is spoken around mail. Also what similarity must never turn into a product name."""

TECHNICAL_WORDS: Final = frozenset(
    """
    imap imap4 imaps pop pop3 pop3s smtp smtps smtp-auth smtpauth submission submissions ssl tls ssl/tls starttls stls oauth oauth2 xoauth2
    gmail yahoo outlook outlook.com thunderbird icloud hotmail apple google microsoft microsoft365 office365 xserver ocn biglobe nifty
    so-net docomo sakura lolipop conoha onamae windows windows10 windows11 win10 win11 ios iphone ipad mac macos android exchange workspace
    app-password apppassword app-specific application-specific 2fa mfa 2-step two-step two-factor two-step-verification id userid user-id
    username user_name login email e-mail mailaddress n/a null ntlm kerberos gssapi cram-md5 digest-md5 apop plain spa md5 sha1 sha256 base64 utf-8
    utf8 ascii webmail cpanel plesk sasl auth nas vpn mta mua pc slack redacted [redacted] required optional oauth2.0 tls1.2 tls1.3 tlsv1.2 tlsv1.3
    4xx 5xx 16-digit 16-character 8-character case-sensitive k-9 k9 becky wi-fi 16桁 16文字 hidemaru
    """.split()  # noqa: SIM905 - a page of words reads better without quotes
)
"""Words of the subject: never a secret, whatever stands before them."""
