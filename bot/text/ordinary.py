"""Everyday words, for those who must tell a word from a name or a secret.

Two lists: words of ordinary English, and words of our own subject.
Neither is complete; both hold what stands near passwords and settings in real questions.
"""

from __future__ import annotations

from typing import Final

ORDINARY_WORDS: Final = frozenset(
    """
    a able about above accept accepted access accessed mum mom dad wife husband boss kid son daughter grandma grandpa client colleague friend neighbour neighbor account accounts acct accts step steps active actually add added adding address addresses
    admin after again against ago all allow allowed almost already also always am an and another any anybody anymore anyone anything anyway
    app apps application apply appears are area around as ask asked asking at attached automatic automatically available away
    back bad based basic be because become been before being below best better between big bit blank blocked book boss both bounce bounced
    box broken browser bug business but button by call called came can cannot case cause change changed changes changing check checked
    checking choice choose chosen city clean clear click client close closed code colleague come comes coming common company compare complete
    computer config configure configured configuration confirm confirmed confused connect connected connecting connection contact
    contacts copied copy correct correctly could country create created creating current currently custom customer data date day days
    dead deal default delete deleted denied department desk desktop detail details device devices did didn't differ difference different direct
    disabled display do does doesn't doing domain domains don't done down download drop dropped due during each earlier easy edit either
    else email emails empty enable enabled encrypted encryption end english enough ensure enter entered entering entry error errors
    even ever every everyone everything exactly example except exchange exists expired expires explain external fail failed failing fails
    false far fast fetch few field file fill find fine finish finished firewall first fix fixed flow folder folders following follow for forgot
    form format forward found free friday from full further game get gets getting give given gives giving go goes going gone good got great group
    guess guide had hand handle happen happened happening happens happy hard has have having he hello help her here hey hi him his
    home hope host hosted hosting hostname hour hours house how however i i'd i'll i'm i've id idea if image important in inbox include
    incoming incorrect info information input inside install installed instead instructions internal internet into invalid invitation is isn't issue
    issues it its it's itself jobs join just keep keeps kept key kind know known label laptop large last late later latest least left
    less let let's letter letters level life like likely line link list little live load local lock locked log logged logging login long longer
    look looked looking looks lost lot love low lower lunch mac machine made mail mailbox mailboxes mails main make makes making male manage manager manual many
    mark match matter may maybe me mean means meaning meet meeting men menu message messages method might mind mine minute minutes miss missing
    mobile mode monday month more most move moved moving much must my myself name named names near necessary need needed needs network never new
    news newsletter next nice no nobody none normal not note nothing notice notification now null number numbers of off offer office official often
    ok okay old on once one ones online only open opened option options or order other others our out outbox outgoing outside over own
    page paper part party password passwords past paste path pay people perfect person personal phone photo pick picture place plain plan play please
    plus point pop popup port portal ports possible post press previous print printer private problem problems process product program project
    prompt prompts proper properly protocol provide provided provider provides public pull push put question questions quick quit quite
    random read ready real really reason receive received receiving recently recipient recommended record refuse refused registered
    reject rejected remember remote remove removed reply report request require required requires reset resetting restart
    result return returned right room route rule run running safe said same save saved saw say saying says schedule school screen search
    second section secure security see seem seems seen select selected send sender sending sends sent separate server servers service
    session set setting settings setup several share shared she short should show showed shown shows side sign signed signing similar
    simple since site size slow small so software some somebody someone something soon sorry sort sound spam special specific standard
    start started starting state status step steps still stop stopped stored strange strong stuck such suddenly suggest support
    supported supports supposed sure switch sync system tab table take taken talk team tell test tested testing text than
    thank thanks that that's the their them then there these they thing things think this those though three through thu ticket time times timeout tip
    title to today together told tomorrow too took top topic total tried trouble true trust trusted try trying turn turned two type typed
    under understand unknown unless until up update updated upgrade us usage use used useful user username users uses using usual usually
    valid value values verified verify version very via view wait waiting walk want wanted wants warning was way we weak web website week weird well
    went were what what's when where whether which while who whole whose why wide wifi will window windows wish with within without won't word
    words work worked working works world would write writing wrong year years yes yesterday yet you your you're yours yourself zero
    anti async body both brand bring busy cards cats cool cost deny docs dogs door draft ears else ends face fact feel feet fire five fish food foot four
    full gave girl gold grow half hang hear heat held hide high hits hold hole huge idle item keys lack land lead lies loop main mass math mess mile mood moon
    neat noon okay ones pack pair park pass past peer pile pink plug pool poor race rain rare rate rest rich ride ring rise risk road role roll root rush
    sale sees self sell ship shop shot shut sick sits size skip slot snow sold song star stay suite suites swap tags tall task tend term tool tour town tree trip ugly unit
    vary vote wall warm wear wind wine wins wire wise wood yard zone
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
