"""What differs between two revisions, from the patches between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyoxigraph import Quad, RdfFormat, parse

from ecograph.errors import TooManyChanges
from ecograph.ledger.timeline import Timeline
from ecograph.rdf.patch import Patch, n_quads

MAX_CHANGES: Final = 100_000
"""Statements added and removed on the way from one revision to another: 50 MB of text and two seconds."""


@dataclass(frozen=True, slots=True)
class Net:
    """
    What turns one revision into another, without what was added and removed again on the way, or erased since.

    Args:
        added: Statements as lines of N-Quads, sorted.
        removed: Likewise.
    """

    added: tuple[bytes, ...]
    removed: tuple[bytes, ...]

    def patch(self) -> Patch:
        """The same as terms."""
        return Patch(_parsed(self.added), _parsed(self.removed))

    def inverse(self) -> Net:
        """What leads back."""
        return Net(self.removed, self.added)

    def about(self, subject: str) -> Net:
        """Only the statements about one thing."""
        start = f"<{subject}> ".encode()
        return Net(*(tuple(line for line in lines if line.startswith(start)) for lines in (self.added, self.removed)))


def net(timeline: Timeline, start: int, end: int) -> Net:
    """
    What differs between two revisions.

    Args:
        timeline: The ledger's.
        start: A revision; 0 for the empty graph before the first.
        end: A revision, earlier or later.

    Raises:
        TooManyChanges: More than `MAX_CHANGES` on the way.
    """
    if end < start:
        return net(timeline, end, start).inverse()
    added, removed, size = set[bytes](), set[bytes](), 0
    for _, parts in timeline.patches(range(start + 1, end + 1)):
        # First what goes: statements may move between the personal parts of one revision.
        texts = [n_quads(part) for part in parts]
        size += sum(come.count(b"\n") + go.count(b"\n") for come, go in texts)
        if size > MAX_CHANGES:
            raise TooManyChanges(limit=f"{MAX_CHANGES:,}".replace(",", "\u00a0"))
        for _, go in texts:
            _cancel(go, added, removed)
        for come, _ in texts:
            _cancel(come, removed, added)
    return Net(tuple(sorted(added)), tuple(sorted(removed)))


def _cancel(text: bytes, against: set[bytes], into: set[bytes]) -> None:
    for line in text.split(b"\n"):
        if line in against:
            against.discard(line)
        elif line:
            into.add(line)


def _parsed(lines: tuple[bytes, ...]) -> tuple[Quad, ...]:
    return tuple(parse(b"\n".join(lines), format=RdfFormat.N_QUADS))
