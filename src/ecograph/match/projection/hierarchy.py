"""The topics and capabilities as a tree: labels, what is broader, and how near two of them are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import NamedNode

from ecograph.match import weights
from ecograph.messages import LANGUAGES, Language
from ecograph.vocabulary.concepts import Concepts

Labels = dict[str, tuple[str, ...]]
"""The labels of one concept by language, the preferred one first."""

SCHEMES: Final = ("topic", "capability")


class Hierarchy:
    """
    Concepts by number, with their similarity along `skos:broader`.

    Args:
        concepts: The concept schemes; topics and capabilities are taken from them.

    Source:
        docs/matching.md, "Signals"; the measure is Lin's, with the information content taken from the tree (how few
        concepts lie below) and not from how often a concept is used, so that more data of one actor cannot move it.
    """

    def __init__(self, concepts: Concepts) -> None:
        found = sorted((iri for scheme in SCHEMES for iri in concepts.in_scheme(scheme)), key=lambda iri: iri.value)
        self.iris = tuple(iri.value for iri in found)
        self._concepts = concepts
        self._numbers = {iri: number for number, iri in enumerate(self.iris)}
        self._parents = tuple(
            tuple(self._numbers[above.value] for above in concepts.broader(iri) if above.value in self._numbers)
            for iri in found
        )
        self._ancestors = tuple(self._above(number) for number in range(len(self.iris)))
        below = np.zeros(len(self.iris), dtype=np.int64)
        for number in range(len(self.iris)):
            for ancestor in self._ancestors[number] - {number}:
                below[ancestor] += 1
        whole = math.log(max(len(self.iris), 2))
        self._content = [max(0.0, 1.0 - math.log(count + 1) / whole) for count in below.tolist()]

    def __len__(self) -> int:
        return len(self.iris)

    def number(self, iri: str) -> int | None:
        """The number of a concept; None for one that is no topic and no capability."""
        return self._numbers.get(iri)

    def label(self, number: int, lang: Language) -> str:
        """The preferred label of a concept, in another language where it has none in this one."""
        return self._concepts.label(NamedNode(self.iris[number]), lang)

    def names(self, number: int) -> Labels:
        """Every label of a concept by language, the preferred one first."""
        iri = NamedNode(self.iris[number])
        preferred, others = self._concepts.labels(iri), self._concepts.alt_labels(iri)
        return {
            lang: tuple(dict.fromkeys((*filter(None, (preferred.get(lang),)), *others.get(lang, ()))))
            for lang in LANGUAGES
        }

    def definition(self, number: int, lang: Language) -> str | None:
        """What a concept means; None where it is not said in this language."""
        return self._concepts.definition(NamedNode(self.iris[number]), lang)

    def texts(self, number: int) -> dict[Language, str]:
        """The preferred label in all three languages."""
        return {lang: self.label(number, lang) for lang in LANGUAGES}

    def is_above(self, upper: int, lower: int) -> bool:
        """Whether one concept is truly broader than another."""
        return upper != lower and upper in self._ancestors[lower]

    def at_or_above(self, number: int) -> frozenset[int]:
        """A concept and every one above it."""
        return self._ancestors[number]

    def themes(self) -> dict[str, frozenset[str]]:
        """By IRI each concept with every one above it."""
        return {iri: frozenset(self.iris[each] for each in self._ancestors[n]) for n, iri in enumerate(self.iris)}

    def narrower(self, number: int) -> Iterator[int]:
        """Every concept truly below one."""
        return (other for other in range(len(self.iris)) if self.is_above(number, other))

    def common(self, one: int, other: int) -> int | None:
        """The most specific concept that is both, or above both."""
        shared = self._ancestors[one] & self._ancestors[other]
        return max(shared, key=lambda number: (self._content[number], -number)) if shared else None

    def chain(self, lower: int, upper: int) -> tuple[tuple[int, int], ...]:
        """The steps (child, parent) from a concept up to one above it, the shortest way; none for the same concept."""
        paths: list[tuple[tuple[int, int], ...]] = [()]
        frontier = [lower]
        while frontier:
            following: list[int] = []
            longer: list[tuple[tuple[int, int], ...]] = []
            for number, path in zip(frontier, paths, strict=True):
                if number == upper:
                    return path
                for parent in self._parents[number]:
                    following.append(parent)
                    longer.append((*path, (number, parent)))
            frontier, paths = following, longer
        return ()

    @lru_cache(maxsize=512)  # noqa: B019  one hierarchy lives as long as its matcher
    def likeness(self, wanted: int) -> NDArray[np.float32]:
        """
        How far work on each concept is work on the wanted one.

        Returns:
            Per concept 0..1: 1 for the concept itself; below it half of Lin's distance taken off; above and beside it
            Lin's similarity, stretched so that sharing no more than a theme is 0.
        """
        found = np.zeros(len(self.iris), dtype=np.float32)
        for other in range(len(self.iris)):
            common = self.common(wanted, other)
            if common is None:
                continue
            content = self._content[wanted] + self._content[other]
            lin = 1.0 if wanted == other else (2 * self._content[common] / content if content > 0 else 0.0)
            if common == wanted:
                found[other] = 1.0 - weights.NARROWER_LOSS * (1.0 - lin)
            else:
                stretched = max(0.0, lin - weights.RELATED_FROM) / (1.0 - weights.RELATED_FROM)
                found[other] = stretched**weights.RELATED_POWER
        return found

    def _above(self, number: int) -> frozenset[int]:
        found: set[int] = set()
        waiting = [number]
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting.extend(self._parents[each])
        return frozenset(found)
