"""What changed: the feed, the differences, and the graph as it was, over HTTP."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import httpx
import pytest
from pyoxigraph import Literal, Quad

from ecograph.bootstrap import EcoGraph
from ecograph.identifiers import concept_iri, graph_iri, thing_iri
from ecograph.ledger.records import ContributionRecord, State
from ecograph.namespaces import DCTERMS, ECO, FOAF, RDF
from ecograph.rdf.patch import Patch
from service import LICENCE, SHORE, Service, serving, small_service

API = "/api/v1"
ATOM = "{http://www.w3.org/2005/Atom}"
GRAPH = graph_iri(SHORE)
# Synthetic.
RAIN = thing_iri("need", "synthetic-shore_rain")
ANNE = thing_iri("person", "synthetic-shore_anne")
NAME = "Synthetic Person"
PUMP, SITE = thing_iri("solution", "synthetic-shore_pump"), thing_iri("deployment", "synthetic-shore_pump--harbour")
RUNNING = (
    Quad(PUMP, RDF.type, ECO.Solution, GRAPH),
    Quad(PUMP, DCTERMS.title, Literal("Pumpe", language="da"), GRAPH),
    Quad(SITE, RDF.type, ECO.Deployment, GRAPH),
    Quad(SITE, ECO.solution, PUMP, GRAPH),
    Quad(SITE, ECO.stage, concept_iri("scale-stage", "pilot"), GRAPH),
    Quad(SITE, DCTERMS.spatial, thing_iri("municipality", "dk-synthetic"), GRAPH),
)


def publish(ecograph: EcoGraph, title: str, added: list[Quad], removed: list[Quad]) -> int:
    """One more revision."""
    digest = hashlib.sha256(b"synthetic").hexdigest()
    record = ContributionRecord(SHORE, title, LICENCE, "", digest, b"synthetic", "partner")
    contribution = ecograph.ledger.receive(record)
    ecograph.ledger.decide(contribution, State.APPROVED, "reviewer")
    return ecograph.publisher.publish(contribution, Patch(tuple(added), tuple(removed)), "reviewer").number


def title(words: str) -> Quad:
    """What the need is called."""
    return Quad(RAIN, DCTERMS.title, Literal(words, language="da"), GRAPH)


@pytest.fixture(scope="module")
def shore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose last revisions add a need, rename it, and add a person."""
    with small_service(tmp_path_factory.mktemp("changes")) as service:
        ecograph = service.ecograph
        publish(ecograph, "Drift", list(RUNNING), [])
        publish(ecograph, "Behov", [Quad(RAIN, RDF.type, ECO.Need, GRAPH), title("Regn i Malmö")], [])
        publish(ecograph, "Nyt navn", [title("Skybrud på Østerbro")], [title("Regn i Malmö")])
        named = [Quad(ANNE, RDF.type, ECO.Person, GRAPH), Quad(ANNE, FOAF.name, Literal(NAME), GRAPH)]
        publish(ecograph, f"CV {NAME}", named, [])
        yield service


@pytest.fixture
def reader(shore: Service) -> Iterator[httpx.Client]:
    """Somebody without a token."""
    with shore.client() as client:
        yield client


class TestFeed:
    def test_newest_first_with_who_what_when_and_how_much(self, reader: httpx.Client) -> None:
        """
        The feed tells of each revision its publisher, title, moment and counts, the newest first.
        """
        answer = reader.get(f"{API}/changes", params={"limit": 2}).json()
        last, renamed = answer["items"]
        assert last["revision"] == answer["revision"] == renamed["revision"] + 1
        assert (renamed["publisher"], renamed["title"], renamed["kind"]) == (SHORE, "Nyt navn", "publication")
        assert (renamed["added"], renamed["removed"]) == (1, 1)

    def test_pages_meet_every_revision_once(self, reader: httpx.Client) -> None:
        """
        Following `next` leads through all revisions to the first.
        """
        found: list[int] = []
        address = f"{API}/changes?limit=3"
        while address:
            answer = reader.get(address)
            found += [item["revision"] for item in answer.json()["items"]]
            assert answer.links["first"]["url"] == f"{API}/changes?limit=3"
            address = answer.links.get("next", {}).get("url", "")
        assert found == list(range(len(found), 0, -1))

    def test_since_and_until(self, reader: httpx.Client) -> None:
        """
        The feed can be narrowed by revision, by date and to one publisher.
        """
        assert [each["revision"] for each in reader.get(f"{API}/changes?since=3&until=4").json()["items"]] == [4, 3]
        assert reader.get(f"{API}/changes?until=2001-01-01").json()["items"] == []
        own = reader.get(f"{API}/changes", params={"publisher": SHORE, "since": "2001-01-01"}).json()["items"]
        assert {each["publisher"] for each in own} == {SHORE}

    def test_atom(self, reader: httpx.Client) -> None:
        """
        A feed reader gets valid Atom: id, title, updated and author everywhere, ids that stay, paged by links.
        """
        answer = reader.get(f"{API}/changes.atom", params={"lang": "da", "limit": 2})
        assert answer.headers["content-type"] == "application/atom+xml"
        feed = ET.fromstring(answer.content)
        entries = feed.findall(f"{ATOM}entry")
        for element in (feed, *entries):
            assert element.findtext(f"{ATOM}id", "").startswith("urn:uuid:")
            assert element.findtext(f"{ATOM}title")
            assert element.findtext(f"{ATOM}updated", "").endswith("+00:00")
            assert element.findtext(f"{ATOM}author/{ATOM}name")
        links = {link.get("rel"): link.get("href", "") for link in feed.findall(f"{ATOM}link")}
        assert links["self"] == str(answer.url)
        assert len(entries) == 2
        following = ET.fromstring(reader.get(links["next"]).content)
        assert following.findtext(f"{ATOM}id") == feed.findtext(f"{ATOM}id")
        again = ET.fromstring(reader.get(f"{API}/changes.atom?lang=sv&limit=2").content)
        assert [each.findtext(f"{ATOM}id") for each in again.findall(f"{ATOM}entry")] == [
            each.findtext(f"{ATOM}id") for each in entries
        ]

    def test_feed_in_another_language_is_another_feed(self, reader: httpx.Client) -> None:
        """
        Who has the feed in Danish is given it in Swedish, and not told that nothing has changed.
        """
        address = f"{API}/changes.atom"
        known = {"If-None-Match": reader.get(address, headers={"Accept-Language": "da"}).headers["etag"]}
        assert reader.get(address, headers={"Accept-Language": "da", **known}).status_code == 304
        assert reader.get(address, headers={"Accept-Language": "sv", **known}).status_code == 200


