"""Everything the graph says about one thing or concept, and what points at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final, cast

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.bootstrap import View
from ecograph.errors import UnknownThing
from ecograph.identifiers import NAME, SLUG, concept_iri, kind_and_slug, thing_iri
from ecograph.match.model import Statement
from ecograph.namespaces import CONCEPT, RDF
from ecograph.vocabulary.labels import NAMING
from ecograph.web.reading.building import directory
from ecograph.web.reading.directory import Summary

MAX_INCOMING: Final = 1000
"""Statements that point at a thing and are shown with it; a country is pointed at by thousands."""


@dataclass(frozen=True, slots=True)
class Thing:
    """
    Everything the graph says about a thing.

    Args:
        summary: The thing.
        types: Its classes.
        statements: What is said of it, each with its graph.
        incoming: What points at it, at most `MAX_INCOMING`.
        incoming_truncated: Whether there is more that points at it.
    """

    summary: Summary
    types: tuple[NamedNode, ...]
    statements: tuple[Statement, ...]
    incoming: tuple[Statement, ...]
    incoming_truncated: bool


def thing(view: View, kind: str, slug: str) -> Thing:
    """
    A thing with everything said of it.

    Args:
        view: The revision.
        kind: As in its IRI, such as `organisation`.
        slug: Likewise.

    Raises:
        UnknownThing: The graph says nothing of it.
    """
    if not (SLUG.fullmatch(kind) and NAME.fullmatch(slug)):
        raise UnknownThing(kind=kind, id=slug)
    return _thing(view, thing_iri(kind, slug), kind, slug)


def concept(view: View, scheme: str, slug: str) -> Thing:
    """
    A concept with everything said of it.

    Raises:
        UnknownThing: There is no such concept.
    """
    if not (SLUG.fullmatch(scheme) and SLUG.fullmatch(slug)):
        raise UnknownThing(kind=scheme, id=slug)
    return _thing(view, concept_iri(scheme, slug), scheme, slug)


def summary_of(view: View, iri: NamedNode) -> Summary:
    """A thing or concept as a list shows it, also one without a name of its own, such as a participation."""
    known = directory(view)
    found = known.things.get(iri) or known.concepts.get(iri)
    if found is None:
        names: dict[str, str] = {}
        for path in NAMING:
            for quad in view.snapshot.quads(iri, path):
                if isinstance(quad.object, Literal):
                    names.setdefault(quad.object.language or "", quad.object.value)
        kind = (kind_and_slug(iri) or ("concept" if iri in CONCEPT else "", ""))[0]
        found = Summary(iri, kind, names)
    return found


def _thing(view: View, iri: NamedNode, kind: str, slug: str) -> Thing:
    said = _statements(view.snapshot.quads(iri))
    if not said:
        raise UnknownThing(kind=kind, id=slug)
    incoming = list(islice(view.snapshot.quads(None, None, iri), MAX_INCOMING + 1))
    return Thing(
        summary=summary_of(view, iri),
        types=tuple(dict.fromkeys(cast(NamedNode, each.object) for each in said if each.predicate == RDF.type)),
        statements=tuple(said),
        incoming=tuple(_statements(incoming[:MAX_INCOMING])),
        incoming_truncated=len(incoming) > MAX_INCOMING,
    )


def _statements(quads: Iterable[Quad]) -> list[Statement]:
    """In the order of properties and values."""
    found = [
        Statement(quad.subject, quad.predicate, quad.object, quad.graph_name)
        for quad in quads
        if isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, NamedNode | Literal)
        and isinstance(quad.graph_name, NamedNode)
    ]
    return sorted(found, key=lambda each: (each.predicate.value, str(each.object), each.subject.value, str(each.graph)))
