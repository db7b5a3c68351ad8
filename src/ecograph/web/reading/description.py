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
from ecograph.store.base import Snapshot
from ecograph.vocabulary.labels import NAMING
from ecograph.web.reading.building import directory
from ecograph.web.reading.directory import Summary

MAX_INCOMING: Final = 1000
"""Statements that point at a thing and are shown with it; a country is pointed at by thousands."""


@dataclass(frozen=True, slots=True)
class Said:
    """
    The statements about a thing.

    Args:
        statements: What is said of it, each with its graph.
        incoming: What points at it, at most `MAX_INCOMING`.
        incoming_truncated: Whether there is more that points at it.
    """

    statements: tuple[Statement, ...]
    incoming: tuple[Statement, ...]
    incoming_truncated: bool


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
    found = of(view, thing_iri(kind, slug)) if SLUG.fullmatch(kind) and NAME.fullmatch(slug) else None
    if found is None:
        raise UnknownThing(kind=kind, id=slug)
    return found


def concept(view: View, scheme: str, slug: str) -> Thing:
    """
    A concept with everything said of it.

    Raises:
        UnknownThing: There is no such concept.
    """
    found = of(view, concept_iri(scheme, slug)) if SLUG.fullmatch(scheme) and SLUG.fullmatch(slug) else None
    if found is None:
        raise UnknownThing(kind=scheme, id=slug)
    return found


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


def of(view: View, iri: NamedNode) -> Thing | None:
    """Everything said of a thing or concept, or None if the graph says nothing of it."""
    found = said(view.snapshot, iri)
    if found is None:
        return None
    types = (cast(NamedNode, each.object) for each in found.statements if each.predicate == RDF.type)
    return Thing(
        summary=summary_of(view, iri),
        types=tuple(dict.fromkeys(types)),
        statements=found.statements,
        incoming=found.incoming,
        incoming_truncated=found.incoming_truncated,
    )


def said(snapshot: Snapshot, iri: NamedNode) -> Said | None:
    """The statements about a thing and those that point at it, or None if there is none about it."""
    statements = _statements(snapshot.quads(iri))
    if not statements:
        return None
    incoming = list(islice(snapshot.quads(None, None, iri), MAX_INCOMING + 1))
    return Said(tuple(statements), tuple(_statements(incoming[:MAX_INCOMING])), len(incoming) > MAX_INCOMING)


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
