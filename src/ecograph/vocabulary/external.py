"""
Vocabularies of others that our topics are mapped to, read from compact tables in `data/vocabularies/`.

Each becomes SKOS in a graph of its own: `graph/vocabulary/cpv`, `sdg`, `eurovoc`, `euroscivoc`. CPV and the goals are
whole; of the other two only the concepts that a topic is mapped to are here, with their English labels.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.identifiers import thing_iri
from ecograph.messages import LANGUAGES
from ecograph.namespaces import DCTERMS, GRAPH, PROV, PROVENANCE_GRAPH, RDF, SKOS, VOID, XSD
from ecograph.rdf.parsing import TURTLE, parse

FOLDER: Final = Path("data/vocabularies")


@dataclass(frozen=True)
class Vocabulary:
    """
    A vocabulary of somebody else's.

    Args:
        name: Of its table, description and graph.
        scheme: The `skos:ConceptScheme`, by its publisher's IRI.
        namespace: What comes before the code in a concept's IRI, where the table holds codes and not IRIs.
    """

    name: str
    scheme: NamedNode
    namespace: str = ""

    @property
    def graph(self) -> NamedNode:
        """The named graph its concepts are in."""
        return GRAPH[f"vocabulary/{self.name}"]


CPV: Final = Vocabulary("cpv", NamedNode("http://data.europa.eu/cpv/cpv"), "http://data.europa.eu/cpv/cpv/")
SDG: Final = Vocabulary("sdg", NamedNode("http://metadata.un.org/sdg"), "http://metadata.un.org/sdg/")
EUROVOC: Final = Vocabulary("eurovoc", NamedNode("http://eurovoc.europa.eu/100141"))
EUROSCIVOC: Final = Vocabulary(
    "euroscivoc", NamedNode("http://data.europa.eu/8mn/euroscivoc/40c0f173-baa3-48a3-9fe6-d6e8fb366a00")
)
VOCABULARIES: Final = (CPV, SDG, EUROVOC, EUROSCIVOC)


def load(resources_dir: Path) -> Iterator[tuple[NamedNode, tuple[Quad, ...]]]:
    """
    The external vocabularies as SKOS, each with the graph it belongs in.

    Args:
        resources_dir: Holds `data/vocabularies/`.

    Returns:
        Per vocabulary its graph and quads: a `skos:ConceptScheme`, and concepts with labels, notation and broader.
    """
    for vocabulary in VOCABULARIES:
        yield vocabulary.graph, tuple(_quads(vocabulary, resources_dir / FOLDER))


def describe(resources_dir: Path, graph: NamedNode, statements: int) -> tuple[Quad, ...]:
    """
    Where a vocabulary comes from and under which licence, for the provenance graph.

    Args:
        resources_dir: Holds `data/vocabularies/`.
        graph: The graph of a vocabulary.
        statements: How many quads it holds.

    Returns:
        Its `eco:Contribution` and `graph prov:wasDerivedFrom contribution`; nothing for any other graph.
    """
    found = next((each for each in VOCABULARIES if each.graph == graph), None)
    if found is None:
        return ()
    return (
        *_description(found, resources_dir / FOLDER),
        Quad(graph, PROV.wasDerivedFrom, contribution_iri(found), PROVENANCE_GRAPH),
        Quad(graph, VOID.triples, Literal(str(statements), datatype=XSD.integer), PROVENANCE_GRAPH),
    )


def contribution_iri(vocabulary: Vocabulary) -> NamedNode:
    """The `eco:Contribution` that describes a vocabulary."""
    return thing_iri("contribution", vocabulary.name)


def cpv_parent(code: str, known: Collection[str]) -> str | None:
    """
    The code right above a CPV code: its last digit that is not zero becomes zero, until the result is a known code.

    Args:
        code: Eight digits.
        known: Every code there is.

    Returns:
        A code, or None for one of the divisions, which stand at the top.

    Example:
        >>> known = {"34000000", "34920000", "34928500"}
        >>> cpv_parent("34928500", known), cpv_parent("34920000", known), cpv_parent("34000000", known)
        ('34920000', '34000000', None)

    Source:
        Regulation (EC) 213/2008, annex I: the structure of CPV codes.
    """
    digits = code.rstrip("0")
    while len(digits) > 2:
        digits = digits[:-1]
        candidate = digits.ljust(len(code), "0")
        if candidate != code and candidate in known:
            return candidate
    return None


def _quads(vocabulary: Vocabulary, folder: Path) -> Iterator[Quad]:
    graph, scheme = vocabulary.graph, vocabulary.scheme
    yield Quad(scheme, RDF.type, SKOS.ConceptScheme, graph)
    for quad in _description(vocabulary, folder):
        if quad.predicate == DCTERMS.title:
            yield Quad(scheme, SKOS.prefLabel, quad.object, graph)
    rows = _rows(folder / f"{vocabulary.name}.csv")
    parents = _parents(vocabulary, rows)
    for row in rows:
        code = row.get("code")
        concept = NamedNode(vocabulary.namespace + code if code else row["iri"])
        yield Quad(concept, RDF.type, SKOS.Concept, graph)
        yield Quad(concept, SKOS.inScheme, scheme, graph)
        if code:
            yield Quad(concept, SKOS.notation, Literal(code), graph)
            parent = parents.get(code)
            if parent:
                yield Quad(concept, SKOS.broader, NamedNode(vocabulary.namespace + parent), graph)
            else:
                yield Quad(concept, SKOS.topConceptOf, scheme, graph)
        for lang in LANGUAGES:
            if label := row.get(f"label_{lang}"):
                yield Quad(concept, SKOS.prefLabel, Literal(label, language=lang), graph)


def _parents(vocabulary: Vocabulary, rows: list[dict[str, str]]) -> Mapping[str, str | None]:
    if vocabulary is CPV:
        known = {row["code"] for row in rows}
        return {code: cpv_parent(code, known) for code in known}
    return {row["code"]: row["parent"] or None for row in rows if "parent" in row}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _description(vocabulary: Vocabulary, folder: Path) -> tuple[Quad, ...]:
    path = folder / f"{vocabulary.name}.ttl"
    return parse(path.read_bytes(), TURTLE, PROVENANCE_GRAPH, file=path.name)