class TestDiff:
    def test_thing_by_thing_in_words_and_as_statements(self, shore: Service, reader: httpx.Client) -> None:
        """
        Between two revisions a thing that was added and renamed has come, under its last name.
        """
        last = shore.ecograph.revision
        answer = reader.get(f"{API}/diff", params={"from": last - 3, "to": last - 1}).json()
        assert answer["counts"] == {"added": 1, "changed": 0, "removed": 0}
        assert answer["things"][0]["labels"]["da"] == "Skybrud på Østerbro"
        assert len(answer["patch"]) == answer["statements"]["added"] == 2
        renamed = reader.get(f"{API}/diff", params={"to": last - 1}).json()
        assert renamed["counts"] == {"added": 0, "changed": 1, "removed": 0}
        change = renamed["things"][0]["properties"][0]
        assert (change["removed"][0]["words"]["sv"], change["added"][0]["lang"]) == ("Regn i Malmö", "da")

    def test_back(self, shore: Service, reader: httpx.Client) -> None:
        """
        From a later revision to an earlier one, the difference leads back.
        """
        last = shore.ecograph.revision
        back = reader.get(f"{API}/diff", params={"from": last - 1, "to": last - 3}).json()
        assert back["statements"] == {"added": 0, "removed": 2}

    def test_as_a_patch(self, shore: Service, reader: httpx.Client) -> None:
        """
        The whole difference comes as RDF Patch, also from the empty graph on.
        """
        last = shore.ecograph.revision
        lines = reader.get(f"{API}/diff", params={"to": last - 1, "format": "patch"}).text.splitlines()
        assert (lines[0], lines[-1]) == ("TX .", "TC .")
        assert [line[:2] for line in lines[1:-1]] == ["D ", "A "]
        assert reader.get(f"{API}/diff?from=0&to=1&format=patch").text.count("\nA ") > 1000

    def test_statements_are_those_of_the_whole_patch(self, reader: httpx.Client) -> None:
        """
        `statements` counts what `format=patch` holds, with what EcoGraph notes itself and no page shows.
        """
        said = reader.get(f"{API}/diff?from=0&limit=1").json()
        lines = reader.get(f"{API}/diff?from=0&format=patch").text.splitlines()
        assert said["statements"] == {
            "added": sum(line.startswith("A ") for line in lines),
            "removed": sum(line.startswith("D ") for line in lines),
        }

    def test_one_thing_and_pages(self, reader: httpx.Client) -> None:
        """
        A difference can be narrowed to one thing, and a large one is read page by page.
        """
        own = reader.get(f"{API}/diff", params={"from": 0, "thing": "need/synthetic-shore_rain"}).json()
        assert {each["iri"] for each in own["things"]} == {RAIN.value}
        first = reader.get(f"{API}/diff?from=0&to=1&limit=5")
        assert first.links["next"]["url"].endswith(f"&cursor={first.json()['next']}")
        second = reader.get(first.links["next"]["url"])
        seen = [{each["iri"] for each in page.json()["things"]} for page in (first, second)]
        assert seen[0].isdisjoint(seen[1])

    @pytest.mark.parametrize(
        ("query", "status", "code"),
        [
            ("to=999", 404, "unknown-moment"),
            ("from=2026-02-30", 404, "unknown-moment"),
            ("from=x", 422, "invalid-request"),
            ("thing=nothing", 404, "unknown-thing"),
        ],
    )
    def test_problems(self, reader: httpx.Client, query: str, status: int, code: str) -> None:
        """
        A revision that is not there is told with the range there is.
        """
        answer = reader.get(f"{API}/diff?{query}")
        assert (answer.status_code, answer.json()["code"]) == (status, code)


