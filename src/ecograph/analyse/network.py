"""The graph as a network: things as nodes, statements between them as edges, each with whose words it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Final
from xml.sax.saxutils import escape

import networkx
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.identifiers import kind_and_slug
from ecograph.messages import LANGUAGES, Language, language_of
from ecograph.namespaces import ECO, GRAPH, ID, PROVENANCE_GRAPH, RDF, RDFS, SH
from ecograph.store.base import Snapshot
from ecograph.vocabulary.labels import NAMING

_REMEMBERED: Final = 512
"""Ends of statements whose class need not be looked up again: many lead to the same few municipalities and projects."""

_SHAPES: Final = GRAPH.shapes
_ABOUT: Final = frozenset({GRAPH.ontology, _SHAPES, GRAPH.concepts, GRAPH.alignments, GRAPH.queries, PROVENANCE_GRAPH})
"""Graphs about the model and the contributions; their things are none of the ecosystem's."""
_NAMES: Final[Mapping[NamedNode, int]] = {path: rank for rank, path in enumerate(NAMING)}


@dataclass(frozen=True, slots=True)
class Node:
    """
    A thing.

    Args:
        id: Its IRI.
        kind: As in its IRI, such as `organisation`.
        country: Slugs of its countries, joined by a space; empty where none is stated.
        label_da, label_sv, label_en: What it is called; a name without language, or one in another language, where the
            thing has none in this one, so that no node is nameless.
    """

    id: str
    kind: str
    country: str
    label_da: str
    label_sv: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Edge:
    """
    A statement between two things.

    Args:
        source: IRI of its subject.
        target: IRI of its object.
        property: IRI of its predicate.
        label: What the property is called.
        graph: IRI of the graph it is in: whose words it is.
    """

    source: str
    target: str
    property: str
    label: str
    graph: str


def network(snapshot: Snapshot, language: Language | None = None) -> networkx.MultiDiGraph[str]:
    """
    Every thing and every statement between two things.

    Args:
        snapshot: The revision; what is said of contributions and publications is left out.
        language: Of the labels of edges, and of a further attribute `label` of nodes; None names edges in English and
            leaves `label` out.

    Returns:
        Nodes are IRIs with `kind`, `country` (slugs joined by a space), `label_da`, `label_sv` and `label_en`. Edges
        have `property`, `label` and `graph`, and as key the pair of property and graph, so that the same said by two
        is two edges.

    Source:
        docs/linked-data.md, "The network".
    """
    found: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for node in nodes(snapshot):
        attributes = {each.name: getattr(node, each.name) for each in fields(Node) if each.name != "id"}
        if language is not None:
            attributes["label"] = attributes[f"label_{language}"]
        found.add_node(node.id, **attributes)
    for edge in edges(snapshot, language or "en"):
        found.add_edge(
            edge.source,
            edge.target,
            key=(edge.property, edge.graph),
            property=edge.property,
            label=edge.label,
            graph=edge.graph,
        )
    return found


def nodes(snapshot: Snapshot) -> Iterator[Node]:
    """Every thing that has a class or is an end of a statement between things, one at a time."""
    for iri in _things(snapshot):
        names: dict[str, tuple[int, str]] = {}
        countries = set()
        for quad in snapshot.quads(iri):
            if isinstance(quad.object, Literal):
                rank = _NAMES.get(quad.predicate)
                lang = quad.object.language or ""
                if rank is not None and (rank, quad.object.value) < names.get(lang, (len(_NAMES), "")):
                    names[lang] = rank, quad.object.value
            elif quad.predicate == ECO.country and isinstance(quad.object, NamedNode):
                countries.add(quad.object.value.rpartition("/")[2])
        kind, slug = kind_and_slug(iri) or ("", iri.value)
        labels = {lang: _named(names, lang) or slug for lang in LANGUAGES}
        yield Node(iri.value, kind, " ".join(sorted(countries)), labels["da"], labels["sv"], labels["en"])


def edges(snapshot: Snapshot, language: Language) -> Iterator[Edge]:
    """Every statement between two things, one at a time."""
    labels = property_labels(snapshot, language)
    for quad in _links(snapshot):
        assert isinstance(quad.subject, NamedNode)
        assert isinstance(quad.object, NamedNode)
        assert isinstance(quad.graph_name, NamedNode)
        label = labels.get(quad.predicate) or _local(quad.predicate)
        yield Edge(quad.subject.value, quad.object.value, quad.predicate.value, label, quad.graph_name.value)


def property_labels(snapshot: Snapshot, language: Language) -> Mapping[NamedNode, str]:
    """What properties are called: by the templates, or else by the ontology."""
    found: dict[NamedNode, str] = {}
    paths: dict[object, NamedNode] = {
        quad.subject: quad.object
        for quad in snapshot.quads(None, SH.path, None, _SHAPES)
        if isinstance(quad.object, NamedNode)
    }
    for quad in sorted(snapshot.quads(None, SH.name, None, _SHAPES), key=str):
        if quad.subject in paths and _is_in(quad, language):
            found.setdefault(paths[quad.subject], _text(quad))
    for quad in snapshot.quads(None, RDFS.label, None, GRAPH.ontology):
        if isinstance(quad.subject, NamedNode) and _is_in(quad, language):
            found.setdefault(quad.subject, _text(quad))
    return found


