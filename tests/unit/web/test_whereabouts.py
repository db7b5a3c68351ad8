"""Facts about things that are elsewhere, or no longer there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import httpx
import pytest
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.bootstrap import EcoGraph
from ecograph.identifiers import graph_iri, thing_iri
from ecograph.ledger.records import ContributionRecord, State
from ecograph.messages import LANGUAGES
from ecograph.namespaces import DCTERMS, ECO, FOAF, OWL, RDF, XSD
from ecograph.rdf.patch import Patch
from service import LICENCE, SHORE, Service

GRAPH = graph_iri(SHORE)
BROWSER = {"Accept": "text/html", "Accept-Language": "da"}


def publish(ecograph: EcoGraph, quads: Iterable[Quad], removed: Iterable[Quad] = ()) -> str:
    """Publish statements of the shore; the contribution's id."""
    record = ContributionRecord(SHORE, "Synthetic", LICENCE, "", hashlib.sha256(b"x").hexdigest(), b"x", "test")
    contribution = ecograph.ledger.receive(record)
    ecograph.ledger.decide(contribution, State.APPROVED, "test")
    ecograph.publisher.publish(contribution, lambda _: Patch(tuple(quads), tuple(removed)), "test")
    return contribution


def described(name: str) -> tuple[NamedNode, tuple[Quad, ...]]:
    """A synthetic company, and what is said of it."""
    iri = thing_iri("organisation", f"{SHORE}_{name}")
    return iri, (
        Quad(iri, RDF.type, ECO.Company, GRAPH),
        Quad(iri, FOAF.name, Literal(f"Opdigtet {name} A/S"), GRAPH),
    )


