"""A published configuration, as autoconfig XML."""

from __future__ import annotations

SERVER = """\
    <{tag} type="{kind}">
      <hostname>{host}</hostname>
      <port>{port}</port>
      <socketType>{socket}</socketType>
      <username>{user}</username>
      <authentication>{way}</authentication>
    </{tag}>
"""


def server(kind: str, host: str, port: int, socket: str, user: str = "%EMAILADDRESS%", way: str = "OAuth2") -> str:
    """Return one server element."""
    tag = "outgoingServer" if kind == "smtp" else "incomingServer"
    return SERVER.format(tag=tag, kind=kind, host=host, port=port, socket=socket, user=user, way=way)


def config(*servers: str, name: str = "Kumo Mail", domains: tuple[str, ...] = ("kumo.example",), more: str = "") -> str:
    """Return a whole file."""
    names = "".join(f"<domain>{domain}</domain>" for domain in domains)
    return (
        f'<?xml version="1.0"?>\n<clientConfig version="1.1"><emailProvider id="x">{names}'
        f"<displayName>{name}</displayName>{''.join(servers)}{more}</emailProvider></clientConfig>"
    )


IMAP = server("imap", "imap.kumo.example", 993, "SSL", way="password-cleartext")
SMTP = server("smtp", "smtp.kumo.example", 587, "STARTTLS", "%EMAILLOCALPART%", "password-encrypted")
PLAIN = server("pop3", "pop.kumo.example", 110, "plain", way="password-cleartext")
