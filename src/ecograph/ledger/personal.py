"""
Which statements describe a person, so that the ledger can keep them apart and forget them.

A person is an IRI `id/person/...`. A statement is about a person if a person is its subject or object, or if its
subject or object is a thing that says something of a person: a membership, or a claim that a person makes or is about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode, Quad

from ecograph.namespaces import ECO, ID, ORG
from ecograph.rdf.patch import Patch

PERSON: Final = ID["person/"].value
MEMBERSHIP: Final = ID["membership/"].value

_SAYING: Final = frozenset({ORG.member, ECO.claimant, ECO.about})
"""Properties whose subject exists only to say something of their object."""


@dataclass(frozen=True)
class PersonalPart:
    """The statements of a patch that share the same persons, and things said of persons: `nodes`, sorted IRIs."""

    nodes: tuple[str, ...]
    patch: Patch


def split(patch: Patch, known: Iterable[str] = ()) -> tuple[Patch, tuple[PersonalPart, ...]]:
    """
    The patch without what describes persons, and what does, in parts that can be erased one by one.

    Args:
        patch: What changes.
        known: IRIs that earlier patches showed to be persons or things said of them.

    Returns:
        The impersonal patch, and the parts in the order of their nodes; together they are the patch.

    Source:
        docs/durability.md, "Persons"; DESIGN section 4.6.
    """
    nodes = set(_nodes(patch.additions)) | set(_nodes(patch.removals))
    nodes.update(known)
    if not nodes:
        return patch, ()
    added, removed = _grouped(patch.additions, nodes), _grouped(patch.removals, nodes)
    parts = tuple(
        PersonalPart(key, Patch(tuple(added.get(key, ())), tuple(removed.get(key, ()))))
        for key in sorted(added.keys() | removed.keys())
        if key
    )
    return Patch(tuple(added.get((), ())), tuple(removed.get((), ()))), parts


def said_of(patch: Patch, person: str) -> Iterator[str]:
    """The things in the patch that say something of a person: their memberships and claims."""
    for quad in patch.additions + patch.removals:
        if quad.predicate in _SAYING and _value(quad.object) == person:
            yield _value(quad.subject)


def _nodes(quads: Iterable[Quad]) -> Iterator[str]:
    for quad in quads:
        subject, value = _value(quad.subject), _value(quad.object)
        if subject.startswith((PERSON, MEMBERSHIP)):
            yield subject
        if value.startswith((PERSON, MEMBERSHIP)):
            yield value
            if quad.predicate in _SAYING and value.startswith(PERSON):
                yield subject


def _grouped(quads: Iterable[Quad], nodes: AbstractSet[str]) -> dict[tuple[str, ...], list[Quad]]:
    found: dict[tuple[str, ...], list[Quad]] = defaultdict(list)
    for quad in quads:
        found[tuple(sorted({_value(quad.subject), _value(quad.object)} & nodes))].append(quad)
    return found


def _value(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else ""
