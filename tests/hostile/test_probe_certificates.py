"""Certificates are a stranger's bytes: whatever is in them, reading them ends in facts or in an error that is caught."""

from __future__ import annotations

import random

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bot.probe.chain import is_for_host, issuer_organisation, read_certificate, unreadable

HOST = "mail.example.jp"
ROUNDS = 12_000


# A faulty serial number or version warns before it is an error.
@pytest.mark.filterwarnings("ignore")
def test_changed_bytes_never_escape() -> None:
    """A good certificate with some bytes changed (never the same ones) raises nothing but what the probe catches."""
    issued = trustme.CA().issue_cert(HOST, "*.example.jp", "192.0.2.1", common_name=HOST)
    sound = x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes()).public_bytes(Encoding.DER)
    dice = random.Random(20261124)
    read = 0
    for _ in range(ROUNDS):
        changed = bytearray(sound)
        for _ in range(dice.choice([1, 1, 1, 2, 3])):
            changed[dice.randrange(len(changed) - 80)] = dice.randrange(256)
        try:
            certificate = x509.load_der_x509_certificate(bytes(changed))
            assert isinstance(is_for_host(certificate, HOST), bool)
            facts = read_certificate(certificate)
            issuer_organisation(certificate)
        except unreadable():
            continue
        read += 1
        assert facts.subject.isprintable()
        assert all(name.isprintable() for name in facts.names)
    assert read > ROUNDS / 20


def test_the_sound_one_is_read() -> None:
    """The certificate that the others are made from is for its names and for no other."""
    issued = trustme.CA().issue_cert(HOST, "*.example.jp", "192.0.2.1")
    certificate = x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
    assert is_for_host(certificate, HOST)
    assert is_for_host(certificate, "imap.example.jp")
    assert is_for_host(certificate, "192.0.2.1")
    assert not is_for_host(certificate, "a.b.example.jp")
    assert not is_for_host(certificate, "192.0.2.2")
    assert not is_for_host(certificate, "example.jp")
