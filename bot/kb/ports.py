"""The mail ports as the standards have them: which protocol each belongs to, and how its encryption starts.

One table for the checks of the knowledge, the reading of questions and the judging of pasted settings. What is *said*
of a port is in `knowledge/ports.yaml`.

Source: RFC 8314 section 3 (993, 995, 465: TLS with the first byte), RFC 9051 and 2595 (143, 110), RFC 6409 and 3207
(587, 25), RFC 5804 (4190); 2525 is a habit of relay services.
"""

from __future__ import annotations

from bot.kb.model import Protocol, Security

_PORTS: dict[int, tuple[Protocol, Security]] = {
    993: ("imap", "implicit_tls"),
    995: ("pop3", "implicit_tls"),
    465: ("smtp", "implicit_tls"),
    143: ("imap", "starttls"),
    110: ("pop3", "starttls"),
    587: ("smtp", "starttls"),
    25: ("smtp", "starttls"),
    2525: ("smtp", "starttls"),
    4190: ("sieve", "starttls"),
}
PORT_PROTOCOL: dict[int, Protocol] = {port: protocol for port, (protocol, _) in _PORTS.items()}
PORT_SECURITY: dict[int, Security] = {port: security for port, (_, security) in _PORTS.items()}
"""The right encryption of each port: `starttls` where the connection starts in the clear."""
TLS_PORTS: dict[Protocol, int] = {
    protocol: port for port, (protocol, security) in _PORTS.items() if security == "implicit_tls"
}
"""The port of each protocol that is encrypted from the start."""
SET_UP_PROTOCOLS: tuple[Protocol, ...] = ("imap", "pop3", "smtp")
"""What a person sets up in a mail program."""
DELIVERY_PORT = 25
"""Between mail servers: nothing that a mail program should be set to."""
SECURITY_RANK: dict[Security, int] = {"implicit_tls": 0, "starttls": 1, "plaintext": 2}
"""Best first. Source: RFC 8314 section 3."""
PARTNERS: dict[int, int] = {465: 587, 587: 465, 993: 143, 143: 993, 995: 110, 110: 995, 25: 587}
"""The port that a port is weighed against."""

LAST_SYSTEM_PORT = 1023
LAST_USER_PORT = 49151
LAST_PORT = 65535
"""Ends of the three ranges. Source: RFC 6335 section 6."""
