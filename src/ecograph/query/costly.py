"""
Which pattern of a query is likely to be what it costs.

The words are read, not the algebra: what is named is a hint for the person who wrote it, and nothing is decided by it.

Source:
    docs/sparql.md, "When a query is stopped".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

from ecograph.query.tokens import Token, position, tokens

Cost = Literal["cartesian", "path", "everything"]

_MAX_SIZE: Final = 20_000  # characters; longer queries are written by programs
_MAX_SHOWN: Final = 100
_OPENING: Final = ("OPTIONAL", "MINUS", "UNION", "GRAPH", "WHERE", "EXISTS", "NOT", "SERVICE")
_CALCULATING: Final = ("FILTER", "BIND", "VALUES")


@dataclass(frozen=True, slots=True)
class Costly:
    """
    A pattern that is likely to cost much.

    Args:
        cost: `cartesian` (shares no variable with the rest), `path` (of any length, from anywhere to anywhere) or
            `everything` (nothing but variables).
        line: Where it begins.
        pattern: As it is written, on one line.
    """

    cost: Cost
    line: int
    pattern: str


@dataclass(frozen=True, slots=True)
class _Triple:
    """Subject, predicate and object, each as its words."""

    subject: tuple[Token, ...]
    rest: tuple[Token, ...]

    @property
    def words(self) -> tuple[Token, ...]:
        return self.subject + self.rest

    @property
    def is_open(self) -> bool:
        """Whether it goes from anything to anything."""
        return len(self.subject) == 1 and self.subject[0].kind == self.rest[-1].kind == "variable"

    @property
    def is_endless(self) -> bool:
        """Whether it is a path of any length."""
        return any(after.text in ("*", "+") for _, after in pairwise(self.rest))


@dataclass(slots=True)
class _Group:
    """
    What stands between two braces.

    Args:
        parent: The group it stands in; None for the outermost, and for a SELECT of its own, which is answered first.
    """

    parent: _Group | None
    triples: list[_Triple] = field(default_factory=list)
    calculated: list[frozenset[str]] = field(default_factory=list)  # variables that BIND or VALUES tie together
    inner: list[frozenset[str]] = field(default_factory=list)  # those of the groups in it

    @property
    def own(self) -> list[frozenset[str]]:
        """The variables of each of its triples and calculations."""
        return [*self.calculated, *(_variables(each.words) for each in self.triples)]


def costly(text: str) -> Costly | None:
    """
    The pattern of a query that is likely to cost most, if one stands out.

    Args:
        text: A query that parses.

    Example:
        >>> costly("SELECT * { ?a <urn:p> ?b .\\n ?c <urn:q> ?d }")
        Costly(cost='cartesian', line=2, pattern='?c <urn:q> ?d')
        >>> costly("SELECT * { ?a <urn:p>* ?b }")
        Costly(cost='path', line=1, pattern='?a <urn:p>* ?b')
        >>> costly("SELECT * { ?a <urn:p> <urn:b> }")
    """
    if len(text) > _MAX_SIZE:
        return None
    groups = _groups(tuple(tokens(text)))
    for cost, find in _FINDERS:
        for group in groups:
            if found := find(group):
                return Costly(cost, position(text, found.words[0].start)[0], _written(text, found))
    return None


def _apart(group: _Group) -> _Triple | None:
    """A triple that goes from anything to anything, and that nothing ties to such a one before it."""
    around = [frozenset[str]().union(*group.parent.own)] if group.parent else []  # what is bound there is bound here
    ties = [*group.own, *group.inner, *around]
    open_ones = [each for each in group.triples if each.is_open]
    if not open_ones:
        return None
    reached = _reach(_variables(open_ones[0].words), ties)
    return next((each for each in open_ones[1:] if not _variables(each.words) & reached), None)


def _endless(group: _Group) -> _Triple | None:
    return next((each for each in group.triples if each.is_open and each.is_endless), None)


def _everything(group: _Group) -> _Triple | None:
    return next((each for each in group.triples if all(word.kind == "variable" for word in each.words)), None)


_FINDERS: Final[Sequence[tuple[Cost, Callable[[_Group], _Triple | None]]]] = (
    ("cartesian", _apart),
    ("path", _endless),
    ("everything", _everything),
)


def _reach(variables: frozenset[str], ties: Sequence[frozenset[str]]) -> frozenset[str]:
    """The variables that ties lead to from these."""
    reached, before = variables, frozenset[str]()
    while reached != before:
        before = reached
        reached = reached.union(*(tie for tie in ties if tie & reached))
    return reached


def _groups(words: Sequence[Token]) -> list[_Group]:
    """Every group of a query, the outer before the inner."""
    found: list[_Group] = []
    open_groups: list[_Group] = []
    block: list[Token] = []
    at = 0

    def end_block() -> None:
        if open_groups and block:
            open_groups[-1].triples += _triples(block)
        block.clear()

    while at < len(words):
        word = words[at]
        if word.text == "{":
            end_block()
            is_select = at + 1 < len(words) and words[at + 1].is_word("SELECT")
            group = _Group(None if is_select or not open_groups else open_groups[-1])
            open_groups.append(group)
            found.append(group)
        elif word.text == "}" and open_groups:
            end_block()
            inner = open_groups.pop()
            if open_groups:
                open_groups[-1].inner.append(frozenset[str]().union(*inner.own, *inner.inner))
        elif word.is_word(*_CALCULATING):
            end_block()
            end = _end_of_calculation(words, at + 1)
            if open_groups and not word.is_word("FILTER"):
                open_groups[-1].calculated.append(_variables(words[at:end]))
            at = end
            continue
        elif word.is_word(*_OPENING):
            end_block()
        elif word.is_word("CONSTRUCT") and words[at + 1 : at + 2] and words[at + 1].text == "{":  # not what is asked
            at = next((later for later in range(at, len(words)) if words[later].text == "}"), len(words))
        elif word.is_word("SELECT"):
            at = next((later for later in range(at, len(words)) if words[later].text == "{"), len(words))
            continue
        elif word.text == "." and _depth(block) == 0:
            end_block()
        else:
            block.append(word)
        at += 1
    return found


def _end_of_calculation(words: Sequence[Token], at: int) -> int:
    """Where FILTER, BIND or VALUES ends; EXISTS has a group of its own, which is read like any other."""
    depth = 0
    for place in range(at, len(words)):
        word = words[place]
        if not depth and word.is_word("EXISTS", "NOT"):
            return place
        depth += word.deeper
        following = words[place + 1].text if place + 1 < len(words) else ""
        if not depth and word.kind in ("close", "variable") and following not in ("(", "{"):
            return place + 1
    return len(words)


def _triples(block: Sequence[Token]) -> Iterator[_Triple]:
    """The triples of one subject: `;` keeps the subject, `,` the predicate too."""
    parts = list(_split(block, ";"))
    subject = tuple(_first_term(parts[0]))
    predicate: tuple[Token, ...] = ()
    for number, part in enumerate(parts):
        said = part[len(subject) :] if number == 0 else part
        for place, words in enumerate(_split(said, ",")):
            rest = tuple(words)
            if place == 0:
                predicate = rest[:-1]
            else:
                rest = predicate + rest
            if len(rest) > 1:
                yield _Triple(subject, rest)


def _split(block: Sequence[Token], mark: str) -> Iterator[list[Token]]:
    part: list[Token] = []
    depth = 0
    for word in block:
        depth += word.deeper
        if word.text == mark and not depth:
            yield part
            part = []
        else:
            part.append(word)
    yield part


def _first_term(block: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for word in block:
        yield word
        depth += word.deeper
        if not depth:
            return


def _depth(block: Sequence[Token]) -> int:
    return sum(word.deeper for word in block)


def _variables(words: Sequence[Token]) -> frozenset[str]:
    return frozenset(word.text for word in words if word.kind in ("variable", "blank"))


def _written(text: str, triple: _Triple) -> str:
    subject, rest = (" ".join(text[part[0].start : part[-1].end].split()) for part in (triple.subject, triple.rest))
    return f"{subject} {rest}"[:_MAX_SHOWN]
