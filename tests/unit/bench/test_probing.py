"""The bench of the probe: the three programs' answers are read alike, and the worst case is a real one."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import msgspec
import pytest

from bot.bench.probing import CheckoutNeededError, measure
from bot.bench.probing_facts import KINDS, count, read_nmap, read_ours, read_sslyze
from bot.bench.probing_limits import dropping_ports
from tests.unit.survey.sample import port

NMAP = """<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun><host><ports>
<port portid="143"><state state="open"/><script id="banner" output="* OK"/>
<script id="imap-capabilities" output="STARTTLS LOGINDISABLED"/><script id="ssl-cert" output="Subject: x"/></port>
<port portid="993"><state state="open"/><script id="ssl-enum-ciphers" output="TLSv1.2: ..."/>
<script id="imap-capabilities" output="AUTH=PLAIN"/></port>
<port portid="995"><state state="closed"/></port></ports></host></nmaprun>"""


def test_ours_counts_what_is_answered() -> None:
    """`None` is no answer; False and an empty list are."""
    facts = msgspec.to_builtins(port(993))
    found = read_ours(json.dumps({"ports": [{"port": 993, "facts": facts}]}))
    assert found == {993: {"sign_in_tls", "starttls", "tls_version", "chain", "name_fits", "names", "dates"}}
    assert found[993] < set(KINDS)


def test_nmap_is_read_by_where_the_port_stands() -> None:
    """What its scripts see on a port with TLS from the start, they see under TLS."""
    found = read_nmap(NMAP, {993})
    assert found == {
        143: {"reached", "greeting", "capabilities_clear", "sign_in_clear", "starttls", "names", "dates"},
        993: {"reached", "capabilities_tls", "sign_in_tls", "tls_version", "old_tls"},
        995: set(),
    }
    assert count(found) == 12


def test_sslyze_is_read_where_it_connected() -> None:
    """A port that it did not reach counts nothing."""
    record = {
        "server_location": {"port": 143},
        "connectivity_status": "COMPLETED",
        "network_configuration": {"tls_opportunistic_encryption": "IMAP"},
        "scan_result": {"certificate_info": {"status": "COMPLETED"}, "tls_1_0_cipher_suites": {"status": "ERROR"}},
    }
    failed = {**record, "server_location": {"port": 110}, "connectivity_status": "ERROR", "scan_result": None}
    found = read_sslyze(json.dumps({"server_scan_results": [record, failed]}))
    assert found == {143: {"reached", "tls_version", "starttls", "names", "dates", "chain", "name_fits"}}


def test_a_dropping_port_really_drops() -> None:
    """Neither taken nor refused: a connection to it is left without an answer."""
    with dropping_ports(2) as ports:
        for number in ports:
            with socket.socket() as client:
                client.settimeout(0.3)
                with pytest.raises(TimeoutError):
                    client.connect(("127.0.0.1", number))


def test_outside_a_checkout_it_says_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The servers of the tests are not in the package."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckoutNeededError, match="run this in a checkout"):
        measure()
