"""
Turtle and N-Triples bytes to quads of one graph: no blank node, no relative IRI and no other graph gets in.

Formats that can fetch content from elsewhere or write into others' graphs are refused by name, and by their content
where the name says otherwise. What is nested too deeply for the parser's stack never reaches it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple
from pyoxigraph import parse as _parse

from ecograph.errors import RefusedFormat, SyntaxFault, TooLarge
from ecograph.identifiers import COMMON, Space
from ecograph.rdf.positions import Position, Structure, position
from ecograph.rdf.skolemising import skolemised
from ecograph.rdf.terms import MAX_IRI, MAX_TEXT, visible

TURTLE: Final = "text/turtle"
N_TRIPLES: Final = "application/n-triples"

_ACCEPTED: Final = {TURTLE: RdfFormat.TURTLE, N_TRIPLES: RdfFormat.N_TRIPLES}
_REFUSED: Final = {
    "application/rdf+xml": "RDF/XML",
    "application/ld+json": "JSON-LD",
    "application/json": "JSON",
    "application/trig": "TriG",
    "application/n-quads": "N-Quads",
    "text/n3": "N3",
    "application/trix": "TriX",
    "application/vnd.hdt": "HDT",
}
_SUFFIXES: Final = {
    ".ttl": TURTLE,
    ".nt": N_TRIPLES,
    ".rdf": "application/rdf+xml",
    ".owl": "application/rdf+xml",
    ".jsonld": "application/ld+json",
    ".json": "application/json",
    ".trig": "application/trig",
    ".nq": "application/n-quads",
    ".n3": "text/n3",
    ".trix": "application/trix",
    ".hdt": "application/vnd.hdt",
}
# What the first bytes of a file tell, whatever it is called.
_BEGINNINGS: Final = (
    (re.compile(rb"\s*(?:<\?xml|<!DOCTYPE|<!--|<rdf:RDF)", re.IGNORECASE), "RDF/XML"),
    (re.compile(rb'\s*(?:\{|\[\s*\{)\s*[}"]'), "JSON-LD"),
    (re.compile(rb"\$HDT"), "HDT"),
    (re.compile(rb"PK\x03\x04"), "ZIP"),
    (re.compile(rb"\x1f\x8b"), "GZIP"),
)
_RULE: Final = re.compile(rb"\}\s*=>\s*\{")
_DISGUISES: Final = ((RdfFormat.N_QUADS, "N-Quads"), (RdfFormat.TRIG, "TriG"), (RdfFormat.N3, "N3"))

# The parser's sentences, and the key of ours for each (`rdf.fault` in `locales/`).
_REASONS: Final = tuple(
    (re.compile(pattern, re.DOTALL), reason)
    for pattern, reason in (
        (r"No scheme found in an absolute IRI", "relative-address"),
        (r"The prefix (\S*) has not been declared", "unknown-prefix"),
        (r"The PREFIX |.* is not a valid prefix", "bad-prefix"),
        (r"Unexpected end", "unfinished"),
        (r"Line jumps are not allowed", "line-break"),
        (r"A dot is expected", "dot-expected"),
        (r"(.+) is not a valid RDF object", "not-a-value"),
        (r"(.+) is not a valid predicate", "not-a-property"),
        (r"(.+) is not a valid subject", "not-a-thing"),
        (r"Invalid IRI [a-z ]+'(.*)'", "bad-address"),
        (r"The escape sequence|Unexpected escape|escapes in IRIs|The character that are allowed", "bad-escape"),
        (r"A language code|Unexpected character", "bad-language"),
        (r"'(.+)' is not allowed at the beginning", "bad-letter"),
        (r"blank node property lists", "bracket"),
        (r"Invalid UTF-8", "not-utf8"),
    )
)

MAX_NESTING: Final = 64
"""Brackets within brackets: people nest four or five; some thousand statements about statements end the process."""

MAX_PREFIXES: Final = 200
"""Prefixes a document declares: all of ours and everybody else's in use are fewer."""

_BYTES_PER_CHARACTER: Final = 10
"""Of a text with each letter written as `\\U0001F600`. One over the limit that is shorter is a finding at its place."""

# pyoxigraph writes the place into the sentence as well; the place is reported apart.
_PLACE: Final = re.compile(r"^Parser error (?:at|between) line .*?: ", re.DOTALL)

