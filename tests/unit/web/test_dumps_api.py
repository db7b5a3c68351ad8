"""Facts about dumps over HTTP."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import httpx
import pytest
from pyoxigraph import RdfFormat, parse

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.rdf.patch import Patch
from ecograph.store.oxigraph import EmbeddedStore
from service import serving
from unit.web.conftest import DATA, quads


@pytest.fixture(scope="module")
def name(client: httpx.Client) -> str:
    """The address of the current N-Quads."""
    answer = client.get("/dumps/latest.nq.gz")
    assert answer.status_code == 302
    return answer.headers["location"]


class TestDumps:
    def test_latest_leads_to_the_dated_one(self, client: httpx.Client, served: EcoGraph, name: str) -> None:
        """
        The name says day and revision, and the file is the graph.
        """
        assert name.startswith("/dumps/ecograph-20")
        assert name.endswith("-r1.nq.gz")
        answer = client.get(name)
        assert answer.headers["content-type"] == "application/gzip"
        statements = set(parse(gzip.decompress(answer.content), RdfFormat.N_QUADS))
        with served.snapshot() as snapshot:
            assert statements == set(snapshot.quads())

    def test_part_of_it_can_be_fetched(self, client: httpx.Client, name: str) -> None:
        """
        Range requests and HEAD work, so that a broken download goes on where it stopped.
        """
        whole = client.get(name).content
        part = client.get(name, headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, whole[10:20])
        head = client.head(name)
        assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(whole)), b"")

    def test_it_can_be_checked(self, client: httpx.Client, name: str) -> None:
        """
        The digest is beside it and is its ETag.
        """
        answer = client.get(name)
        digest = hashlib.sha256(answer.content).hexdigest()
        assert client.get(f"{name}.sha256").text == f"{digest}  {name.rpartition('/')[2]}\n"
        assert answer.headers["etag"] == f'"{digest}"'
        assert client.get(name, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304

    def test_list_names_all(self, client: httpx.Client) -> None:
        """
        The list has every file, and each can be fetched; a browser is led to the page.
        """
        listed = client.get("/dumps").json()["dumps"]
        assert {each["name"].partition("-r1")[2] for each in listed} >= {
            ".nq.gz", ".trig.gz", ".graphml", ".nodes.csv", ".edges.csv", "-partner.ttl", "-concepts.ttl",
        }  # fmt: skip
        for each in listed:
            assert client.get(each["href"]).status_code == 200
        page = client.get("/dumps", headers={"Accept": "text/html"})
        assert page.headers["location"] == "/en/data#dumps"

    def test_what_names_dumps_changes_with_them(self, tmp_path: Path) -> None:
        """
        Who asked before a dump was made is not told that nothing has changed since; who asks once more is.
        """
        store = EmbeddedStore.open(tmp_path / "store")
        store.apply(1, Patch(tuple(quads(DATA, "partner")), ()))
        store.switch()
        with (
            EcoGraph(Settings(data_dir=tmp_path), store, None) as ecograph,
            serving(ecograph) as url,
            httpx.Client(base_url=url, timeout=20, follow_redirects=True) as client,
        ):
            addresses = ("/dumps", "/dataset", "/dataset.jsonld")
            before = {address: client.get(address).headers["etag"] for address in addresses}
            made = client.get("/dumps/latest-partner.ttl.sha256").text.split()[0]
            for address, tag in before.items():
                after = client.get(address, headers={"If-None-Match": tag})
                assert (after.status_code, made in after.text) == (200, True)
                known = client.get(address, headers={"If-None-Match": after.headers["etag"]})
                assert (known.status_code, known.headers["etag"]) == (304, after.headers["etag"])

    @pytest.mark.parametrize(
        "wrong",
        [
            "ecograph-2026-11-22-r99.nq.gz",
            "latest.exe",
            "latest-none.ttl",
            "..%2fledger.sqlite",
            "latest-partner.nq.gz",
        ],
    )
    def test_what_there_is_not(self, client: httpx.Client, wrong: str) -> None:
        """
        A dump of another revision or graph is not found, nor is any other file.
        """
        with httpx.Client(base_url=client.base_url, follow_redirects=True) as following:
            assert following.get(f"/dumps/{wrong}").status_code == 404
