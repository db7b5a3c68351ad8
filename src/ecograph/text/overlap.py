"""
How much of a need's wording a text holds, as an exact share.

A full-text engine ranks; its scores have no upper end and move with the size of the collection. Where a share has to be
shown and explained, this index says which words of the need each text holds, itself or in a similar form.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ecograph.text.lexicon import grams

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

MIN_CONTAINED: Final = 5
"""Letters of the shorter word when one is looked for inside the other: *ring* is in too many words."""
CONTAINED: Final = 0.999
"""Share of the shorter word's n-grams that the longer one holds: all of them."""
SIMILAR: Final = 0.5
"""Dice coefficient of the n-grams from which two words count as forms of one (*planlägning*, *planläggning*)."""
MAX_SIMILAR: Final = 60
"""Similar words kept per word; more only repeat the same stem."""


_LETTER: Final = re.compile(r"[^\W\d_]")


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
        docs/matching.md, "Signals".
    """

    def __init__(self, texts: Sequence[Mapping[str, float]]) -> None:
        self.size = len(texts)
        self._numbers: dict[str, int] = {}
        entries, self._first, prominences = self._numbered(texts)
        places = np.repeat(np.arange(self.size, dtype=np.int32), np.diff(self._first))
        self._entries = entries
        self.words = tuple(self._numbers)
        order = np.argsort(entries, kind="stable")
        self._texts = places[order]
        self._prominence = prominences[order]
        self._starts = np.searchsorted(entries[order], np.arange(len(self.words) + 1)).astype(np.int64)
        self._grams: dict[str, Ints] = {}
        self._gram_counts = self._lengths = np.zeros(0, dtype=np.int32)
        self._index_grams(self.words)

    def changed(self, texts: Mapping[int, Mapping[str, float]], size: int) -> WordIndex:
        """
        The index where some texts hold other entries, and those beyond its size are new; words keep their numbers.

        Args:
            texts: Entries by text, as in the constructor. What is new and not among them holds nothing.
            size: How many texts there are then.
        """
        found = copy(self)
        found.size = size
        if not texts:
            found._first = np.pad(self._first, (0, size - self.size), mode="edge")
            return found
        # Shared with the older index, which knows by its number of words how far it may look.
        places = np.asarray(sorted(texts), dtype=np.int32)
        entries, first, prominences = found._numbered([texts[place] for place in places.tolist()])
        new_words = tuple(list(self._numbers)[len(self.words) :])
        found.words = self.words + new_words
        found._index_grams(new_words)
        told = np.repeat(places, np.diff(first))

        # By entry: without what the texts held, and with what they hold.
        touched = np.zeros(size, dtype=bool)
        touched[places] = True
        kept = ~touched[self._texts]
        counts = np.diff(self._starts)
        entry_of = np.repeat(np.arange(len(self.words), dtype=np.int32), counts)[kept]
        order = np.argsort(entries, kind="stable")
        at = np.searchsorted(entry_of, entries[order], side="right")
        found._texts = np.insert(self._texts[kept], at, told[order])
        found._prominence = np.insert(self._prominence[kept], at, prominences[order])
        held = np.bincount(entry_of, minlength=len(found.words)) + np.bincount(entries, minlength=len(found.words))
        found._starts = np.concatenate(([0], np.cumsum(held))).astype(np.int64)

        # By text.
        lengths = np.zeros(size, dtype=np.int64)
        lengths[: self.size] = np.diff(self._first)
        kept = ~np.repeat(touched, lengths)
        lengths[places] = 0
        before = np.concatenate(([0], np.cumsum(lengths)))
        found._entries = np.insert(self._entries[kept], np.repeat(before[places], np.diff(first)), entries)
        lengths[places] = np.diff(first)
        found._first = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
        return found

    def _numbered(self, texts: Sequence[Mapping[str, float]]) -> tuple[Ints, Longs, Floats]:
        """The numbers of all entries of some texts, where each text begins, and how prominent each entry is."""
        numbers = self._numbers
        entries = array("i", (numbers.setdefault(entry, len(numbers)) for text in texts for entry in text))
        prominences = array("f", (prominence for text in texts for prominence in text.values()))
        first = np.concatenate(([0], np.cumsum([len(text) for text in texts]))).astype(np.int64)
        return np.asarray(entries, dtype=np.int32), first, np.asarray(prominences, dtype=np.float32)

    def number(self, entry: str) -> int | None:
        """The number of an entry; None where no text holds it."""
        number = self._numbers.get(entry)
        return number if number is not None and number < len(self.words) and self._holds(number) else None

    def _holds(self, number: int) -> bool:
        return bool(self._starts[number + 1] > self._starts[number])

    def postings(self, number: int) -> tuple[Ints, Floats]:
        """The texts that hold an entry, each once, and how prominently."""
        part = slice(self._starts[number], self._starts[number + 1])
        return self._texts[part], self._prominence[part]

    def incidence(self) -> tuple[Longs, Ints]:
        """Where the entries of each text begin, with one more at the end; and the entries, text by text."""
        return self._first, self._entries

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
        own = self.number(word)
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
            value[self._starts[shared_words + 1] == self._starts[shared_words]] = 0.0
            for place in self._best(value, shared_words):
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
        best = np.zeros(self.size, dtype=np.float32)
        for unit in units:
            holding = []
            for number, likeness in unit.entries.items():
                texts, prominence = self.postings(number)
                best[texts] = np.maximum(best[texts], np.float32(likeness) * prominence)
                holding.append(texts)
            if holding:
                # A text that stands here twice is given the same sum twice.
                told = np.concatenate(holding)
                total[told] = total[told] + np.float32(unit.weight / whole) * best[told]
                best[told] = 0.0
        return total

    def _best(self, value: NDArray[np.float64], words: Ints) -> list[int]:
        """The places of the largest values above 0, at most `MAX_SIMILAR`; of equals those first in the alphabet."""
        named = np.flatnonzero(value > 0.0)
        if len(named) > MAX_SIMILAR:
            least = np.partition(value[named], -MAX_SIMILAR)[-MAX_SIMILAR]
            sure, equal = named[value[named] > least], named[value[named] == least]
            by_word = sorted(equal.tolist(), key=lambda place: self.words[words[place]])
            return [*sure.tolist(), *by_word[: MAX_SIMILAR - len(sure)]]
        return named.tolist()

    def _index_grams(self, words: Sequence[str]) -> None:
        """Add new words, which are the last, to those that can be found by their parts."""
        first = len(self.words) - len(words)
        collected: dict[str, list[int]] = {}
        counts: list[int] = []
        for number, word in enumerate(words, start=first):
            # Marks and numbers are met whole or not at all.
            parts = frozenset[str]() if ":" in word or not _LETTER.search(word) else grams(word)
            counts.append(len(parts))
            for part in parts:
                collected.setdefault(part, []).append(number)
        new = {gram: np.asarray(numbers, dtype=np.int32) for gram, numbers in collected.items()}
        self._grams = {**self._grams} if first else {}
        for gram, numbers in new.items():
            known = self._grams.get(gram)
            self._grams[gram] = numbers if known is None else np.concatenate((known, numbers))
        self._gram_counts = np.concatenate((self._gram_counts, np.maximum(np.asarray(counts, dtype=np.int32), 1)))
        self._lengths = np.concatenate((self._lengths, np.asarray([len(word) for word in words], dtype=np.int32)))
