"""Statements about one thing, as they stand in a snapshot, to be cited."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode

from ecograph.match.model import Statement, Texts
from ecograph.messages import LANGUAGES
from ecograph.store.base import Snapshot
from ecograph.vocabulary.labels import label_of


def about(
    snapshot: Snapshot,
    subject: NamedNode | None = None,
    predicate: NamedNode | None = None,
    object: NamedNode | None = None,
) -> tuple[Statement, ...]:
    """
    The statements that match, in a fixed order; one that several publishers make is given once, by the first of them.

    Args:
        snapshot: The graph.
        subject, predicate, object: What they have; None matches anything.
    """
    found: dict[tuple[str, str, str], Statement] = {}
    for quad in sorted(snapshot.quads(subject, predicate, object), key=str):
        if (
            isinstance(quad.subject, NamedNode)
            and isinstance(quad.object, NamedNode | Literal)
            and isinstance(quad.graph_name, NamedNode)
        ):
            key = (quad.subject.value, quad.predicate.value, str(quad.object))
            found.setdefault(key, Statement(quad.subject, quad.predicate, quad.object, quad.graph_name))
    return tuple(found.values())


def things(statements: Iterable[Statement]) -> tuple[NamedNode, ...]:
    """What statements point at, each once."""
    return tuple(dict.fromkeys(each.object for each in statements if isinstance(each.object, NamedNode)))


def thing(statement: Statement) -> NamedNode:
    """What one statement points at, which is known to be a thing."""
    assert isinstance(statement.object, NamedNode)
    return statement.object


def labels(snapshot: Snapshot, iri: NamedNode) -> Texts:
    """What a thing or concept is called, for readers of each language."""
    return {lang: label_of(snapshot, iri, lang)[0] for lang in LANGUAGES}
