"""Facts about a service whose graph a SPARQL server holds, where nothing can be looked up by a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

import engines
from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.contribute.publishing import Publisher
from ecograph.store.endpoint import Address
from ecograph.store.remote import RemoteStore
from service import PLACES, ROOT, filled, serving

API = "/api/v1"
TABLE = f"{API}/publishers/{PLACES}/municipality"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """The same small graph from the embedded store, and from an Oxigraph server."""
    directory: Path = tmp_path_factory.mktemp("served")
    settings = Settings(data_dir=filled(directory), resources_dir=ROOT, embedder="none")
    with engines.oxigraph() as server, EcoGraph.open(settings) as near:
        with closing(RemoteStore.open(Address(server.query, server.update))) as store:
            Publisher(near.ledger, store).catch_up()
        remote = settings.model_copy(update={"store_url": server.query, "data_dir": directory / "remote"})
        with (
            EcoGraph.read(remote) as far,
            serving(near) as here,
            serving(far) as there,
            httpx.Client(base_url=here, timeout=60) as embedded,
            httpx.Client(base_url=there, timeout=60) as served,
        ):
            yield embedded, served


class TestTables:
    def test_what_is_published_comes_as_a_template(self, both: tuple[httpx.Client, httpx.Client]) -> None:
        """
        A publisher's table is the same, byte by byte, whichever engine holds the graph.
        """
        embedded, served = both
        for address in (f"{TABLE}.csv", f"{TABLE}.csv?lang=sv"):
            answers = [client.get(address) for client in both]
            assert [answer.status_code for answer in answers] == [200, 200], address
            assert answers[0].content == answers[1].content, address
        assert served.get(f"{TABLE}.xlsx").status_code == embedded.get(f"{TABLE}.xlsx").status_code == 200

    @pytest.mark.parametrize("address", ["/convert?to=ttl", "/contributions?dry_run=true"])
    def test_files_are_read_where_the_ledger_is(self, both: tuple[httpx.Client, httpx.Client], address: str) -> None:
        """
        Somebody's file is read in a process of its own or not at all; the answer says which service reads it.
        """
        file = {"file": ("need.csv", b"id,title_da,country\nskybrud,Varsling ved skybrud,dk\n")}
        embedded, served = (client.post(f"{API}{address}", files=file) for client in both)
        assert embedded.status_code == 200
        assert (served.status_code, served.json()["code"]) == (503, "read-only")
