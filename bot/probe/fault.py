"""One judgement about a port: a code, values for its wording, and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Code = Literal[
    "works",
    "refused",
    "timed_out",
    "unreachable",
    "reset",
    "not_this_protocol",
    "tls_on_plain_port",
    "plain_on_tls_port",
    "no_starttls",
    "starttls_broken",
    "certificate_wrong_name",
    "certificate_expired",
    "certificate_not_yet_valid",
    "certificate_self_signed",
    "certificate_unknown_issuer",
    "certificate_incomplete_chain",
    "certificate_invalid",
    "tls_too_old",
    "tls_failed",
    "plaintext_login_offered",
    "temporarily_refused",
    "could_not_test",
]


@dataclass(frozen=True)
class Finding:
    """What one thing that was seen means."""

    code: Code
    step: str
    """Last part of the key of the next step."""
    params: tuple[tuple[str, str | int], ...] = ()
    """Values for the wording; a server's text among them is to be shown as literal text."""
    variant: str = ""
    """A closer wording of the same code, such as `silent` for a port that took the connection and said nothing."""

    @property
    def message_key(self) -> str:
        """The key of what to say."""
        return f"probe.verdict.{self.code}{f'_{self.variant}' if self.variant else ''}"

    @property
    def step_key(self) -> str:
        """The key of what to do next."""
        return f"probe.next.{self.step}"
