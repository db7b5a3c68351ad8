"""Facts about the compact JSON-LD that a published context gives back as the same triples."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from ecograph.namespaces import DCTERMS, ECO, RDF, SKOS, XSD
from ecograph.rdf.json_ld import LANGUAGE, REFERENCE, Context, Term, write

CONTEXT = Context(
    {"eco": ECO.iri, "dcterms": DCTERMS.iri, "skos": SKOS.iri, "xsd": XSD.iri},
    {"Need": ECO.Need},
    {
        "title": Term(DCTERMS.title, LANGUAGE),
        "topic": Term(ECO.topic, REFERENCE),
        "opens": Term(ECO.opens, XSD.date.value),
        "order": Term(ECO.order, XSD.integer.value),
        "amount": Term(ECO.amount, XSD.decimal.value),
        "open": Term(ECO.openToMatching, XSD.boolean.value),
        "notation": Term(SKOS.notation),
    },
)
PREDICATES = [*(term.iri for term in CONTEXT.terms.values()), RDF.type, DCTERMS.source, NamedNode("urn:other#p")]
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
IRIS = st.sampled_from(["urn:a", "urn:b", "https://example.org/København", ECO.Need.value, "geo:55.6,12.5"]).map(
    NamedNode
)
LITERALS = st.one_of(
    TEXTS.map(Literal),
    st.builds(lambda text, lang: Literal(text, language=lang), TEXTS, st.sampled_from(["da", "sv", "en", "nb-no"])),
    st.sampled_from(["7", "07", "-3", "9007199254740993", "x"]).map(lambda text: Literal(text, datatype=XSD.integer)),
    st.sampled_from(["1.50", "2", "1e3"]).map(lambda text: Literal(text, datatype=XSD.decimal)),
    st.sampled_from(["true", "0", "False"]).map(lambda text: Literal(text, datatype=XSD.boolean)),
    st.just(Literal("2026-11-22", datatype=XSD.date)),
    st.just(Literal("2026", datatype=XSD.gYear)),
)
TRIPLES = st.builds(
    Triple, st.one_of(IRIS, st.just(BlankNode("b"))), st.sampled_from(PREDICATES), st.one_of(IRIS, LITERALS)
)


def read(document: bytes, context: Context = CONTEXT) -> set[Triple]:
    """The triples of a document, with the context in the place of its address."""
    body = json.loads(document)
    body["@context"] = context.document()["@context"]
    return {quad.triple for quad in parse(json.dumps(body).encode(), RdfFormat.JSON_LD)}


class TestJsonLd:
    @given(st.lists(TRIPLES, min_size=1, max_size=12))
    def test_reading_gives_the_same_triples(self, triples: list[Triple]) -> None:
        """
        Whatever the values are, and whether or not they are what a term expects, they come back as they were.
        """
        written = write(triples, CONTEXT, "/context.jsonld")
        assert written is not None
        assert read(written) == set(triples)

    def test_reader_sees_plain_names(self) -> None:
        """
        Properties have their columns' names, texts stand by language, numbers are numbers.
        """
        need = NamedNode("urn:need")
        said = [
            Triple(need, RDF.type, ECO.Need),
            Triple(need, DCTERMS.title, Literal("Skybrud", language="da")),
            Triple(need, DCTERMS.title, Literal("Skyfall", language="sv")),
            Triple(need, ECO.order, Literal("7", datatype=XSD.integer)),
            Triple(need, ECO.amount, Literal("1.5", datatype=XSD.decimal)),
            Triple(need, ECO.topic, NamedNode("urn:topic")),
        ]
        assert json.loads(write(said, CONTEXT, "/c") or b"") == {
            "@context": "/c",
            "id": "urn:need",
            "type": "Need",
            "amount": "1.5",
            "order": 7,
            "title": {"da": "Skybrud", "sv": "Skyfall"},
            "topic": "urn:topic",
        }

    def test_iri_that_looks_like_a_prefixed_name_is_not_written(self) -> None:
        """
        An IRI whose scheme is a prefix of the context would be read as another one, so nothing is written.
        """
        triple = Triple(NamedNode("urn:a"), DCTERMS.source, NamedNode("eco:Need"))
        assert write([triple], CONTEXT, "/c") is None