class TestPast:
    def test_a_thing_as_it_was(self, shore: Service, reader: httpx.Client) -> None:
        """
        With `at` a thing is told as it was, with the moment of that revision, and may be kept for a day.
        """
        number = shore.ecograph.revision - 2
        address = f"{API}/needs/synthetic-shore_rain"
        then, now = reader.get(f"{address}?at={number}"), reader.get(address)
        assert (then.json()["label"], now.json()["label"]) == ("Regn i Malmö", "Skybrud på Østerbro")
        assert (then.json()["revision"], then.headers["ecograph-revision"]) == (number, str(number))
        assert then.headers["memento-datetime"].endswith("GMT")
        assert then.headers["cache-control"] == "public, max-age=86400"
        assert now.headers["cache-control"] == "no-cache"
        assert reader.get(f"{address}?at={number - 1}").status_code == 404
        again = reader.get(f"{address}?at={number}", headers={"If-None-Match": then.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_today_may_still_change(self, reader: httpx.Client) -> None:
        """
        The end of a day that is not over is no answer to keep; what never was is a problem.
        """
        listed = reader.get(f"{API}/changes?limit=1").json()["items"][0]
        today = reader.get(f"{API}/needs/synthetic-shore_rain?at={listed['published_at'][:10]}")
        assert today.headers["cache-control"] in ("no-cache", "public, max-age=86400")
        assert reader.get(f"{API}/needs/synthetic-shore_rain?at=2001-01-01").json()["code"] == "unknown-moment"

    def test_changed_since(self, shore: Service, reader: httpx.Client) -> None:
        """
        A list is narrowed to what changed since a revision or a date, and sorted by it.
        """
        last = shore.ecograph.revision
        assert reader.get(f"{API}/needs?updated_since={last - 1}").json()["total"] == 1
        assert reader.get(f"{API}/needs?updated_since={last}").json()["total"] == 0
        assert reader.get(f"{API}/actors?updated_since=2001-01-01&sort=updated").json()["total"] >= 2
        first = reader.get(f"{API}/actors?sort=updated").json()["items"][0]
        assert first["id"] == "person/synthetic-shore_anne"


class TestWhere:
    def test_solution_is_found_by_stage_and_place(self, reader: httpx.Client) -> None:
        """
        A solution is in the stage that it has reached somewhere, and in the municipalities that use it.
        """
        address = f"{API}/solutions"
        for query in ("phase=pilot", "region=dk-synthetic", "region=municipality/dk-synthetic&phase=pilot&phase=idea"):
            assert [each["id"] for each in reader.get(f"{address}?{query}").json()["items"]] == [
                "solution/synthetic-shore_pump"
            ]
        assert reader.get(f"{address}?region=se-synthetic").json()["total"] == 0
        counted = reader.get(f"{address}?facets=phase&facets=region").json()["facets"]
        assert counted == {"phase": {"pilot": 1}, "region": {"municipality/dk-synthetic": 1}}
        assert reader.get(f"{address}?facets=none").json()["facets"] == {}


class TestErasure:
    def test_nothing_of_an_erased_person_is_left(self, shore: Service, reader: httpx.Client) -> None:
        """
        Once somebody is erased, no feed, difference or past revision has a word of them, nor the title that named them.
        """
        ecograph = shore.ecograph
        number = ecograph.revision
        addresses = [
            f"{API}/changes",
            f"{API}/changes.atom",
            f"{API}/diff?from={number - 3}&to={number}",
            f"{API}/diff?from={number - 3}&to={number}&format=patch",
            f"/en/changes/{number}",
            "/en/changes",
        ]
        before = {each["revision"]: each["added"] for each in reader.get(f"{API}/changes").json()["items"]}
        past = f"{API}/actors/synthetic-shore_anne?at={number}"
        assert reader.get(past).json()["label"] == NAME
        assert all(NAME in reader.get(address).text for address in addresses)
        ecograph.publisher.erase(ANNE, "operator", "on request")
        assert reader.get(past).status_code == 404
        assert [address for address in addresses if NAME in reader.get(address).text] == []
        latest = reader.get(f"{API}/changes?limit=1").json()["items"][0]
        assert (latest["kind"], latest["publisher"], latest["title"]) == ("erasure", None, None)
        counted = {each["revision"]: each["added"] for each in reader.get(f"{API}/changes").json()["items"]}
        assert (before[number], counted[number]) == (2, 0)


class TestOnlyReading:
    def test_says_that_it_has_no_history(self, shore: Service) -> None:
        """
        A service that only reads answers 503 where the past is asked for, and everything else.
        """
        with (
            EcoGraph.read(shore.ecograph.settings) as ecograph,
            serving(ecograph) as url,
            httpx.Client(base_url=url, timeout=60) as client,
        ):
            for address in ("/changes", "/changes.atom", "/diff", "/needs/synthetic-shore_rain?at=1"):
                answer = client.get(API + address)
                assert (answer.status_code, answer.json()["code"]) == (503, "no-history")
            assert client.get(f"{API}/needs").status_code == 200
