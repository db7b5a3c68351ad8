"""
What the texts of the graph mean, and which of them mean what a need says, in whatever language.

A model puts texts of one meaning near each other, and texts of one language too: its raw similarities say as much about
the language as about the matter. So each similarity is measured against all texts of the same language: how far it
stands out there, in standard deviations, is the same scale in Danish, Swedish and English.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from ecograph.match.projection.hierarchy import Hierarchy
from ecograph.messages import LANGUAGES, Language, language_of
from ecograph.text.embedding import Floats, State, prepare
from ecograph.text.language import detect
from ecograph.text.lexicon import content_words
from ecograph.text.vectors import Vectors

if TYPE_CHECKING:
    from ecograph.match.projection.evidence import Wording

Ints = NDArray[np.int32]
Key = tuple[str, str]

_NORDIC: Final = frozenset("æøåäö")

READ_CLASSES: Final = frozenset({"Project", "Solution", "Need", "ResearchResult"})
"""What is about something by its title. The name of an organisation is not: only its description is read."""

_AT_HAND: Final = 2_048
"""Rows of a matrix that a processor keeps near itself: about 3 MB."""
MIN_TEXTS: Final = 30
"""Texts of a language from which their mean and spread are known well enough. A language with fewer is measured among
all texts; where all are fewer, among the names of the topics too."""
OWN_LANGUAGE: Final = 0.8
"""How much of the measure is taken per language; the rest is taken over all texts. With 503 questions and their answers
in two languages (`benchmarks/external.py`), the whole of it finds most answers in the other language (.54 among the
first ten; .48 at 0.8; .22 at 0), but loses right answers in the own language at the first place (.47; .51; .54)."""
Z_FROM: Final = 1.5
Z_FULL: Final = 4.0
"""Standard deviations that become 0 and 1. For needs in the words of their field, one text in ten is on the topic where
it stands out by 1.5 to 2, half are at 2.5 to 3, three of four from 3.5 on: the value is about that share."""


class Told(Protocol):
    """Things with their texts: while they are read of the graph, and afterwards."""

    @property
    def hierarchy(self) -> Hierarchy:
        """The topics and capabilities."""

    @property
    def kinds(self) -> Sequence[str]:
        """The class of each thing."""

    @property
    def group(self) -> Sequence[int] | NDArray[np.int8]:
        """The group of each thing; below zero for one that is no candidate."""

    @property
    def titles(self) -> Sequence[Sequence[Wording]]:
        """What each thing is called."""

    @property
    def bodies(self) -> Sequence[Sequence[Wording]]:
        """What else is told of it."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """
    How near each thing is to a need in meaning.

    Attributes:
        value: Per thing 0..1; 0 where it has no text, or none that was read.
        z: Per thing how far its nearest text stands out among all texts of that language, in standard deviations;
            minus infinity where it has none.
        state: Whether the need could be read, and if not, why: a key of `meaning.state`.
    """

    value: Floats
    z: Floats
    state: State
    _meaning: Meaning
    _texts: Floats

    def wording(self, thing: int) -> Wording | None:
        """The text of a thing that is nearest; None where it has none that was read."""
        if not np.isfinite(self.z[thing]):
            return None
        first, last = np.searchsorted(self._meaning.things, np.asarray([thing, thing + 1], dtype=np.int32))
        nearest = int(first) + int(np.argmax(self._texts[self._meaning.texts[first:last]]))
        return self._meaning.wordings[nearest]


@dataclass(frozen=True)
class Meaning:
    """
    The vectors of the texts of one revision.

    Attributes:
        size: How many things there are.
        share: 0..1, how many of the texts have been read.
        things, texts, wordings: Per text of a thing, sorted by thing: its number, the number of the text, the wording.
        keys: Each distinct text, after its language.
        matrix: A row per distinct text, sorted by language; zero where it has not been read.
        read: Whether it has been.
        groups: The texts of each language, as spans of `matrix`.
        names, definitions: A row per concept: what its names, and what its definitions, in three languages have in
            common.
        labels: The vectors of the topics' names.
    """

    size: int
    share: float
    things: Ints
    texts: Ints
    wordings: tuple[Wording, ...]
    keys: tuple[Key, ...]
    matrix: Floats
    read: NDArray[np.bool_]
    groups: tuple[tuple[str, int, int], ...]
    names: Floats
    definitions: Floats
    labels: Floats
    vectors: Vectors | None = None

    @property
    def available(self) -> bool:
        """Whether texts can be compared: there is a model, and it has read some."""
        return self.share > 0.0 and self.state == "ready"

    @property
    def state(self) -> State:
        """Whether there is a model, and if not, why: a key of `meaning.state`."""
        return self.vectors.state if self.vectors else "off"

    @classmethod
    def none(cls, size: int) -> Meaning:
        """Without a model: nothing is near anything."""
        nothing = np.zeros((0, 0), dtype=np.float32)
        empty = np.zeros(0, dtype=np.int32)
        return cls(size, 0.0, empty, empty, (), (), nothing, np.zeros(0, dtype=np.bool_), (), nothing, nothing, nothing)

    @classmethod
    def build(cls, told: Told, vectors: Vectors | None) -> Meaning:
        """
        What is known of the texts; nothing is read here that was not read before.

        Args:
            told: The things with their texts.
            vectors: The model; None for none.
        """
        size = len(told.kinds)
        if vectors is None or vectors.embedder is None:
            return replace(cls.none(size), vectors=vectors)
        rows = [
            (thing, key, wording)
            for thing in range(size)
            for wording in texts_of(told, thing)
            if (key := key_of(wording))[1]
        ]
        distinct = sorted({key for _, key, _ in rows})
        numbers = {text: number for number, text in enumerate(distinct)}
        names, definitions = _names(told.hierarchy), _definitions(told.hierarchy)
        about = list(dict.fromkeys(concept_texts(told.hierarchy)))
        both = [*(text for _, text in distinct), *about]
        matrix, read = vectors.known(both)
        known = {text: matrix[row] for row, text in enumerate(both) if row >= len(distinct) and read[row]}
        languages = [group for group, _ in distinct]
        groups = tuple(
            (group, languages.index(group), languages.index(group) + languages.count(group))
            for group in dict.fromkeys(languages)
        )
        return cls(
            size=size,
            share=float(read.mean()) if len(read) else 0.0,
            things=np.asarray([thing for thing, *_ in rows], dtype=np.int32),
            texts=np.asarray([numbers[key] for _, key, _ in rows], dtype=np.int32),
            wordings=tuple(wording for *_, wording in rows),
            keys=tuple(distinct),
            matrix=matrix[: len(distinct)],
            read=read[: len(distinct)],
            groups=groups,
            names=_centroids(names, known, matrix.shape[1]),
            definitions=_centroids(definitions, known, matrix.shape[1]),
            labels=matrix[len(distinct) :][read[len(distinct) :]],
            vectors=vectors,
        )

    def widened(self, size: int) -> Meaning:
        """The same for `size` things, where those that are new have no text."""
        return replace(self, size=size)

    def near(self, texts: Mapping[Language, str] | Mapping[Language | None, str]) -> Nearness:
        """
        How near everything is to a need.

        Args:
            texts: What the need says, by language; the best of them counts.
        """
        return self._nearness(self._asked(texts.values()))

    def near_to(self, thing: int) -> Nearness:
        """
        How near everything is to a thing of the graph, by the texts of it that have been read: no model is run.

        Args:
            thing: Its number.
        """
        first, last = np.searchsorted(self.things, np.asarray([thing, thing + 1], dtype=np.int32))
        texts = self.texts[int(first) : int(last)]
        return self._nearness(self.matrix[texts[self.read[texts]]])

    def _nearness(self, asked: Floats) -> Nearness:
        z = np.full(self.size, -np.inf, dtype=np.float32)
        if not len(asked) or not self.read.any():
            return Nearness(np.zeros(self.size, dtype=np.float32), z, self.state, self, np.zeros(0, dtype=np.float32))
        standing = self._standing(asked)
        starts = np.flatnonzero(np.r_[True, np.diff(self.things) > 0])
        z[self.things[starts]] = np.maximum.reduceat(standing[self.texts], starts)
        return Nearness(_stretched(z, Z_FROM, Z_FULL), z, "ready", self, standing)

    def standing(self, texts: Mapping[Language, str] | Mapping[Language | None, str]) -> Floats | None:
        """
        How far each concept stands out among all of them by what a text means.

        Its names are near what is written in the words of its field, its definition what is written in other words;
        with both, the right topic of a need in everyday words is among the first three in .63 of cases, with names
        alone in .40.

        Args:
            texts: What the need says, by language.

        Returns:
            Per concept standard deviations, the mean of those by its names and by its definition; None where texts
            cannot be compared.
        """
        asked = self._asked(texts.values())
        if not len(asked) or len(self.names) < 2:
            return None
        both = [_z(matrix @ asked.T, matrix @ asked.T) for matrix in (self.names, self.definitions)]
        return np.asarray(np.mean(both, axis=0).max(axis=1), dtype=np.float32)

    def _asked(self, texts: Iterable[str]) -> Floats:
        # Grammar alone is near to anything that is written alike.
        telling = [text for text in texts if content_words(text, None)]
        found = [self.vectors.query(text) for text in telling] if self.vectors else []
        vectors = [vector for vector in found if vector is not None]
        return np.stack(vectors) if vectors else np.zeros((0, 0), dtype=np.float32)

    def _standing(self, asked: Floats) -> Floats:
        """Per text how far the similarity to the nearest of the vectors stands out, mostly in its own language."""
        found = np.full(len(self.matrix), -np.inf, dtype=np.float32)
        everything_read = bool(self.read.all())
        for vector, similar in zip(asked, _similar(self.matrix, asked), strict=True):
            everything = similar if everything_read else similar[self.read]
            if len(everything) < MIN_TEXTS:
                everything = np.concatenate((everything, self.labels @ vector))
            for _, first, last in self.groups:
                values = similar[first:last]
                own = values if everything_read else values[self.read[first:last]]
                slope, lift = _scale(own if len(own) >= MIN_TEXTS else everything, everything)
                np.maximum(found[first:last], values * slope + lift, out=found[first:last])
        found[~self.read] = -np.inf
        return found


def _similar(matrix: Floats, asked: Floats) -> Floats:
    """
    The products of all rows with some vectors.

    A few vectors at once take many times longer than each by itself, and each part of a large matrix is taken to all of
    them while it is at hand.

    Returns:
        A row per vector.
    """
    found = np.empty((len(asked), len(matrix)), dtype=np.float32)
    for first in range(0, len(matrix), _AT_HAND):
        part = matrix[first : first + _AT_HAND]
        for row, vector in zip(found, asked, strict=True):
            row[first : first + _AT_HAND] = part @ vector
    return found


def _scale(own: Floats, everything: Floats) -> tuple[np.float32, np.float32]:
    """By what a similarity is multiplied, and what is added, for how far it stands out, mostly in its own language."""
    slope = lift = 0.0
    for share, among in ((OWN_LANGUAGE, own), (1.0 - OWN_LANGUAGE, everything)):
        spread = max(float(among.std()), 1e-6)
        slope += share / spread
        lift -= share * float(among.mean()) / spread
    return np.float32(slope), np.float32(lift)


def passages(told: Told) -> tuple[str, ...]:
    """Every text that is to be read, each once."""
    texts = (wording.text for thing in range(len(told.kinds)) for wording in texts_of(told, thing))
    found = (prepare(text, "passage") for text in texts)
    return tuple(text for text in dict.fromkeys((*found, *concept_texts(told.hierarchy))) if text)


def texts_of(told: Told, thing: int) -> tuple[Wording, ...]:
    """The texts of a thing whose meaning counts."""
    work = told.kinds[thing] in READ_CLASSES
    titles, bodies = told.titles[thing] if work else (), told.bodies[thing]
    return (*titles, *(bodies if work or told.group[thing] >= 0 else ()))


def key_of(wording: Wording) -> Key:
    """The language of a text, and the text as it is read."""
    return _group(wording), prepare(wording.text, "passage")


def concept_texts(hierarchy: Hierarchy) -> Iterator[str]:
    """The names and definitions of all concepts, as they are read."""
    return (text for texts in (*_names(hierarchy), *_definitions(hierarchy)) for text in texts)


def _names(hierarchy: Hierarchy) -> list[tuple[str, ...]]:
    """Of each concept all its names in one text per language, the preferred one first."""
    found = []
    for number in range(len(hierarchy)):
        names = hierarchy.names(number)
        texts = (": ".join(filter(None, (names[lang][0], ", ".join(names[lang][1:])))) for lang in names if names[lang])
        found.append(_prepared(texts))
    return found


def _definitions(hierarchy: Hierarchy) -> list[tuple[str, ...]]:
    """Of each concept its definition by language; its name where it has none."""
    return [
        _prepared(hierarchy.definition(number, lang) or hierarchy.label(number, lang) for lang in LANGUAGES)
        for number in range(len(hierarchy))
    ]


def _prepared(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(ready for text in texts if (ready := prepare(text, "passage")))


def _centroids(texts: Sequence[Iterable[str]], known: Mapping[str, Floats], dimensions: int) -> Floats:
    found = np.zeros((len(texts), dimensions), dtype=np.float32)
    for number, several in enumerate(texts):
        for text in several:
            if text in known:
                found[number] += known[text]
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def _group(wording: Wording) -> str:
    """The language of a text; its tag is believed, unless both its letters and its words are those of another."""
    tagged = language_of(wording.lang) if wording.lang else None
    foreign = bool(_NORDIC & set(wording.text.lower()))
    if tagged is None or foreign == (tagged == "en"):
        # Names and terms keep their letters in an English text: the other words tell.
        found = detect(" ".join(word for word in wording.text.split() if not _NORDIC & set(word.lower())))
        if found.sure and found.language:
            return found.language
    return tagged or ""


def _z(values: Floats, among: Floats) -> Floats:
    spread = np.maximum(among.std(axis=0), 1e-6)
    return np.asarray((values - among.mean(axis=0)) / spread, dtype=np.float32)


def _stretched(z: NDArray[np.float32], low: float, high: float) -> Floats:
    return np.asarray(np.clip((z - low) / (high - low), 0.0, 1.0), dtype=np.float32)
