"""The entries of shortlists, as values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from pyoxigraph import NamedNode
from sqlalchemy import Row

from ecograph.errors import BadParameter
from ecograph.ledger.writing import plain

RESTORABLE: Final = timedelta(days=30)
"""How long a removed entry can be brought back: until the next meeting, and no longer than that needs."""

MAX_NOTE: Final = 2000  # characters; more belongs in the partner's own files
MAX_WHY: Final = 500
MAX_NEED: Final = 5000  # characters of a typed need, as the page takes it
_MAX_IRI: Final = 2000


class Status(StrEnum):
    """How far the conversation with a candidate has come; all but the last are concepts of `shortlist-status`."""

    CONSIDERING = "considering"
    CONTACTED = "contacted"
    AGREED = "agreed"
    DECLINED = "declined"
    NOT_RELEVANT = "not-relevant"


class Happened(StrEnum):
    """What happened to an entry."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    RESTORED = "restored"
    SHARED = "shared"
    ERASED = "erased"


@dataclass(frozen=True)
class About:
    """
    The need an entry is for: one of the graph, or the words that were typed in.

    Raises:
        BadParameter: Neither or both, or too long.
    """

    iri: NamedNode | None = None
    text: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", plain(self.text).strip())
        size = len(self.iri.value) if self.iri else 0
        if bool(self.iri) == bool(self.text) or len(self.text) > MAX_NEED or size > _MAX_IRI:
            raise BadParameter(name="need", value=self.text[:40], expected=f"n09 | ≤ {MAX_NEED}")

    @property
    def key(self) -> str:
        """What tells needs apart: entries for the same words belong together."""
        return hashlib.sha256((self.iri.value if self.iri else f"\0{self.text}").encode()).hexdigest()


@dataclass(frozen=True)
class Entry:
    """
    One candidate on a partner's shortlist for a need.

    Args:
        id: Its number.
        partner: Slug of whose it is.
        about: The need.
        candidate: The thing.
        status: How far the conversation has come.
        why: Why it is not relevant, or declined.
        note: What the partner wrote about it.
        who: Who added it, as events name them.
        added_at: When.
        changed_at: When it was changed last.
        version: Counts from 1 whatever was done to it.
        removed_at: When it was removed; it can be restored for `RESTORABLE`.
        contribution_id: The contribution that its verdict was shared with, if any.
        kept: The reasons of the match at that moment, as `match.standing` writes them.
    """

    id: str
    partner: str
    about: About
    candidate: NamedNode
    status: Status
    why: str
    note: str
    who: str
    added_at: datetime
    changed_at: datetime
    version: int
    removed_at: datetime | None = None
    contribution_id: str | None = None
    kept: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Change:
    """One thing that happened to an entry, and the status it had then. What notes said before is not kept."""

    entry_id: str
    what: Happened
    status: Status
    who: str
    when: datetime


def said_of(status: Status, why: str, note: str) -> dict[str, str]:
    """What a partner says of an entry, as it is kept."""
    said = {"status": status.value, "why": plain(why).strip(), "note": plain(note).strip()}
    for name, most in (("why", MAX_WHY), ("note", MAX_NOTE)):
        if len(said[name]) > most:
            raise BadParameter(name=name, value=f"{said[name][:20]}…", expected=f"≤ {most}")
    if status is Status.NOT_RELEVANT and not said["why"]:
        raise BadParameter(name="why", value="", expected="…")
    return said


def as_entry(row: Row[Any]) -> Entry:
    """A row of `shortlist_entry` as a value."""
    return Entry(
        id=row.id,
        partner=row.partner,
        about=About(NamedNode(row.need) if row.need else None, row.need_text),
        candidate=NamedNode(row.candidate),
        status=Status(row.status),
        why=row.why,
        note=row.note,
        who=row.who,
        added_at=datetime.fromisoformat(row.added_at),
        changed_at=datetime.fromisoformat(row.changed_at),
        version=row.version,
        removed_at=datetime.fromisoformat(row.removed_at) if row.removed_at else None,
        contribution_id=row.contribution_id,
        kept=json.loads(row.kept),
    )
