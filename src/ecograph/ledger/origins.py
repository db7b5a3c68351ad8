"""
Which revision a published statement comes from, or went with, found in the patches themselves: newest first, as text.

A patch is canonical N-Quads, so one line in one section says that a statement was added. No terms are made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, TypeAlias

from pyoxigraph import NamedNode, Quad
from sqlalchemy import ColumnElement, Connection, Row, select

from ecograph.ledger import rows, tables
from ecograph.ledger.records import Kind, Revision
from ecograph.namespaces import GRAPH
from ecograph.rdf.parsing import normalised
from ecograph.rdf.patch import n_quads

SCAN_BYTES: Final = 64 * 2**20
"""How much written patch is read for one statement: a second or two. Beyond it the answer is that it is not known."""

_LEAST_BYTES: Final = 4096  # what the smallest revision costs to fetch, in bytes of a large one

_Parts: TypeAlias = "Sequence[Row[Any]]"


def find(connection: Connection, quad: Quad) -> Revision | None:
    """
    The revision that a published statement comes from.

    A withdrawal that brings a statement back is not its origin: that is what stated it before.

    Args:
        connection: Reads the ledger.
        quad: A statement in a named graph.

    Returns:
        The newest revision that added it; None if it is not published, or if more than `SCAN_BYTES` would have to
        be read. Revisions of the graph's publisher are read first, then the others.
    """
    if not isinstance(quad.graph_name, NamedNode):
        return None
    line = f"{normalised((quad,))[0]} .\n".encode()
    own = tables.revision.c.publisher == GRAPH.local(quad.graph_name)
    before: int | None = None
    budget = SCAN_BYTES
    for row, parts in chain(_newest_first(connection, own), _newest_first(connection, ~own)):
        budget -= max(len(row.patch) + sum(len(part.patch or b"") for part in parts), _LEAST_BYTES)
        if budget < 0:
            return None
        if before is not None and row.number >= before:
            continue
        added, removed = _hits(row, parts, line)
        if added:
            before = _undone(connection, row, line)
            if before is None:
                return rows.as_revision(row, parts)
        elif removed:
            return None
    return None


def removals(connection: Connection, quads: Iterable[Quad], after: int) -> Mapping[Quad, Revision]:
    """
    The revisions that took statements out of the graph.

    Args:
        connection: Reads the ledger.
        quads: Statements in named graphs.
        after: Only revisions after this one are looked at.

    Returns:
        By statement the newest revision that removed it; nothing for one that none did, or if more than `SCAN_BYTES`
        would have to be read.
    """
    lines = {f"{normalised((quad,))[0]} .\n".encode(): quad for quad in quads}
    found: dict[Quad, Revision] = {}
    budget = SCAN_BYTES
    for row, parts in _newest_first(connection, tables.revision.c.number > after) if lines else ():
        budget -= max(len(row.patch) + sum(len(part.patch or b"") for part in parts), _LEAST_BYTES)
        if budget < 0 or not lines:
            break
        removed = [n_quads(patch)[1] for patch in (row.patch, *(part.patch for part in parts)) if patch is not None]
        for line in [line for line in lines if any(_has(section, line) for section in removed)]:
            found[lines.pop(line)] = rows.as_revision(row, parts)
    return found


def _newest_first(connection: Connection, condition: ColumnElement[bool]) -> Iterator[tuple[Row[Any], _Parts]]:
    """Revisions with their personal parts, a few in memory at a time."""
    query = select(tables.revision).where(condition).order_by(tables.revision.c.number.desc()).limit(rows.PAGE)
    page = connection.execute(query).all()
    while page:
        parts = rows.parts_of(connection, [row.number for row in page])
        for row in page:
            yield row, parts.get(row.number, ())
        page = connection.execute(query.where(tables.revision.c.number < page[-1].number)).all()


def _undone(connection: Connection, withdrawal: Row[Any], line: bytes) -> int | None:
    """The publication whose removal of the statement a withdrawal undoes; None if it undoes none."""
    if withdrawal.kind != Kind.WITHDRAWAL:
        return None
    columns = tables.revision.c
    query = select(tables.revision).where(
        columns.contribution_id == withdrawal.contribution_id, columns.kind == Kind.PUBLICATION
    )
    row = connection.execute(query).one()
    _, removed = _hits(row, rows.parts_of(connection, [row.number]).get(row.number, ()), line)
    return int(row.number) if removed else None


def _hits(row: Row[Any], parts: _Parts, line: bytes) -> tuple[bool, bool]:
    """Whether a revision adds the statement, and whether it removes it."""
    written = [row.patch, *(part.patch for part in parts if part.patch is not None)]
    sections = [n_quads(patch) for patch in written]
    return any(_has(added, line) for added, _ in sections), any(_has(removed, line) for _, removed in sections)


def _has(section: bytes, line: bytes) -> bool:
    """Whether a section of a patch has the line; a line break inside a literal is escaped, so it ends lines only."""
    return section.startswith(line) or b"\n" + line in section