BOM: Final = b"\xef\xbb\xbf"


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
    space: Space = COMMON,
) -> tuple[Quad, ...]:
    """
    The statements of a Turtle or N-Triples document as quads of one graph.

    Blank nodes become IRIs `id/node/{digest}` made from what is said about them, so the same document gives the same
    IRIs and a change in one node renames only the nodes linked to it.

    Args:
        data: The document, UTF-8.
        media_type: `text/turtle` or `application/n-triples`.
        graph: The graph of every quad that comes out.
        base: What relative IRIs are resolved against; None refuses them, and a document that brings its own.
        file: Name of the document in messages.
        keep_blank_nodes: For shapes, where a property path is a blank node by definition: keep them, renamed.
        space: In which blank nodes are named: `id/node/{space}_{digest}`.

    Raises:
        SyntaxFault: The document does not parse; with line and column.
        RefusedFormat: RDF/XML, JSON-LD, TriG, N-Quads, N3 or HDT, whatever the document is called.
        TooLarge: Deeper nesting than `MAX_NESTING`, more prefixes than `MAX_PREFIXES`, an address longer than
            `MAX_IRI`, or a text many times longer than `MAX_TEXT`.

    Example:
        >>> quads = parse(b"<urn:a> <urn:b> [ <urn:c> 1 ] .", "text/turtle", NamedNode("urn:g"))
        >>> len(quads), type(quads[1].object).__name__
        (2, 'NamedNode')

    Source:
        RDF 1.1 Turtle; RDF 1.1 Concepts, section 3.5 (skolemisation).
    """
    placed = statements(data, media_type, graph, base=base, file=file)
    return tuple(placed) if keep_blank_nodes else skolemised(placed, space)


def statements(
    data: bytes,
    media_type: str,
    graph: NamedNode,
    *,
    base: str | None = None,
    file: str = "",
    most: int | None = None,
) -> list[Quad]:
    """
    The same with blank nodes, renamed, in the order of the document.

    Args:
        data, media_type, graph, base, file: As for `parse`.
        most: How many statements it may hold; None for any number.

    Raises:
        SyntaxFault, RefusedFormat, TooLarge: As `parse` does; and too large for more than `most` statements.
    """
    data = data.removeprefix(BOM)
    media_type = media_type.partition(";")[0].strip().lower()
    if media_type not in _ACCEPTED:
        raise RefusedFormat(file=file, format=_REFUSED.get(media_type, media_type))
    disguised = next((name for beginning, name in _BEGINNINGS if beginning.match(data)), None)
    if disguised:
        raise RefusedFormat(file=file, format=disguised)
    structure = Structure.of(data)
    _require_shallow(structure, file)
    try:
        parser = _parse(
            data,
            format=_ACCEPTED[media_type],
            base_iri=base,
            without_named_graphs=True,
            rename_blank_nodes=True,
        )
        quads = list(islice(parser, most + 1 if most is not None else None))
    except SyntaxError as error:
        name = _disguise(data)
        if name:
            raise RefusedFormat(file=file, format=name) from error
        detail = _PLACE.sub("", error.msg)
        place = Position(error.lineno or 1, error.offset or 1)
        raise _fault(file, place, detail, *_reason(detail)) from error
    if most is not None and len(quads) > most:
        raise TooLarge(file=file, what="triples", limit=most, found=len(quads))
    if any(isinstance(quad.object, Triple) for quad in quads):
        place = position(data, structure.marks.get("statement", 0))
        raise _fault(file, place, "triple terms (RDF 1.2) are not accepted", "statement-about-statement")
    if base is None and parser.base_iri is not None:
        place = position(data, structure.marks.get("base", 0))
        raise _fault(file, place, "no base is accepted", "base")
    return [Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads]


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


def _fault(file: str, place: Position, detail: str, reason: str, value: str = "") -> SyntaxFault:
    return SyntaxFault(
        file=file, line=place.line, column=place.column, detail=detail, reason=reason, value=visible(value)
    )


def _reason(detail: str) -> tuple[str, str]:
    """The key of the sentence that says what the parser says, and the part of the document that it names."""
    for pattern, reason in _REASONS:
        found = pattern.match(detail)
        if found:
            return reason, found[1] if found.lastindex else ""
    return "other", ""


def _require_shallow(structure: Structure, file: str) -> None:
    limits = (
        ("nesting", MAX_NESTING, structure.depth),
        ("prefixes", MAX_PREFIXES, structure.prefixes),
        ("iri_characters", MAX_IRI, structure.longest_iri - 2),
    )
    for what, limit, found in limits:
        if found > limit:
            raise TooLarge(file=file, what=what, limit=limit, found=found)
    if structure.longest_text > MAX_TEXT * _BYTES_PER_CHARACTER:
        raise TooLarge(file=file, what="text_characters", limit=MAX_TEXT, found=structure.longest_text)


def _disguise(data: bytes) -> str | None:
    """The format that a document has instead of the one its name promises, if it names graphs or has rules."""
    for form, name in _DISGUISES:
        try:
            graphs = {quad.graph_name for quad in _parse(data, format=form, rename_blank_nodes=True)}
        except SyntaxError:
            continue
        if graphs - {DefaultGraph()}:
            return name
    return "N3" if _RULE.search(data) else None
