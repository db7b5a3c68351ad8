"""Facts about the published JSON-LD context."""

from __future__ import annotations

import json

import httpx
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from ecograph.bootstrap import EcoGraph
from ecograph.namespaces import DCTERMS, ECO, SKOS
from ecograph.rdf.json_ld import LANGUAGE, REFERENCE
from ecograph.web.linked.context import context_of, write


class TestContext:
    def test_terms_are_named_as_the_columns(self, served: EcoGraph) -> None:
        """
        A property has the name of its column; one whose name is taken by a more common one has its own.
        """
        context = context_of(served.rules)
        assert context.terms["title"].iri == DCTERMS.title
        assert context.terms["title"].kind == LANGUAGE
        assert context.terms["raised_by"].kind == REFERENCE
        assert (context.terms["capability"].iri, context.terms["requiresCapability"].iri) == (
            ECO.capability,
            ECO.requiresCapability,
        )
        assert context.classes["Need"] == ECO.Need

    def test_it_is_published(self, client: httpx.Client, served: EcoGraph) -> None:
        """
        Anybody may fetch it from any page, as JSON-LD that may be kept for a while.
        """
        answer = client.get("/context.jsonld", headers={"Origin": "https://example.org"})
        assert answer.headers["content-type"] == "application/ld+json"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "max-age" in answer.headers["cache-control"]
        assert answer.json() == context_of(served.rules).document()

    def test_what_it_cannot_hold_is_written_in_full(self, served: EcoGraph) -> None:
        """
        An IRI that would be taken for a prefixed name makes the document carry no context but its own.
        """
        said = Triple(NamedNode("urn:a"), DCTERMS.source, NamedNode("skos:notation"))
        document = write([said], served, "http://localhost")
        assert "localhost" not in document.decode()
        assert {quad.triple for quad in parse(document, RdfFormat.JSON_LD)} == {said}

    def test_coordinates_are_no_prefixed_name(self, served: EcoGraph) -> None:
        """
        `geo:55.6,12.5` is an address of its own and stays one, since the prefix of places is another.
        """
        said = Triple(NamedNode("urn:a"), SKOS.related, NamedNode("geo:55.6,12.5"))
        body = json.loads(
            write([said, Triple(NamedNode("urn:a"), SKOS.note, Literal("x"))], served, "http://localhost")
        )
        body["@context"] = context_of(served.rules).document()["@context"]
        assert said in {quad.triple for quad in parse(json.dumps(body).encode(), RdfFormat.JSON_LD)}