def write_nodes(snapshot: Snapshot) -> Iterator[bytes]:
    """The nodes as CSV (RFC 4180) with the headings that Gephi knows, in pieces."""
    return write_csv(
        ("Id", "Label", "kind", "country", "label_da", "label_sv", "label_en"),
        (
            (each.id, each.label_en, each.kind, each.country, each.label_da, each.label_sv, each.label_en)
            for each in nodes(snapshot)
        ),
    )


def write_edges(snapshot: Snapshot, language: Language = "en") -> Iterator[bytes]:
    """The edges as CSV (RFC 4180) with the headings that Gephi knows, in pieces."""
    return write_csv(
        ("Source", "Target", "Type", "Label", "property", "graph"),
        (
            (each.source, each.target, "Directed", each.label, each.property, each.graph)
            for each in edges(snapshot, language)
        ),
    )


def write_graphml(snapshot: Snapshot, language: Language = "en") -> Iterator[bytes]:
    """
    The network as GraphML, in pieces, so that its size costs no memory.

    Source:
        GraphML primer, graphdrawing.org.
    """
    of_nodes = ("label", "kind", "country", "label_da", "label_sv", "label_en")
    of_edges = ("label", "property", "graph")
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for what, keys in (("node", of_nodes), ("edge", of_edges)):
        for key in keys:
            yield f'<key id="{what}-{key}" for="{what}" attr.name="{key}" attr.type="string"/>\n'.encode()
    yield b'<graph edgedefault="directed">\n'
    for node in nodes(snapshot):
        said = (node.label_en, node.kind, node.country, node.label_da, node.label_sv, node.label_en)
        yield f'<node id="{_xml(node.id)}">{_data("node", of_nodes, said)}</node>\n'.encode()
    for edge in edges(snapshot, language):
        ends = f'source="{_xml(edge.source)}" target="{_xml(edge.target)}"'
        yield f"<edge {ends}>{_data('edge', of_edges, (edge.label, edge.property, edge.graph))}</edge>\n".encode()
    yield b"</graph>\n</graphml>\n"


def _things(snapshot: Snapshot) -> Iterator[NamedNode]:
    """Each once. No list of all of them is kept: a thing comes with the first of the statements of its classes."""
    for quad in snapshot.quads(None, RDF.type):
        if isinstance(quad.subject, NamedNode) and _is_data(quad):
            classes = _types(snapshot, quad.subject)
            if len(classes) == 1 or quad == min(classes, key=str):
                yield quad.subject

    @lru_cache(maxsize=_REMEMBERED)
    def has_class(node: NamedNode) -> bool:
        return bool(_types(snapshot, node))

    without_class: set[NamedNode] = set()  # few: whoever publishes a thing says what it is
    for quad in _links(snapshot):
        for end in (quad.subject, quad.object):
            if isinstance(end, NamedNode) and not has_class(end) and end not in without_class:
                without_class.add(end)
                yield end


def _types(snapshot: Snapshot, node: NamedNode) -> list[Quad]:
    return [quad for quad in snapshot.quads(node, RDF.type) if _is_data(quad)]


def _links(snapshot: Snapshot) -> Iterator[Quad]:
    return (quad for quad in snapshot.quads() if quad.object in ID and _is_data(quad))


def _is_data(quad: Quad) -> bool:
    return quad.subject in ID and isinstance(quad.graph_name, NamedNode) and quad.graph_name not in _ABOUT


def _named(names: Mapping[str, tuple[int, str]], lang: Language) -> str:
    order = (lang, "", "en", "da", "sv", *sorted(names))
    return next((names[each][1] for each in order if each in names), "")


def _is_in(quad: Quad, language: Language) -> bool:
    return isinstance(quad.object, Literal) and language_of(quad.object.language or "") == language


def _text(quad: Quad) -> str:
    assert isinstance(quad.object, Literal)
    return quad.object.value


def _local(node: NamedNode) -> str:
    return node.value.rpartition("#")[2].rpartition("/")[2]


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A table of any length as CSV (RFC 4180), in pieces."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(header)
    for row in rows:
        writer.writerow(row)
        if written.tell() > _PIECE_CHARS:
            yield written.getvalue().encode()
            written.seek(0)
            written.truncate()
    yield written.getvalue().encode()


_PIECE_CHARS: Final = 1 << 16


def _data(what: str, keys: Sequence[str], values: Sequence[str]) -> str:
    return "".join(
        f'<data key="{what}-{key}">{_xml(value)}</data>' for key, value in zip(keys, values, strict=True) if value
    )


# What XML 1.0 cannot hold, section 2.2; a literal can.
_CONTROLS: Final = dict.fromkeys((*(code for code in range(32) if chr(code) not in "\t\n\r"), 0xFFFE, 0xFFFF))


def _xml(text: str) -> str:
    return escape(text.translate(_CONTROLS), {'"': "&quot;"})
