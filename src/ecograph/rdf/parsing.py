"""
Turtle and N-Triples bytes to quads of one graph: no blank node, no relative IRI and no other graph gets in.

Formats that can fetch content from elsewhere or write into others' graphs are refused by name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, Triple
from pyoxigraph import parse as _parse

from ecograph.errors import RefusedFormat, SyntaxFault
from ecograph.identifiers import thing_iri

TURTLE: Final = "text/turtle"
N_TRIPLES: Final = "application/n-triples"

_ACCEPTED: Final = {TURTLE: RdfFormat.TURTLE, N_TRIPLES: RdfFormat.N_TRIPLES}
_REFUSED: Final = {
    "application/rdf+xml": "RDF/XML",
    "application/ld+json": "JSON-LD",
    "application/trig": "TriG",
    "application/n-quads": "N-Quads",
    "text/n3": "N3",
}
_SUFFIXES: Final = {
    ".ttl": TURTLE,
    ".nt": N_TRIPLES,
    ".rdf": "application/rdf+xml",
    ".owl": "application/rdf+xml",
    ".jsonld": "application/ld+json",
    ".trig": "application/trig",
    ".nq": "application/n-quads",
    ".n3": "text/n3",
}
# pyoxigraph writes the place into the sentence as well; the place is reported apart.
_PLACE: Final = re.compile(r"^Parser error (?:at|between) line .*?: ", re.DOTALL)
_SKOLEM_KIND: Final = "node"
# Links away from a node that its name depends on: as deep as people nest, so that distant changes do not rename it.
_REACH: Final = 4


def media_type_of(file_name: str) -> str | None:
    """
    The RDF media type that a file name's ending stands for, or None if it is not RDF.

    Example:
        >>> media_type_of("behov.TTL"), media_type_of("behov.csv")
        ('text/turtle', None)
    """
    suffix = file_name[file_name.rfind(".") :].lower() if "." in file_name else ""
    return _SUFFIXES.get(suffix)


def parse(
    data: bytes,
    media_type: str,
    graph: NamedNode,
    *,
    base: str | None = None,
    file: str = "",
    keep_blank_nodes: bool = False,
) -> tuple[Quad, ...]:
    """
    The statements of a Turtle or N-Triples document as quads of one graph.

    Blank nodes become IRIs `id/node/{digest}` made from what is said about them, so the same document gives the same
    IRIs and a change in one node renames only the nodes linked to it.

    Args:
        data: The document, UTF-8.
        media_type: `text/turtle` or `application/n-triples`.
        graph: The graph of every quad that comes out.
        base: What relative IRIs are resolved against; None refuses them.
        file: Name of the document in messages.
        keep_blank_nodes: For shapes, where a property path is a blank node by definition: keep them, renamed.

    Raises:
        SyntaxFault: The document does not parse; with line and column.
        RefusedFormat: RDF/XML, JSON-LD, TriG, N-Quads or N3.

    Example:
        >>> quads = parse(b"<urn:a> <urn:b> [ <urn:c> 1 ] .", "text/turtle", NamedNode("urn:g"))
        >>> len(quads), any(isinstance(quad.object, BlankNode) for quad in quads)
        (2, False)

    Source:
        RDF 1.1 Turtle; RDF 1.1 Concepts, section 3.5 (skolemisation).
    """
    media_type = media_type.partition(";")[0].strip().lower()
    if media_type not in _ACCEPTED:
        raise RefusedFormat(file=file, format=_REFUSED.get(media_type, media_type))
    try:
        quads = list(
            _parse(
                data.removeprefix(b"\xef\xbb\xbf"),
                format=_ACCEPTED[media_type],
                base_iri=base,
                without_named_graphs=True,
                rename_blank_nodes=True,
            )
        )
    except SyntaxError as error:
        detail = _PLACE.sub("", error.msg)
        raise SyntaxFault(file=file, line=error.lineno or 1, column=error.offset or 1, detail=detail) from error
    if any(isinstance(quad.object, Triple) for quad in quads):
        line, column = _place(data, b"<<")
        raise SyntaxFault(file=file, line=line, column=column, detail="triple terms (RDF 1.2) are not accepted")
    placed = [Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads]
    return tuple(placed) if keep_blank_nodes else skolemised(placed)


def normalised(quads: Iterable[Quad]) -> tuple[Quad, ...]:
    """
    The quads as a store keeps them: each once, with numbers and truth values in their canonical form.

    Example:
        >>> from pyoxigraph import Literal
        >>> number = Literal("1.50", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))
        >>> normalised([Quad(NamedNode("urn:a"), NamedNode("urn:b"), number)])[0].object.value
        '1.5'
    """
    store = Store()
    store.extend(quads)
    return tuple(store)


def skolemised(quads: Sequence[Quad]) -> tuple[Quad, ...]:
    """
    The quads with every blank node replaced by an IRI that follows from what is said about it.

    Source:
        RDF 1.1 Concepts, section 3.5. Nodes are told apart by colour refinement over their statements; those that stay
        alike say the same, and are numbered.
    """
    mentions: dict[BlankNode, list[tuple[Quad, bool]]] = defaultdict(list)
    for quad in quads:
        if isinstance(quad.subject, BlankNode):
            mentions[quad.subject].append((quad, True))
        if isinstance(quad.object, BlankNode):
            mentions[quad.object].append((quad, False))
    if not mentions:
        return tuple(quads)
    iris = _skolem_iris(mentions)

    def named(term: object) -> object:
        return iris[term] if isinstance(term, BlankNode) else term

    return tuple(Quad(named(q.subject), q.predicate, named(q.object), q.graph_name) for q in quads)  # type: ignore[arg-type]


def _skolem_iris(mentions: dict[BlankNode, list[tuple[Quad, bool]]]) -> dict[BlankNode, NamedNode]:
    colours = dict.fromkeys(mentions, "")
    for _ in range(_REACH):
        colours = {node: _colour(said, colours) for node, said in mentions.items()}
    found = len(set(colours.values()))
    while found < len(colours):
        finer = {node: _colour(said, colours) for node, said in mentions.items()}
        alike = Counter(colours.values())
        colours = {node: colour if alike[colour] == 1 else finer[node] for node, colour in colours.items()}
        distinct, found = found, len(set(colours.values()))
        if found == distinct:
            break
    iris: dict[BlankNode, NamedNode] = {}
    seen: Counter[str] = Counter()
    for node in sorted(mentions, key=lambda item: colours[item]):
        colour = colours[node]
        seen[colour] += 1
        name = colour[:24] if seen[colour] == 1 else f"{colour[:24]}-{seen[colour]}"
        iris[node] = thing_iri(_SKOLEM_KIND, name)
    return iris


def _colour(said: list[tuple[Quad, bool]], colours: dict[BlankNode, str]) -> str:
    lines = []
    for quad, is_subject in said:
        other = quad.object if is_subject else quad.subject
        shown = colours[other] if isinstance(other, BlankNode) else str(other)
        lines.append(f"{'>' if is_subject else '<'} {quad.graph_name} {quad.predicate} {shown}")
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _place(data: bytes, mark: bytes) -> tuple[int, int]:
    at = max(data.find(mark), 0)
    before = data[:at]
    return before.count(b"\n") + 1, at - before.rfind(b"\n")
