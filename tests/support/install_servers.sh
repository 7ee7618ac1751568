#!/bin/sh
# Install what the tests need beside Python, where that is allowed: PostgreSQL, Chromium with its driver, Japanese fonts,
# Dovecot (IMAP, POP3, ManageSieve), Postfix, a DNS server, and independent readers of what we write (XML, QR codes,
# signatures).
# Does nothing when all is there. What it cannot install it names; the tests that need it are then skipped, and say so.
set -u

has_program() {
    command -v "$1" >/dev/null 2>&1
}

has_postgresql() {
    has_program postgres && has_program initdb && return 0
    # Debian keeps the server's programs off the PATH.
    for directory in /usr/lib/postgresql/*/bin; do
        [ -x "$directory/initdb" ] && return 0
    done
    return 1
}

has_fonts() {
    if has_program fc-list; then
        [ -n "$(fc-list :lang=ja 2>/dev/null | head -n 1)" ]
    else
        [ -d /usr/share/fonts/opentype/noto ]
    fi
}

has_dovecot() {
    [ -x /usr/sbin/dovecot ] || has_program dovecot
}

has_postfix() {
    [ -x /usr/sbin/postfix ] || has_program postfix
}

# Sets $missing to the Debian packages that are still needed.
look() {
    missing=""
    has_postgresql || missing="$missing postgresql"
    { has_program chromium || has_program google-chrome; } || missing="$missing chromium"
    has_program chromedriver || missing="$missing chromium-driver"
    has_fonts || missing="$missing fonts-noto-cjk"
    has_dovecot || missing="$missing dovecot-imapd dovecot-pop3d dovecot-managesieved"
    has_postfix || missing="$missing postfix"
    has_program nsd || [ -x /usr/sbin/nsd ] || missing="$missing nsd"
    has_program xmllint || missing="$missing libxml2-utils"
    has_program zbarimg || missing="$missing zbar-tools"
    has_program openssl || missing="$missing openssl"
}

look
[ -z "$missing" ] && exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    # Only where sudo asks for no password: a build must not stop for a question.
    if has_program sudo && sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        as_root="refuse"
    fi
fi

if ! has_program apt-get; then
    echo "mailports: no apt-get here; please install these yourself:$missing" >&2
elif [ "$as_root" = "refuse" ]; then
    echo "mailports: not root, and no sudo without a password; please run: apt-get install$missing" >&2
else
    # Debian would create and start a server of its own; the tests bring theirs.
    if [ ! -e /etc/postgresql-common/createcluster.conf ] && [ "${missing#*postgresql}" != "$missing" ]; then
        $as_root mkdir -p /etc/postgresql-common
        echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
        echo "mailports: wrote /etc/postgresql-common/createcluster.conf, so that Debian starts no server of its own" >&2
    fi
    # Nothing that is installed here may begin to listen by itself: the tests start what they need, on ports of their own.
    policy=/usr/sbin/policy-rc.d
    made_policy=""
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null && $as_root chmod +x "$policy" && made_policy=yes
    fi
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq ||
        echo "mailports: apt-get update failed; trying with the lists that are here" >&2
    # One by one: what one mirror lacks must not keep the rest away.
    for package in $missing; do
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
            echo "mailports: apt-get could not install $package" >&2
    done
    [ -z "$made_policy" ] || $as_root rm -f "$policy"
fi

look
if [ -n "$missing" ]; then
    echo "mailports: still missing:$missing. Tests that need them are skipped." >&2
fi
# Missing servers are no reason to fail a build: skipped tests name what they lack.
exit 0
