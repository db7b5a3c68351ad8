"""Revisions as links of the hash chain: how one is appended, and whether each is still as it was written."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, select

from ecograph.errors import LedgerBroken
from ecograph.ledger import chain, personal, rows, tables
from ecograph.ledger.records import Kind
from ecograph.rdf.patch import Patch, digest_of


def append(
    connection: Connection,
    previous: Row[Any],
    number: int,
    kind: Kind,
    contribution: Row[Any] | None,
    patch: Patch,
    who: str,
    why: str,
    now: str,
    erased: Sequence[str] = (),
) -> Row[Any]:
    """
    Write the next revision and its personal parts, and move the head to it.

    Args:
        connection: A writer that holds the lock on the head.
        previous: The head.
        number: Of the new revision.
        kind: What it is.
        contribution: Whose revision it is; None for an erasure.
        patch: What it changes, persons included.
        who: Who publishes.
        why: The reason, where one is given.
        now: The moment, as the tables keep it.
        erased: Ids of the personal parts that an erasure forgets.

    Returns:
        The row of the new revision.
    """
    known = connection.scalars(select(tables.personal_node.c.node).distinct()).all()
    public, parts = personal.split(patch, known)
    values: dict[str, Any] = {
        "number": number,
        "kind": kind,
        "contribution_id": contribution.id if contribution else None,
        "publisher": contribution.publisher if contribution else "",
        "patch_digest": public.digest,
        "published_by": who,
        "published_at": now,
        "why": why,
        "previous_hash": previous.hash,
    }
    salts = [chain.salt() for _ in parts]
    written = [part.patch.to_bytes() for part in parts]
    digests = [chain.salted_digest(salt, data) for salt, data in zip(salts, written, strict=True)]
    events = rows.uncovered_events(connection, contribution.id) if contribution else []
    values["hash"] = chain.link(previous.hash, _covered(values, contribution, events, digests, erased))
    connection.execute(tables.revision.insert().values(patch=public.to_bytes(), **values))
    if contribution:
        connection.execute(
            tables.event.update().where(tables.event.c.id.in_([row.id for row in events])).values(revision=number)
        )
    for position, (part, salt, data, digest) in enumerate(zip(parts, salts, written, digests, strict=True)):
        part_id = uuid4().hex
        connection.execute(
            tables.personal_part.insert().values(
                id=part_id, revision=number, position=position, salt=salt, patch=data, digest=digest
            )
        )
        connection.execute(tables.personal_node.insert(), [{"node": node, "part_id": part_id} for node in part.nodes])
    connection.execute(tables.head.update().values(revision=number, hash=values["hash"]))
    return connection.execute(select(tables.revision).where(tables.revision.c.number == number)).one()


def check(connection: Connection, after: int) -> int:
    """
    Check the chain after a revision: numbers, links, hashes, statements, personal parts, contributed files, the head.

    Returns:
        How many revisions were checked.

    Raises:
        LedgerBroken: The first revision that is not as it was written, and what is wrong with it.
    """
    head = connection.execute(select(tables.head)).one()
    expected = chain.GENESIS
    if after:
        found = connection.scalar(select(tables.revision.c.hash).where(tables.revision.c.number == after))
        expected = found or expected
    number = after
    while page := rows.revisions(connection, number):
        parts = rows.parts_of(connection, [row.number for row in page])
        for row in page:
            number += 1
            _check_revision(connection, row, number, expected, parts.get(row.number, ()))
            expected = row.hash
    if (number, expected) != (head.revision, head.hash):
        raise LedgerBroken(revision=number, fault="head")
    return number - after


def details_digest(salt: bytes, file_name: str, options: str) -> str:
    """Stands in the chain for the name of a contributed file and its options, which go when the file is erased."""
    return chain.salted_digest(salt, chain.canonical({"file_name": file_name, "options": options}))


def _covered(
    revision: Mapping[str, Any],
    contribution: Row[Any] | None,
    events: Sequence[Row[Any]],
    digests: Sequence[str],
    erased: Sequence[str],
) -> dict[str, object]:
    """Everything that a revision's hash covers."""
    names: tuple[str, ...] = ("number", "kind", "publisher", "patch_digest", "published_by", "published_at", "why")
    fields: dict[str, object] = {name: revision[name] for name in names}
    fields["personal"] = list(digests)
    fields["erased"] = sorted(erased)
    if contribution:
        names = ("id", "publisher", "title", "licence", "source", "payload_digest", "submitted_by", "received_at")
        described = {name: getattr(contribution, name) for name in names}
        # Only what is there, so that revisions of contributions from before these columns keep their hash.
        later = {name: getattr(contribution, name) for name in ("details_digest", "expires_on")}
        fields["contribution"] = described | {name: value for name, value in later.items() if value is not None}
        fields["events"] = [[row.transition, row.who, row.at, row.why] for row in events]
    return fields


def _check_revision(
    connection: Connection, row: Row[Any], number: int, previous: str, parts: Sequence[Row[Any]]
) -> None:
    def broken(fault: str) -> LedgerBroken:
        return LedgerBroken(revision=row.number, fault=fault)

    if row.number != number:
        raise broken("number")
    if row.previous_hash != previous:
        raise broken("previous")
    query = select(*rows.CONTRIBUTION).where(tables.contribution.c.id == row.contribution_id)
    contribution = connection.execute(query).one_or_none()
    events = connection.execute(
        select(tables.event).where(tables.event.c.revision == number).order_by(tables.event.c.id)
    ).all()
    erased = connection.scalars(
        select(tables.personal_part.c.id).where(tables.personal_part.c.erased_by == number)
    ).all()
    digests = [part.digest for part in parts]
    if chain.link(previous, _covered(row._asdict(), contribution, events, digests, erased)) != row.hash:
        raise broken("hash")
    if digest_of(row.patch) != row.patch_digest:
        raise broken("patch")
    for part in parts:
        if part.patch is None or part.salt is None:
            if part.erased_by is None:
                raise broken("erasure")
        elif chain.salted_digest(part.salt, part.patch) != part.digest:
            raise broken("personal")
    if contribution and row.kind == Kind.PUBLICATION:
        _check_payload(connection, contribution, may_be_gone=any(part.erased_by for part in parts), broken=broken)


def _check_payload(
    connection: Connection, contribution: Row[Any], may_be_gone: bool, broken: Callable[[str], LedgerBroken]
) -> None:
    query = select(tables.contribution.c.payload).where(tables.contribution.c.id == contribution.id)
    packed = connection.scalar(query)
    if packed is None:
        if not may_be_gone:
            raise broken("erasure")
        return
    try:
        payload = zlib.decompress(packed)
    except zlib.error as error:
        raise broken("payload") from error
    salted = chain.salted_digest(contribution.payload_salt or b"", payload)
    if (salted, hashlib.sha256(payload).hexdigest()) != (contribution.payload_digest, contribution.sha256):
        raise broken("payload")
    if contribution.details_digest is not None:
        salt = contribution.payload_salt or b""
        if details_digest(salt, contribution.file_name, contribution.options) != contribution.details_digest:
            raise broken("details")
