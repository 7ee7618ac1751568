"""Which facts about a mail set-up three programs report of the same ports: ours, sslyze's and nmap's answers, read alike.

A fact counts when the program answers the question, whatever the answer is; each kind counts once per port. sslyze gets its
verdict on the chain counted although its verifier refuses the tests' certificates for a reason of its own.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

KINDS: Final = (
    "reached",
    "greeting",
    "capabilities_clear",
    "capabilities_tls",
    "sign_in_clear",
    "sign_in_tls",
    "starttls",
    "tls_version",
    "names",
    "dates",
    "chain",
    "name_fits",
    "old_tls",
)
Facts = dict[int, set[str]]
"""The kinds that were answered, by port."""


def read_ours(text: str) -> Facts:
    """Read `mailports probe --json`."""
    found: Facts = {}
    for record in json.loads(text)["ports"]:
        facts = record["facts"]
        tls = facts["tls"]
        answers = {
            "reached": facts["address"],
            "greeting": facts["greeting"],
            "capabilities_clear": facts["capabilities_before"],
            "capabilities_tls": facts["capabilities_after"],
            "sign_in_clear": facts["sasl_before"],
            "sign_in_tls": facts["sasl_after"],
            "starttls": facts["starttls_offered"],
            "old_tls": facts["old_tls"] and facts["old_tls"]["tls_1_0"],
        }
        found[record["port"]] = {kind for kind, answer in answers.items() if answer is not None}
        if tls is not None:
            found[record["port"]] |= {"tls_version", "chain", "name_fits"} | (
                {"names", "dates"} if tls["chain"] else set()
            )
    return found


def read_sslyze(text: str) -> Facts:
    """Read `sslyze --json_out=-`."""
    found: Facts = {}
    for record in json.loads(text)["server_scan_results"]:
        port: int = record["server_location"]["port"]
        if record["connectivity_status"] != "COMPLETED":
            continue
        results: dict[str, Any] = record["scan_result"]
        kinds = {"reached", "tls_version"}
        if record["network_configuration"]["tls_opportunistic_encryption"] is not None:
            kinds.add("starttls")
        if results["certificate_info"]["status"] == "COMPLETED":
            # Its path validation holds the name, too.
            kinds |= {"names", "dates", "chain", "name_fits"}
        if results["tls_1_0_cipher_suites"]["status"] == "COMPLETED":
            kinds.add("old_tls")
        found[port] = kinds
    return found


def read_nmap(xml: str, implicit: set[int]) -> Facts:
    """Read `nmap -oX -` with its mail and TLS scripts.

    Args:
        xml: What it printed.
        implicit: Ports with TLS from the start: what its scripts see there they see under TLS.
    """
    from defusedxml.ElementTree import fromstring

    found: Facts = {}
    for node in fromstring(xml).iter("port"):
        port = int(node.get("portid", "0"))
        state = node.find("state")
        kinds = {"reached"} if state is not None and state.get("state") == "open" else set()
        said = {each.get("id"): each.get("output", "") for each in node.findall("script")}
        where = "tls" if port in implicit else "clear"
        if "banner" in said:
            kinds.add("greeting")
        words = " ".join(said.get(name, "") for name in ("imap-capabilities", "pop3-capabilities", "smtp-commands"))
        if words.strip():
            kinds |= {f"capabilities_{where}", f"sign_in_{where}"}
            if where == "clear":
                kinds.add("starttls")
        if "ssl-cert" in said:
            kinds |= {"names", "dates"}
        if re.search(r"TLSv1\.[23]", said.get("ssl-enum-ciphers", "")):
            # It lists every version that is accepted, so an old one that is missing is an answer.
            kinds |= {"tls_version", "old_tls"}
        found[port] = kinds
    return found


def count(facts: Facts) -> int:
    """Return how many facts there are over all ports."""
    return sum(map(len, facts.values()))