class TestWhereabouts:
    def test_withdrawn_thing_is_gone(self, service: Service) -> None:
        """
        What was withdrawn is 410, with whose it was, when, and how to see it as it was; in the reader's language.
        """
        iri, said = described("pumpe")
        contribution = publish(service.ecograph, said)
        before = service.ecograph.revision
        service.ecograph.publisher.withdraw(contribution, "test", "made up")
        path = "/" + iri.value.partition("/ecograph/")[2]
        with service.client() as client:
            for lang in LANGUAGES:
                answer = client.get(path, headers={"Accept-Language": lang})
                body = answer.json()
                assert (answer.status_code, body["code"], body["lang"]) == (410, "withdrawn", lang)
                assert "Syntetisk Strand Kommune" in body["detail"]
                assert f"?at={before}" in body["detail"]
                assert "made up" not in body["detail"]
            assert client.get(f"{path}.ttl").status_code == 410
            listed = f"/api/v1/actors/{iri.value.rpartition('/')[2]}"
            answer = client.get(listed)
            assert (answer.status_code, answer.json()["code"]) == (410, "withdrawn")
            assert client.get(listed, params={"at": before}).status_code == 200
            page = client.get(f"/da{path}", headers=BROWSER)
            assert page.status_code == 410
            assert "trukket tilbage" in page.text
            was = client.get(f"{path}.ttl", params={"at": before})
            assert "Opdigtet pumpe A/S" in was.text
            assert was.headers["ecograph-revision"] == str(before)
            assert "memento-datetime" in was.headers
            led = client.get(path, params={"at": before}, headers=BROWSER)
            assert led.headers["location"] == f"/da{path}?at={before}"
            page = client.get(led.headers["location"], headers=BROWSER)
            assert (page.status_code, page.headers["ecograph-revision"]) == (200, str(before))
            assert "Opdigtet pumpe A/S" in page.text
            assert f"(revision {before})" in page.text

    def test_thing_that_was_left_out_is_gone_until_it_is_back(self, service: Service) -> None:
        """
        What its publisher took out is 410 as well; described anew, it is there again.
        """
        iri, said = described("ventil")
        path = "/" + iri.value.partition("/ecograph/")[2]
        publish(service.ecograph, said)
        publish(service.ecograph, (), said)
        with service.client() as client:
            assert client.get(path).json()["code"] == "gone"
            publish(service.ecograph, said)
            assert client.get(path).status_code == 303
            assert client.get(f"{path}x").status_code == 404

    def test_person_leaves_no_trace(self, service: Service) -> None:
        """
        Whether somebody was ever in the graph is not told once they are not.
        """
        iri = thing_iri("person", f"{SHORE}_opdigtet")
        said = (Quad(iri, RDF.type, ECO.Person, GRAPH),)
        publish(service.ecograph, said)
        publish(service.ecograph, (), said)
        with service.client() as client:
            assert client.get("/" + iri.value.partition("/ecograph/")[2]).status_code == 404

    def test_merged_thing_is_moved(self, service: Service) -> None:
        """
        A thing that is nothing but a pointer leads to what it was merged into, by 301, at the end of a chain.
        """
        target, said = described("samlet")
        old, older = (thing_iri("organisation", f"{SHORE}_{name}") for name in ("gammel", "aeldre"))
        truth = Literal("true", datatype=XSD.boolean)
        pointers = (
            Quad(old, DCTERMS.isReplacedBy, target, GRAPH),
            Quad(old, OWL.deprecated, truth, GRAPH),
            Quad(older, DCTERMS.isReplacedBy, old, GRAPH),
        )
        publish(service.ecograph, (*said, *pointers))
        path = "/" + target.value.partition("/ecograph/")[2]
        with service.client() as client:
            for iri in (old, older):
                answer = client.get("/" + iri.value.partition("/ecograph/")[2] + ".ttl")
                assert (answer.status_code, answer.headers["location"]) == (301, f"{path}.ttl")
                led = client.get(f"/api/v1/actors/{iri.value.rpartition('/')[2]}")
                assert led.status_code == 301
                assert led.headers["location"] == f"/api/v1/actors/{target.value.rpartition('/')[2]}"
            page = client.get("/sv/" + old.value.partition("/ecograph/")[2])
            assert (page.status_code, page.headers["location"]) == (301, f"/sv{path}")

    @pytest.mark.parametrize("loop", [True, False])
    def test_replaced_standard_stays_where_it_is(self, service: Service, loop: bool) -> None:
        """
        A standard that a newer one replaces is still described under its own address; pointers in a ring lead nowhere.
        """
        first, second = (thing_iri("standard", f"{SHORE}_{name}-{loop}".lower()) for name in ("a", "b"))
        said = [Quad(first, DCTERMS.isReplacedBy, second, GRAPH), Quad(second, DCTERMS.isReplacedBy, first, GRAPH)]
        if not loop:
            said.append(Quad(first, RDF.type, ECO.Standard, GRAPH))
        publish(service.ecograph, said)
        with service.client() as client:
            path = "/" + first.value.partition("/ecograph/")[2]
            assert client.get(f"{path}.ttl").status_code == 200

    def test_reader_without_a_ledger_says_not_found(self, client: httpx.Client) -> None:
        """
        Where there is no ledger to ask, what is not there is not found.
        """
        assert client.get("/id/organisation/gone").json()["code"] == "unknown-thing"


class TestErasure:
    def test_dump_with_an_erased_person_is_removed(self, service: Service) -> None:
        """
        Once a person is erased, no dump that was made before is there any more, nor can it be fetched.
        """
        iri = thing_iri("person", f"{SHORE}_opdigtet-navn")
        publish(service.ecograph, (Quad(iri, RDF.type, ECO.Person, GRAPH), Quad(iri, FOAF.name, Literal("X"), GRAPH)))
        with service.client() as client:
            address = client.get(f"/dumps/latest-{SHORE}.ttl").headers["location"]
            assert "opdigtet-navn" in client.get(address).text
            service.ecograph.publisher.erase(iri, "test", "asked for it")
            assert client.get(address).status_code == 404
            assert "opdigtet-navn" not in client.get(f"/dumps/latest-{SHORE}.ttl", follow_redirects=True).text
        kept = service.ecograph.settings.data_dir / "dumps"
        assert not [path for path in kept.rglob("*") if path.is_file() and b"opdigtet-navn" in path.read_bytes()]
