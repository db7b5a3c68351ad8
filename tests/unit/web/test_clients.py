from __future__ import annotations

import pytest
from starlette.requests import HTTPConnection

from ecograph.web.clients import client_of


class TestClients:
    @pytest.mark.parametrize(
        ("host", "client"),
        [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("fe80::1%eth0", "fe80::"),
            ("testclient", "testclient"),
        ],
    )
    def test_address_is_whose_places_are_counted(self, host: str, client: str) -> None:
        """
        A client is its address, and of IPv6 its network, in which one customer has as many addresses as they like.
        """
        assert client_of(HTTPConnection({"type": "http", "client": (host, 1)})) == client

    def test_request_without_an_address_has_a_share_too(self) -> None:
        """
        Whoever cannot be told apart shares one place.
        """
        assert client_of(HTTPConnection({"type": "http"})) == "-"
