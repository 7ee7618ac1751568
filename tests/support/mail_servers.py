"""Real mail servers for tests: Dovecot (IMAP, POP3, ManageSieve) and Postfix (25, 465, 587), on loopback ports of their own.

They listen on 127.0.0.2: Dovecot takes a client from its own address for a local one and offers it plaintext logins.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ADDRESS = "127.0.0.2"
HOSTNAME = "mail.probe.test"
_START_S = 15.0


class ServersMissingError(Exception):
    """A program is not installed, or cannot be run here."""


@dataclass(frozen=True)
class Certificate:
    """PEM files of a server."""

    chain: Path
    key: Path


def free_ports(count: int) -> list[int]:
    """Return ports that nothing uses at the moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((ADDRESS, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


@contextmanager
def running_dovecot(folder: Path, certificate: Certificate) -> Iterator[dict[str, int]]:
    """Run Dovecot.

    Args:
        folder: An empty folder for its files; its path must be short (sockets).
        certificate: For all its services.

    Yields:
        The port of each service: imap, imaps, pop3, pop3s, sieve.

    Raises:
        ServersMissingError: Dovecot is not installed.
    """
    program = _program("dovecot")
    names = ("imap", "imaps", "pop3", "pop3s", "sieve")
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    config = folder / "dovecot.conf"
    config.write_text(_dovecot_config(folder, certificate, ports), encoding="utf-8")
    with _running([program, "-F", "-c", str(config)], ports, folder / "log"):
        yield ports


@contextmanager
def running_postfix(folder: Path, certificate: Certificate) -> Iterator[dict[str, int]]:
    """Run Postfix.

    Args:
        folder: An empty folder for its files.
        certificate: For all its services.

    Yields:
        The port of each service: smtp, submissions, submission.

    Raises:
        ServersMissingError: Postfix is not installed, or we are not root (its master needs to be).
    """
    program = _program("postfix")
    if os.geteuid() != 0:
        raise ServersMissingError("postfix needs root")
    names = ("smtp", "submissions", "submission")
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    config = folder / "etc"
    config.mkdir()
    (config / "main.cf").write_text(_postfix_main(folder, certificate), encoding="utf-8")
    (config / "master.cf").write_text(_postfix_master(ports), encoding="utf-8")
    data = folder / "data"
    data.mkdir()
    os.chown(data, pwd.getpwnam("postfix").pw_uid, -1)
    (folder / "spool").mkdir()
    try:
        with _running([program, "-c", str(config), "start-fg"], ports, folder / "log"):
            yield ports
    finally:
        # Its master is a grandchild, behind two shell scripts.
        subprocess.run([program, "-c", str(config), "stop"], capture_output=True, timeout=30, check=False)


@contextmanager
def _running(command: list[str], ports: dict[str, int], log: Path) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for port in ports.values():
            _wait_for(port, process, log)
        yield
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise ServersMissingError(f"{name} is not installed")
    return found


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a port takes connections."""
    end = time.monotonic() + _START_S
    while True:
        try:
            socket.create_connection((ADDRESS, port), 1).close()
        except OSError:
            is_dead = process.poll() is not None
            if is_dead or time.monotonic() > end:
                words = log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""
                said = process.communicate()[1].decode(errors="replace")[-2000:] if is_dead and process.stderr else ""
                raise AssertionError(f"the server does not listen on {port}: {words}{said}") from None
            time.sleep(0.02)
        else:
            return


def _dovecot_config(folder: Path, certificate: Certificate, ports: dict[str, int]) -> str:
    is_root = os.geteuid() == 0
    login = "dovenull" if is_root else pwd.getpwuid(os.geteuid()).pw_name
    internal = "dovecot" if is_root else login
    return f"""\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
listen = {ADDRESS}
protocols = imap pop3 sieve
default_login_user = {login}
default_internal_user = {internal}
default_internal_group = {internal}
ssl = yes
ssl_cert = <{certificate.chain}
ssl_key = <{certificate.key}
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = yes
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {ports["imap"]}
  }}
  inet_listener imaps {{
    port = {ports["imaps"]}
    ssl = yes
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {ports["pop3"]}
  }}
  inet_listener pop3s {{
    port = {ports["pop3s"]}
    ssl = yes
  }}
}}
service managesieve-login {{
  chroot =
  inet_listener sieve {{
    port = {ports["sieve"]}
  }}
}}
service anvil {{
  chroot =
}}
"""


def _postfix_main(folder: Path, certificate: Certificate) -> str:
    return f"""\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = {HOSTNAME}
mydestination =
inet_interfaces = all
inet_protocols = ipv4
mynetworks = 127.0.0.255/32
default_transport = error:this server sends nothing
relay_transport = error:this server sends nothing
smtpd_relay_restrictions = reject
smtpd_tls_chain_files = {certificate.key}, {certificate.chain}
smtpd_tls_security_level = may
smtpd_tls_mandatory_protocols = >=TLSv1.2
smtpd_tls_protocols = >=TLSv1.2
alias_maps =
alias_database =
"""


def _postfix_master(ports: dict[str, int]) -> str:
    return f"""\
{ADDRESS}:{ports["smtp"]} inet n - n - - smtpd
{ADDRESS}:{ports["submission"]} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
{ADDRESS}:{ports["submissions"]} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
error unix - - n - - error
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""
