"""What several tests with real servers share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import trustme

from tests.servers.discovery_town import zone
from tests.support.dns_server import NsdServer


@pytest.fixture(scope="module")
def nsd() -> Iterator[NsdServer]:
    """Run NSD for all tests of the file."""
    with zone() as running:
        yield running


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Make the tests' own certificate authority."""
    return trustme.CA()
