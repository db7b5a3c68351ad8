"""
The ledger's tables, the same on SQLite and PostgreSQL.

Moments are ISO 8601 text in UTC, because the hash chain covers them and every database must give back the same text.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

contribution: Final = Table(
    "contribution",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("publisher", String(120), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("sha256", String(64), index=True),
    Column("payload", LargeBinary),
    Column("payload_salt", LargeBinary),
    Column("payload_digest", String(64), nullable=False),
    Column("submitted_by", Text, nullable=False),
    Column("received_at", String(32), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    # Counts what was decided, so that two people cannot decide about the same state of it.
    Column("version", Integer, nullable=False, server_default="1"),
    Column("file_name", Text, nullable=False, server_default=""),
    Column("options", Text, nullable=False, server_default="{}"),
    # Of file name and options; none for a contribution from before they were kept.
    Column("details_digest", String(64)),
    # As contributed, and what a renewal set it to.
    Column("expires_on", String(10)),
    Column("renewed_until", String(10)),
)

revision: Final = Table(
    "revision",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("contribution_id", ForeignKey("contribution.id"), index=True),
    Column("publisher", String(120), nullable=False, index=True),
    Column("patch", LargeBinary, nullable=False),
    Column("patch_digest", String(64), nullable=False),
    Column("published_by", Text, nullable=False),
    Column("published_at", String(32), nullable=False),
    Column("why", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
)

event: Final = Table(
    "event",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("contribution_id", ForeignKey("contribution.id"), nullable=False, index=True),
    Column("transition", String(16), nullable=False),
    Column("who", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("why", Text, nullable=False),
    # The revision whose hash covers the event; none until the contribution is published.
    Column("revision", ForeignKey("revision.number"), index=True),
)

personal_part: Final = Table(
    "personal_part",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("revision", ForeignKey("revision.number"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("salt", LargeBinary),
    Column("patch", LargeBinary),
    Column("digest", String(64), nullable=False),
    Column("erased_by", ForeignKey("revision.number")),
    Index("ix_personal_part_revision", "revision", "position", unique=True),
)

personal_node: Final = Table(
    "personal_node",
    METADATA,
    Column("node", Text, primary_key=True),
    Column("part_id", ForeignKey("personal_part.id"), primary_key=True),
)

note: Final = Table(
    "note",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("contribution_id", ForeignKey("contribution.id"), nullable=False, index=True),
    Column("who", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("words", Text, nullable=False),
)

queued_check: Final = Table(
    "queued_check",
    METADATA,
    Column("node", Text, primary_key=True),
    # The newest one that asks for the check.
    Column("revision", Integer, nullable=False),
    Column("queued_at", String(32), nullable=False, index=True),
)

answer: Final = Table(
    "answer",
    METADATA,
    Column("owner", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", String(32), nullable=False, index=True),
)

partner: Final = Table(
    "partner",
    METADATA,
    Column("slug", String(120), primary_key=True),
    Column("name", Text, nullable=False),
    Column("homepage", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("created_at", String(32), nullable=False),
)

token: Final = Table(
    "token",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("partner", ForeignKey("partner.slug"), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("label", Text, nullable=False),
    Column("secret_digest", String(64), nullable=False),
    Column("issued_at", String(32), nullable=False),
    Column("expires_at", String(32), nullable=False),
    Column("revoked_at", String(32)),
    # The token that a session was opened with.
    Column("parent", ForeignKey("token.id"), index=True),
)

shortlist_entry: Final = Table(
    "shortlist_entry",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("partner", ForeignKey("partner.slug"), nullable=False),
    # The IRI of a need; none for one that was typed in, whose words are kept instead.
    Column("need", Text),
    Column("need_text", Text, nullable=False),
    Column("need_key", String(64), nullable=False),
    Column("candidate", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("why", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("added_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("removed_at", String(32)),
    Column("contribution_id", ForeignKey("contribution.id")),
    # The reasons of the match at that moment, as JSON.
    Column("kept", Text, nullable=False),
    Index("ix_shortlist_entry_place", "partner", "need_key", "candidate", unique=True),
)

shortlist_change: Final = Table(
    "shortlist_change",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("entry_id", ForeignKey("shortlist_entry.id"), nullable=False, index=True),
    Column("what", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("who", Text, nullable=False),
    Column("at", String(32), nullable=False),
)

head: Final = Table(
    "head",
    METADATA,
    # One row, locked by the writer: it serialises publication on every database.
    Column("only", Boolean, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
