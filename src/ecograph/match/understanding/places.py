"""Municipalities and regions named in a text: where the need is, not what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import numpy as np
from pyoxigraph import NamedNode

from ecograph.match.model import GROUPS, Place
from ecograph.match.projection.evidence import Evidence
from ecograph.messages import LANGUAGES, Language
from ecograph.spelling import fold
from ecograph.text.lexicon import Token, known, stop_words, tokenise

_SUFFIXES: Final = re.compile(
    r"\s+(kommune|kommun|stad|regionskommune|municipality|city|län|region)$|^(region|city of)\s+|\s+region$",
    re.IGNORECASE,
)
_BEFORE: Final = frozenset(
    fold(word)
    for word in [
        "i",
        "in",
        "for",
        "för",
        "hos",
        "nær",
        "nära",
        "near",
        "på",
        "at",
        "region",
        "around",
        "omkring",
        "runt",
        "kommune",
        "kommun",
    ]
)
_AFTER: Final = frozenset(("kommune", "kommun", "kommuns", "kommunes", "stad", "municipality"))
_MIN_LOWER: Final = 5
"""Letters of a name that is recognised without its capital; shorter ones are words too."""
_MAX_AMBIGUOUS: Final = 5
"""Letters up to which a name at the start of a sentence may be an ordinary word (Lund, Vara, Moss)."""


class Gazetteer:
    """
    Finds the names of the graph's municipalities and regions in a text.

    A name counts where it is written as a name; one that is also an ordinary word (Lund, Vara, Moss) needs *i*, *in* or
    *for* before it or *kommun(e)* after it where the sentence begins with it.

    Args:
        evidence: The graph.
        former: That of an earlier revision; where no place is called otherwise, it need not be read again.
    """

    def __init__(self, evidence: Evidence, former: Gazetteer | None = None) -> None:
        self._evidence = evidence
        places = np.flatnonzero(evidence.group == GROUPS.index("municipality"))
        things = places[np.argsort(evidence.order[places])].tolist()
        self._names: dict[tuple[str, ...], list[int]]
        self._called = tuple((thing, evidence.titles[thing]) for thing in things)
        if former is not None and former._called == self._called:
            self._names = former._names
        else:
            self._names = self._read()
        self._longest = max((len(name) for name in self._names), default=0)

    def _read(self) -> dict[tuple[str, ...], list[int]]:
        found: dict[tuple[str, ...], list[int]] = {}
        for thing, titles in self._called:
            for name in _names(wording.text for wording in titles):
                holders = found.setdefault(name, [])
                if thing not in holders:
                    holders.append(thing)
        return found

    def find(self, text: str, lang: Language | None) -> tuple[Place, ...]:
        """The places named in a text of language `lang` (None where unsure), in its order, with the words for each."""
        tokens = tokenise(text)
        found: list[Place] = []
        place = 0
        while place < len(tokens):
            sizes = range(min(self._longest, len(tokens) - place), 0, -1)
            size = next((size for size in sizes if self._at(tokens, place, size, lang)), 0)
            if size:
                words = tuple(token.text for token in tokens[place : place + size])
                found.extend(self._place(thing, words) for thing in self._holders(tokens[place : place + size]))
            place += size or 1
        return tuple({each.iri: each for each in found}.values())

    def _place(self, thing: int, words: tuple[str, ...]) -> Place:
        return Place(NamedNode(self._evidence.things[thing]), self._evidence.labels(thing), words)

    def _holders(self, tokens: Iterable[Token]) -> list[int]:
        name = tuple(fold(token.text) for token in tokens)
        holders = self._names.get(name) or self._names.get((*name[:-1], name[-1].removesuffix("s"))) or []
        # A municipality goes before the region of the same name.
        local = [thing for thing in holders if self._evidence.kinds[thing] == "Municipality"]
        return local or holders

    def _at(self, tokens: tuple[Token, ...], place: int, size: int, lang: Language | None) -> bool:
        named = tokens[place : place + size]
        if not self._holders(named):
            return False
        before = fold(tokens[place - 1].text) if place and not tokens[place].after_break else ""
        after = fold(tokens[place + size].text) if place + size < len(tokens) else ""
        if before in _BEFORE or after in _AFTER:
            return named[0].text[0].isupper() or len(named[0].text) >= _MIN_LOWER
        first = named[0].text
        if not first[0].isupper() or first.isupper():
            return False
        if not named[0].after_break:
            return True
        lower = first.lower()
        if len(lower) > _MAX_AMBIGUOUS:
            return True
        return fold(lower) not in stop_words(None) and not any(
            known(lower, each) for each in ((lang,) if lang else LANGUAGES)
        )


def _names(texts: Iterable[str]) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for text in texts:
        for name in (text, _SUFFIXES.sub("", text).strip()):
            words = tuple(fold(token.text) for token in tokenise(name))
            if words and len("".join(words)) > 1:
                found.add(words)
    return found
