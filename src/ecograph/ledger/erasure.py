"""Forgetting a person: their statements in every revision, and all that contributions about them brought along."""

from __future__ import annotations

from collections.abc import Sequence

from pyoxigraph import Literal, NamedNode
from sqlalchemy import Connection, select

from ecograph.errors import UnknownThing
from ecograph.identifiers import kind_and_slug
from ecograph.ledger import decisions, links, personal, rows, shortlists, tables
from ecograph.ledger.records import ERASED, Kind, Revision
from ecograph.ledger.writing import moment, plain
from ecograph.namespaces import FOAF
from ecograph.rdf.patch import Patch


def erase(connection: Connection, person: NamedNode, who: str, why: str) -> Revision:
    """
    Forget a person, inside the connection's transaction.

    Returns:
        The revision that records the erasure.

    Raises:
        UnknownThing: No published statement describes such a person.
    """
    previous = rows.lock_head(connection)
    parts = rows.parts_about(connection, person.value)
    if not parts:
        raise UnknownThing(kind="person", id=(kind_and_slug(person) or ("", person.value))[1])
    who, why = plain(who), plain(why)
    shortlists.forget(connection, *_known_as(connection, person, parts), who)
    number, now = previous.revision + 1, moment()
    row = links.append(connection, previous, number, Kind.ERASURE, None, Patch(), who, why, now, erased=parts)
    of_parts = select(tables.personal_part.c.revision).where(tables.personal_part.c.id.in_(parts))
    contributions = connection.scalars(
        select(tables.revision.c.contribution_id).where(tables.revision.c.number.in_(of_parts)).distinct()
    ).all()
    connection.execute(
        tables.personal_part.update()
        .where(tables.personal_part.c.id.in_(parts))
        .values(patch=None, salt=None, erased_by=number)
    )
    _forget_nodes(connection, parts)
    connection.execute(tables.note.delete().where(tables.note.c.contribution_id.in_(contributions)))
    # What was answered to whom is not kept by person, and goes within a day in any case.
    connection.execute(tables.answer.delete())
    for contribution_id in contributions:
        decisions.change(
            connection, contribution_id, payload=None, payload_salt=None, sha256=None, file_name="", options="{}"
        )
        decisions.happened(connection, contribution_id, ERASED, who, why, now)
    return rows.as_revision(row, ())


def _known_as(connection: Connection, person: NamedNode, parts: Sequence[str]) -> tuple[set[str], set[str]]:
    """The IRIs that stand for a person and for what is said of them, and what the person is called."""
    nodes: set[str] = {person.value}
    names: set[str] = set()
    query = select(tables.personal_part.c.patch).where(tables.personal_part.c.id.in_(parts))
    for written in connection.scalars(query):
        patch = Patch.from_bytes(written) if written is not None else Patch()
        nodes.update(personal.said_of(patch, person.value))
        names.update(
            quad.object.value
            for quad in (*patch.additions, *patch.removals)
            if quad.subject == person and quad.predicate == FOAF.name and isinstance(quad.object, Literal)
        )
    return nodes, names


def _forget_nodes(connection: Connection, parts: Sequence[str]) -> None:
    """Forget which things the parts named; those that nothing else names are no longer waiting to be checked."""
    of_parts = tables.personal_node.c.part_id.in_(parts)
    named = connection.scalars(select(tables.personal_node.c.node).where(of_parts).distinct()).all()
    connection.execute(tables.personal_node.delete().where(of_parts))
    node = tables.queued_check.c.node
    connection.execute(
        tables.queued_check.delete().where(node.in_(named), node.not_in(select(tables.personal_node.c.node)))
    )
