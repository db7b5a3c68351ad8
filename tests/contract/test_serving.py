"""EcoGraph served from a SPARQL server: the shipped graph loaded, projected, served, and asked beside the embedded."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from contract.conftest import QUESTIONS, Tried
from ecograph.bootstrap import EcoGraph
from ecograph.contribute.publishing import Publisher
from ecograph.query.catalogue import Catalogue
from ecograph.query.parameters import bind
from ecograph.query.remote import RemoteAnswers
from ecograph.rdf.patch import Step
from ecograph.store.remote import RemoteStore
from service import serving

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGES = ("/id/need/n09", "/sv/search?q=skyfall", "/id/municipality/se-malmoe")
RESOURCES = (
    "/api/v1/needs?limit=20",
    "/api/v1/needs/n09",
    "/api/v1/needs/n09/matches?top=5",
    "/api/v1/stats",
    "/id/need/n09.ttl",
    "/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20WHERE%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D",
    "/sparql?query=SELECT%20%3Fg%20WHERE%20%7B%20GRAPH%20%3Fg%20%7B%7D%20%7D%20ORDER%20BY%20%3Fg",
)


@pytest.fixture
def projected(remote: Tried, loaded: EcoGraph, tmp_path: Path) -> Iterator[RemoteStore]:
    """The shipped graph on each server."""
    store = remote.empty(tmp_path)
    assert isinstance(store, RemoteStore)
    with closing(store):
        Publisher(loaded.ledger, store).catch_up()
        yield store


@pytest.mark.parametrize("remote", ["oxigraph"], indirect=True)
class TestServing:
    def test_what_is_served_is_the_same(
        self, remote: Tried, projected: RemoteStore, loaded: EcoGraph, site: str, tmp_path: Path
    ) -> None:
        """
        Pages, matches with their explanations, things and SPARQL are the same from a server as from the embedded store.
        """
        settings = loaded.settings.model_copy(update={"store_url": remote.address.query, "data_dir": tmp_path})
        with EcoGraph.read(settings) as ecograph, serving(ecograph) as url, _browser() as client:
            assert (ecograph.writes, ecograph.revision, ecograph.triples()) == (
                False,
                loaded.revision,
                loaded.triples(),
            )
            for path in RESOURCES:
                here, there = (client.get(each + path, headers={"Accept": "*/*"}) for each in (site, url))
                assert (here.status_code, there.status_code) == (200, 200), path
                assert _comparable(there, url) == _comparable(here, site), path
            for path in PAGES:
                here, there = client.get(site + path), client.get(url + path)
                assert here.status_code == there.status_code, path
                assert here.status_code == 200, path
                assert _heading(there.text) == _heading(here.text), path
            assert client.get(f"{url}/readyz").json()["revision"] == loaded.revision
            refused = client.post(f"{url}/sparql", data={"update": "CLEAR ALL"})
            assert refused.status_code == 400

    def test_rebuild_is_waited_for(
        self, remote: Tried, projected: RemoteStore, loaded: EcoGraph, tmp_path: Path
    ) -> None:
        """
        While the graph on the server is built anew the service is not ready, and shows no empty lists as the graph.
        """
        settings = loaded.settings.model_copy(update={"store_url": remote.address.query, "data_dir": tmp_path})
        with EcoGraph.read(settings) as ecograph, serving(ecograph) as url, _browser() as client:
            assert client.get(f"{url}/readyz").status_code == 200

            def watched() -> Iterator[Step]:
                time.sleep(1.1)  # readers take the revision for granted for a second
                for path in ("/readyz", "/api/v1/needs?limit=20", "/en/search?q=skyfall", "/sparql?query=ASK%7B%7D"):
                    assert client.get(url + path).status_code == 503, path
                yield from (each.step for each in loaded.ledger.revisions())

            projected.rebuild(watched())
            time.sleep(1.1)
            assert client.get(f"{url}/readyz").json() == {"status": "ready", "revision": loaded.revision}
            assert client.get(f"{url}/api/v1/needs?limit=20").json()["items"]


class TestQuestions:
    def test_every_question_has_the_same_answer(self, remote: Tried, projected: RemoteStore, loaded: EcoGraph) -> None:
        """
        Every question of the catalogue has the same rows from a server as from the embedded store, but those listed.
        """
        answers = RemoteAnswers(projected.endpoint, timeout_s=60)
        unlike = QUESTIONS.get(remote.name, {})
        catalogue = Catalogue.load(ROOT / "queries")
        different = []
        for slug in catalogue:
            question = catalogue[slug]
            if any(each == slug or each in question.text for each in unlike):
                continue
            query = bind(question, question.examples)
            ours, theirs = (each.run(query, "text/csv").body for each in (loaded.queries, answers))
            if sorted(ours.splitlines()) != sorted(theirs.splitlines()):
                different.append(slug)
        assert different == []


def _comparable(answer: httpx.Response, base: str) -> object:
    text = answer.text.replace(base, "")
    return json.loads(text) if "json" in answer.headers["content-type"] else sorted(text.splitlines())


def _browser() -> httpx.Client:
    """A client that, like a browser, is led to pages; where JSON is all there is, that is what it gets."""
    return httpx.Client(
        timeout=120, follow_redirects=True, headers={"Accept": "text/html, application/json;q=0.9, */*;q=0.5"}
    )


def _heading(page: str) -> str:
    return page.split("<h1", 1)[-1].split("</h1>", 1)[0]
