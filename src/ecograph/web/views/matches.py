"""A match result as the need page shows it: an overview, then each group with both sides of the Øresund abreast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from ecograph.match.model import GROUPS, Group, Match, MatchResult, Note
from ecograph.namespaces import ID
from ecograph.web.views.words import Link, Reader, StatementView

SHOWN: Final = 3
"""Candidates of one group and country on the page until the coordinator asks for more."""
MORE: Final = 50
"""Candidates of one group and country when they do: more than anybody reads, and still one page."""

_BOTH_SIDES: Final = ("dk", "se")
_NOWHERE: Final = ""
# National candidates stand apart: they may know most, and still are no neighbours.
_OUTSIDE: Final = "outside"
# From which score a candidate is called what; the points are shown beside the words.
_FITS: Final = ((0.5, "strong"), (0.3, "good"), (0.15, "possible"), (0.0, "weak"))
# A group whose best candidate is below this says that nobody in it fits well.
_LOW: Final = 0.3
# Reasons that stand open on a card; the others are one click away.
_OPEN_REASONS: Final = 3
# A note is said once for the group instead of on every card when at least so many cards would say it, and all do.
_SHARED_FROM: Final = 2


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One reason in words, with the statements behind it."""

    sentence: str
    points: str
    statements: tuple[StatementView, ...]


@dataclass(frozen=True, slots=True)
class MatchView:
    """One candidate as a card shows it; `id` is its kind and slug."""

    id: str
    link: Link
    score: float
    points: str
    fit: str
    facts: tuple[str, ...]
    reasons: tuple[ReasonView, ...]
    more_reasons: tuple[ReasonView, ...]
    against: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """The candidates of one country, or of outside the region: how many there are, and those shown."""

    label: str
    total: int
    matches: tuple[MatchView, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """
    One group of candidates by country.

    Args:
        name: The group.
        label: Its heading.
        total: How many candidates it has; one with two countries counts once.
        sides: Both sides of the Øresund, other countries that have candidates, and what lies outside the region.
        against: What speaks against all of them alike.
        unknown: What the graph does not say of any of them.
        low: Whether even the best fits only loosely.
        hidden: How many more there are on the side that has most of them.
        open: Whether all are shown.
    """

    name: Group
    label: str
    total: int
    sides: tuple[Side, ...]
    against: tuple[str, ...]
    unknown: tuple[str, ...]
    low: bool
    hidden: int
    open: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """How many candidates there are per group and country."""

    countries: tuple[str, ...]
    rows: tuple[tuple[GroupView, tuple[int, ...]], ...]
    empty: tuple[str, ...]


def groups(words: Reader, result: MatchResult, opened: Collection[str] = (), shown: int = SHOWN) -> list[GroupView]:
    """
    The groups that have a candidate.

    Args:
        words: The reader.
        result: The answer, with all candidates.
        opened: Groups to show up to `MORE` of.
        shown: How many of each country the others show.
    """
    return [
        _group(words, name, result.in_group(name), MORE if name in opened else shown, result.first)
        for name in dict.fromkeys(match.group for match in result.matches)
    ]


def overview(words: Reader, result: MatchResult, found: Sequence[GroupView]) -> Overview:
    """The table above the groups."""
    columns = _sides(result.matches, result.first)
    rows = []
    for group in found:
        counts = Counter(side for match in result.in_group(group.name) for side in _sides_of(match))
        rows.append((group, tuple(counts[side] for side in columns)))
    filled = {group.name for group in found}
    return Overview(
        tuple(_side_name(words, side) for side in columns),
        tuple(rows),
        tuple(words.say(f"page.group.{name}") for name in GROUPS if name not in filled),
    )


def same_need(words: Reader, result: MatchResult) -> tuple[Link, ...]:
    """Municipalities and regions that have raised a need like this one themselves."""
    return tuple(
        words.link(match.candidate, ", ".join(words.country(country) for country in match.countries))
        for match in result.in_group("municipality")
        if any(reason.kind == "raised" for reason in match.reasons)
    )


def _group(words: Reader, name: Group, matches: Sequence[Match], shown: int, first: str | None) -> GroupView:
    against, unknown = _shared([match.against for match in matches]), _shared([match.unknown for match in matches])
    by_side = {side: [match for match in matches if side in _sides_of(match)] for side in _sides(matches, first)}
    sides = tuple(
        Side(
            _side_name(words, side),
            len(found),
            tuple(_match(words, match, against, unknown) for match in found[:shown]),
        )
        for side, found in by_side.items()
    )
    return GroupView(
        name=name,
        label=words.say(f"page.group.{name}"),
        total=len(matches),
        sides=sides,
        against=_sentences(words, [note for note in matches[0].against if note.sentences["en"] in against]),
        unknown=_sentences(words, [note for note in matches[0].unknown if note.sentences["en"] in unknown]),
        low=max(match.score for match in matches) < _LOW,
        hidden=max(side.total - len(side.matches) for side in sides),
        open=shown > SHOWN,
    )


def _sides_of(match: Match) -> tuple[str, ...]:
    """The columns a candidate stands in: its countries, or the one for what lies outside the region."""
    return (_OUTSIDE,) if match.regional is False else match.countries or (_NOWHERE,)


def _sides(matches: Sequence[Match], first: str | None) -> tuple[str, ...]:
    """The columns that are shown: both sides of the Øresund always, others where there is somebody."""
    both = sorted(_BOTH_SIDES, key=lambda side: side != first)
    present = {side for match in matches for side in _sides_of(match)}
    last = (_NOWHERE, _OUTSIDE)
    return (*both, *sorted(present.difference(_BOTH_SIDES, last)), *(side for side in last if side in present))


def _side_name(words: Reader, side: str) -> str:
    return words.say("page.match.outside") if side == _OUTSIDE else words.country(side)


def _match(words: Reader, match: Match, against: Collection[str], unknown: Collection[str]) -> MatchView:
    fit = next(name for least, name in _FITS if match.score >= least)
    reasons = tuple(
        ReasonView(
            reason.sentences[words.lang],
            words.number(round(reason.contribution * 100, 1)),
            tuple(words.statement(each) for each in dict.fromkeys(reason.path)),
        )
        for reason in match.reasons
    )
    return MatchView(
        id=ID.local(match.candidate),
        link=words.link(match.candidate),
        score=round(match.score, 3),
        points=words.say("page.match.points", points=words.number(round(match.score * 100))),
        fit=words.say(f"page.match.fit-{fit}"),
        facts=_sentences(words, match.flags),
        reasons=reasons[:_OPEN_REASONS],
        more_reasons=reasons[_OPEN_REASONS:],
        against=_sentences(words, [note for note in match.against if note.sentences["en"] not in against]),
        unknown=_sentences(words, [note for note in match.unknown if note.sentences["en"] not in unknown]),
    )


def _shared(notes: Sequence[Sequence[Note]]) -> frozenset[str]:
    """Notes that stand on every card of a group, by their English sentence."""
    if len(notes) < _SHARED_FROM:
        return frozenset()
    return frozenset.intersection(*(frozenset(note.sentences["en"] for note in each) for each in notes))


def _sentences(words: Reader, notes: Sequence[Note]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note.sentences[words.lang] for note in notes))
