"""What a contribution changes, as its reviewer reads it: thing by thing, before and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ecograph.contribute.difference import Change, Difference, ThingChange, Value
from ecograph.web.views.words import Link, Reader, page_of

SHOWN: Final = 60
"""Things written out on the page; the others are counted, and the file has them all."""

_STATEMENTS_SHOWN: Final = 400
"""Lines of statements on the page."""


@dataclass(frozen=True, slots=True)
class PropertyView:
    """One property: what stood there and what comes."""

    name: str
    before: tuple[Link, ...]
    after: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ThingView:
    """One thing that comes, changes or goes."""

    link: Link
    kind: str
    properties: tuple[PropertyView, ...]


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Things that come, or change, or go: the first, and how many there are."""

    change: Change
    total: int
    things: tuple[ThingView, ...]


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """
    What a contribution changes.

    Args:
        summary: In one sentence.
        groups: Things that come, then those that change, then those that go.
        statements: The same for experts: signed statements, one a line.
        cut: Whether there are more statements.
    """

    summary: str
    groups: tuple[ChangeGroup, ...]
    statements: str
    cut: bool


def difference(words: Reader, found: Difference) -> DifferenceView:
    """
    A difference in the words of a reader.

    Args:
        words: The reader.
        found: The difference.
    """
    by_change: dict[Change, list[ThingChange]] = {}
    for thing in found.things:
        by_change.setdefault(thing.change, []).append(thing)
    groups, left = [], SHOWN
    for change, things in by_change.items():
        groups.append(ChangeGroup(change, len(things), tuple(_thing(words, thing) for thing in things[:left])))
        left -= min(left, len(things))
    lines = found.n_quads.splitlines()
    return DifferenceView(
        found.summary(words.lang), tuple(groups), "\n".join(lines[:_STATEMENTS_SHOWN]), len(lines) > _STATEMENTS_SHOWN
    )


def published(words: Reader, found: Difference, limit: int) -> tuple[Link, ...]:
    """The things of a published difference that are in the graph now, each leading to its page."""
    there = (thing for thing in found.things if thing.change != "removed")
    return tuple(link for link in (_link(words, thing) for thing in there) if link.href)[:limit]


def _thing(words: Reader, thing: ThingChange) -> ThingView:
    properties = tuple(
        PropertyView(each.names[words.lang], _values(words, each.removed), _values(words, each.added))
        for each in thing.properties
    )
    return ThingView(_link(words, thing), thing.kinds[words.lang], properties)


def _link(words: Reader, thing: ThingChange) -> Link:
    """The name of a thing, leading to its page where it has one now."""
    known = next(iter(words.view.snapshot.quads(thing.iri)), None) is not None
    return Link(thing.labels[words.lang], page_of(thing.iri, words.lang) if known else None)


def _values(words: Reader, values: Iterable[Value]) -> tuple[Link, ...]:
    return tuple(Link(value.words[words.lang], None, value.language) for value in values)
