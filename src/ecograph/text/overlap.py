"""
How much of a need's wording a text holds, as an exact share.

A full-text engine ranks; its scores have no upper end and move with the size of the collection. Where a share has to be
shown and explained, this index says which words of the need each text holds, itself or in a similar form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ecograph.text.lexicon import grams

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

MIN_CONTAINED: Final = 5
"""Letters of the shorter word when one is looked for inside the other: *ring* is in too many words."""
CONTAINED: Final = 0.999
"""Share of the shorter word's n-grams that the longer one holds: all of them."""
SIMILAR: Final = 0.5
"""Dice coefficient of the n-grams from which two words count as forms of one (*planlägning*, *planläggning*)."""
MAX_SIMILAR: Final = 60
"""Similar words kept per word; more only repeat the same stem."""


@dataclass(frozen=True, slots=True)
class Unit:
    """
    One thing the need says, and the entries of the index that say it too.

    Attributes:
        name: The word of the need as written.
        weight: Its share of the need's meaning, before division by the sum.
        entries: Per entry number how well it says the same, 0..1.
    """

    name: str
    weight: float
    entries: Mapping[int, float]


class WordIndex:
    """
    Which texts hold which entries; an entry is a folded dictionary form, or any other mark such as a concept's IRI.

    Args:
        texts: Per text its entries with how prominent each is, 0..1 (title above body).

    Example:
        >>> index = WordIndex([{"affald": 1.0, "sortering": 1.0}, {"trafik": 1.0}])
        >>> sorted(index.similar("affaldssortering"))
        [0, 1]

    Source:
        docs/matching.md, "Text".
    """

    def __init__(self, texts: Sequence[Mapping[str, float]]) -> None:
        self.size = len(texts)
        self._numbers: dict[str, int] = {}
        entries: list[int] = []
        places: list[int] = []
        prominences: list[float] = []
        for place, text in enumerate(texts):
            for entry, prominence in text.items():
                entries.append(self._numbers.setdefault(entry, len(self._numbers)))
                places.append(place)
                prominences.append(prominence)
        self.words = tuple(self._numbers)
        entry_column = np.asarray(entries, dtype=np.int32)
        order = np.argsort(entry_column, kind="stable")
        self._texts = np.asarray(places, dtype=np.int32)[order]
        self._prominence = np.asarray(prominences, dtype=np.float32)[order]
        self._starts = np.searchsorted(entry_column[order], np.arange(len(self.words) + 1)).astype(np.int64)
        self._index_grams()

    def widened(self, size: int) -> WordIndex:
        """The same index over `size` texts, where those that are new hold nothing."""
        found = copy(self)
        found.size = size
        return found

    def number(self, entry: str) -> int | None:
        """The number of an entry; None where no text holds it."""
        return self._numbers.get(entry)

    def postings(self, number: int) -> tuple[Ints, Floats]:
        """The texts that hold an entry, each once, and how prominently."""
        part = slice(self._starts[number], self._starts[number + 1])
        return self._texts[part], self._prominence[part]

    def incidence(self) -> tuple[Ints, Ints]:
        """Entry and text of every occurrence."""
        lengths = np.diff(self._starts)
        return np.repeat(np.arange(len(self.words), dtype=np.int32), lengths), self._texts

    def similar(self, word: str) -> dict[int, float]:
        """
        The words of the index that are the word, a form of it, a part of it, or a compound with it.

        Args:
            word: A folded dictionary form.

        Returns:
            Per entry number 0..1: 1 for the word itself; the Dice coefficient of the n-grams for another form; for a
            part or a compound the square root of the share of letters.
        """
        found: dict[int, float] = {}
        own = self._numbers.get(word)
        if own is not None:
            found[own] = 1.0
        own_grams = grams(word)
        known = [self._grams[gram] for gram in own_grams if gram in self._grams]
        if len(word) >= 4 and known:
            shared_words, shared = np.unique(np.concatenate(known), return_counts=True)
            sizes = self._gram_counts[shared_words]
            dice = 2.0 * shared / (sizes + len(own_grams))
            contained = shared / np.minimum(sizes, len(own_grams))
            lengths = self._lengths[shared_words]
            shorter, longer = np.minimum(lengths, len(word)), np.maximum(lengths, len(word))
            part = np.where((contained >= CONTAINED) & (shorter >= MIN_CONTAINED), np.sqrt(shorter / longer), 0.0)
            value = np.maximum(np.where(dice >= SIMILAR, dice, 0.0), part)
            for place in np.argsort(-value, kind="stable")[:MAX_SIMILAR]:
                if value[place] <= 0.0:
                    break
                found.setdefault(int(shared_words[place]), float(value[place]))
        return found

    def coverage(self, units: Sequence[Unit]) -> Floats:
        """
        Per text the share of the need's wording that it holds.

        Returns:
            0..1 for each text: the weighted mean over the units of the best entry the text holds.
        """
        total = np.zeros(self.size, dtype=np.float32)
        whole = sum(unit.weight for unit in units)
        if whole <= 0.0:
            return total
        for unit in units:
            best = np.zeros(self.size, dtype=np.float32)
            for number, likeness in unit.entries.items():
                texts, prominence = self.postings(number)
                best[texts] = np.maximum(best[texts], np.float32(likeness) * prominence)
            total += np.float32(unit.weight / whole) * best
        return total

    def _index_grams(self) -> None:
        collected: dict[str, list[int]] = {}
        counts: list[int] = []
        for number, word in enumerate(self.words):
            # Marks are met whole or not at all.
            parts = frozenset[str]() if ":" in word else grams(word)
            counts.append(len(parts))
            for part in parts:
                collected.setdefault(part, []).append(number)
        self._grams = {gram: np.asarray(numbers, dtype=np.int32) for gram, numbers in collected.items()}
        self._gram_counts = np.maximum(np.asarray(counts, dtype=np.int32), 1)
        self._lengths = np.asarray([len(word) for word in self.words], dtype=np.int32)
