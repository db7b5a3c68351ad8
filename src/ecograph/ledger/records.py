"""What the ledger keeps, as values: contributions, what happened to them, and the revisions they became."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Final, TypeAlias

from ecograph.rdf.patch import Patch, Step, merged

JsonValue: TypeAlias = "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
"""What JSON can write."""


class State(StrEnum):
    """Where a contribution stands, from its arrival to its publication and, perhaps, its withdrawal or expiry."""

    RECEIVED = "received"
    CHECKED = "checked"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Kind(StrEnum):
    """What a revision is: a publication, the undoing of one (also when it expired), or the erasure of a person."""

    PUBLICATION = "publication"
    WITHDRAWAL = "withdrawal"
    ERASURE = "erasure"


TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    State.RECEIVED: frozenset({State.CHECKED, State.RETURNED}),
    State.CHECKED: frozenset({State.SUBMITTED, State.RETURNED}),
    State.SUBMITTED: frozenset({State.APPROVED, State.RETURNED}),
    State.RETURNED: frozenset({State.CHECKED}),
    State.APPROVED: frozenset({State.PUBLISHED, State.RETURNED}),
    State.PUBLISHED: frozenset({State.WITHDRAWN, State.EXPIRED}),
    State.WITHDRAWN: frozenset(),
    State.EXPIRED: frozenset(),
}
"""The steps a contribution can take."""

ERASED: Final = "erased"
"""What happened to a contribution whose file was forgotten with a person; not a state."""

RENEWED: Final = "renewed"
"""What happened to a published contribution that stays longer; not a state. The reason is the new date."""

_FORWARD: Final = (State.RECEIVED, State.CHECKED, State.SUBMITTED, State.APPROVED)


def steps(start: State, wanted: State) -> tuple[State, ...]:
    """
    The states that lead from one to another; the steps of the door may be taken in one go.

    Returns:
        The states to pass, `wanted` last; empty if there is no way.

    Example:
        >>> [str(state) for state in steps(State.RECEIVED, State.APPROVED)]
        ['checked', 'submitted', 'approved']
        >>> steps(State.WITHDRAWN, State.APPROVED)
        ()
    """
    if wanted in TRANSITIONS[start]:
        return (wanted,)
    passed: tuple[State, ...] = ()
    if start == State.RETURNED:
        start, passed = State.CHECKED, (State.CHECKED,)
    if start in _FORWARD and wanted in _FORWARD and _FORWARD.index(start) < _FORWARD.index(wanted):
        return passed + _FORWARD[_FORWARD.index(start) + 1 : _FORWARD.index(wanted) + 1]
    return ()


@dataclass(frozen=True)
class ContributionRecord:
    """
    A contribution as it arrives.

    Args:
        publisher: Slug of the publisher, the name of their graph.
        title: What the contribution is called, for people.
        licence: IRI of the licence, or empty.
        source: Where it comes from: an IRI or a file name.
        sha256: Hex digest of the payload.
        payload: The bytes exactly as contributed.
        submitted_by: Who brought it.
        file_name: The name of its only file, or empty.
        options: How it is to be read, as its contributor chose.
        expires_on: The first day on which it shall no longer be published, where one is stated.
    """

    publisher: str
    title: str
    licence: str
    source: str
    sha256: str
    payload: bytes
    submitted_by: str
    file_name: str = ""
    options: Mapping[str, JsonValue] = field(default_factory=dict, hash=False)
    expires_on: date | None = None

    def __post_init__(self) -> None:
        if hashlib.sha256(self.payload).hexdigest() != self.sha256:
            raise ValueError("sha256 is not the digest of the payload")


@dataclass(frozen=True)
class Contribution:
    """
    A contribution as the ledger knows it.

    `sha256` is None when its file was erased with a person's data; file name and options are then empty. `version`
    counts from 1 whatever was done to it since. `expires_on` is the date as last renewed.
    """

    id: str
    publisher: str
    title: str
    licence: str
    source: str
    sha256: str | None
    submitted_by: str
    received_at: datetime
    state: State
    version: int = 1
    file_name: str = ""
    options: Mapping[str, JsonValue] = field(default_factory=dict, hash=False)
    expires_on: date | None = None


@dataclass(frozen=True)
class Note:
    """What somebody wrote about a contribution, for the others who work with it."""

    id: str
    contribution_id: str
    who: str
    when: datetime
    words: str


@dataclass(frozen=True)
class Event:
    """One thing that happened to a contribution; `transition` is the state it came to, `renewed`, or `erased`."""

    contribution_id: str
    transition: str
    who: str
    when: datetime
    why: str


@dataclass(frozen=True)
class Revision:
    """
    One state of the graph: the patch that led to it, and its link in the hash chain.

    `contribution_id` is None for an erasure, which belongs to a person and to no contribution.
    """

    number: int
    kind: Kind
    contribution_id: str | None
    publisher: str
    published_by: str
    published_at: datetime
    why: str
    previous_hash: str
    hash: str
    parts: tuple[bytes, ...]

    @cached_property
    def patch(self) -> Patch:
        """What changed, without what was erased since."""
        return merged(Patch.from_bytes(part) for part in self.parts)

    @property
    def step(self) -> Step:
        """The revision as a projection replays it."""
        return Step(self.number, self.parts)
