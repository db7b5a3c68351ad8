"""
Concepts recognised in a text by their labels in Danish, Swedish and English.

Three ways, from the most to the least certain: the words of a label stand in the text; a label is part of a compound
(*affaldssortering* holds *affald*); a word the dictionary lacks is one slip away from a label. Each finding keeps the
words that led to it, so that a person can see and correct what was understood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import ahocorasick
from rapidfuzz import fuzz, process

from ecograph.messages import LANGUAGES, Language
from ecograph.spelling import fold
from ecograph.text.lexicon import Token, known, lemma, stop_words, tokenise

Way = Literal["label", "compound", "spelling"]

LABEL_WEIGHT: Final = 1.0
"""The words of the concept's first label stand in the text."""
OTHER_LABEL_WEIGHT: Final = 0.85
"""Those of another label do; it may be somewhat wider or narrower than the concept."""
HEAD_WEIGHT: Final = 0.8
"""The last part of a compound says what the thing is: *cykelparkering* is parking."""
MODIFIER_WEIGHT: Final = 0.7
"""An earlier part says what it is for: *skybrudsvarsling* is about cloudbursts."""
SPELLING_WEIGHT: Final = 0.6
"""One slip of the pen away."""

MIN_PART: Final = 4
"""Shorter parts (*by*, *el*, *bil*) begin and end too many words that have nothing to do with them."""
MIN_REST: Final = 3
"""What is left of a compound must be a word too."""
MIN_SPELLING: Final = 6
"""Short words have too many neighbours."""
SPELLING_RATIO: Final = 88.0
"""Similarity in percent (rapidfuzz ratio) that one wrong, missing or doubled letter in eight still reaches."""

_JOINTS: Final[Mapping[Language, tuple[str, ...]]] = {
    "da": ("", "s", "e", "er", "n"),
    "sv": ("", "s", "e", "o", "u", "a"),
    "en": ("",),
}
# How the first part of a compound ends where the word by itself ends otherwise (gata, gatu-; resa, rese-).
_STEM_ENDS: Final[Mapping[Language, Mapping[str, tuple[str, ...]]]] = {
    "da": {"e": ("",)},
    "sv": {"a": ("", "u", "o", "e"), "e": ("",)},
    "en": {},
}


@dataclass(frozen=True, slots=True)
class Found:
    """
    One concept in a text.

    Attributes:
        iri: The concept.
        words: The words of the text that led to it, as written.
        start: Where they begin in the text, in characters.
        end: Where they end.
        way: How it was recognised.
        label: The label that was met.
        weight: 0..1, how far the finding can be trusted.
    """

    iri: str
    words: tuple[str, ...]
    start: int
    end: int
    way: Way
    label: str
    weight: float


@dataclass(frozen=True, slots=True)
class _Entry:
    iri: str
    label: str
    length: int
    weight: float


class ConceptLinker:
    """
    Recognises the concepts of a vocabulary.

    Args:
        labels: Per concept IRI its labels by language, the preferred one first.
        slips: Whether a word one slip away from a label counts; off for texts that are read by the thousand.

    Example:
        >>> linker = ConceptLinker({"urn:waste": {"da": ["affald"], "sv": ["avfall"], "en": ["waste"]}})
        >>> [(each.iri, each.words, each.way) for each in linker.find("Bedre affaldssortering i etageboliger", "da")]
        [('urn:waste', ('affaldssortering',), 'compound')]

    Source:
        docs/matching.md, "Recognising concepts".
    """

    def __init__(self, labels: Mapping[str, Mapping[str, Iterable[str]]], *, slips: bool = True) -> None:
        self._phrases: dict[Language, dict[str, list[_Entry]]] = {lang: defaultdict(list) for lang in LANGUAGES}
        self._parts: dict[Language, dict[str, list[_Entry]]] = {lang: defaultdict(list) for lang in LANGUAGES}
        self._heads: dict[Language, dict[str, list[_Entry]]] = {lang: defaultdict(list) for lang in LANGUAGES}
        for iri in sorted(labels):
            for lang in LANGUAGES:
                for place, label in enumerate(labels[iri].get(lang, ())):
                    self._add(_Entry(iri, label, len(tokenise(label)), _label_weight(place)), lang)
                if lang != "en":
                    for place, label in enumerate(labels[iri].get("en", ())):
                        if _safe_loan(label, lang):
                            self._add_phrase(_Entry(iri, label, len(tokenise(label)), _label_weight(place)), lang)
        self._automata = {lang: _automaton(self._phrases[lang]) for lang in LANGUAGES}
        self._spellings = {
            lang: sorted(key for key in self._phrases[lang] if slips and len(key) >= MIN_SPELLING and " " not in key)
            for lang in LANGUAGES
        }

    def find(self, text: str, lang: Language | None) -> tuple[Found, ...]:
        """
        The concepts in a text, in its order; a label inside a longer one does not count.

        Args:
            text: Any text.
            lang: Its language; None where unsure, then all three are tried.
        """
        tokens = tokenise(text)
        found: dict[tuple[str, int], Found] = {}
        for each in (lang,) if lang else LANGUAGES:
            for hit in self._find(tokens, each):
                kept = found.get((hit.iri, hit.start))
                if kept is None or hit.weight > kept.weight:
                    found[hit.iri, hit.start] = hit
        exact = [hit for hit in found.values() if hit.way == "label"]
        # A compound or a slip inside the words of a label in another language is an accident.
        kept_hits = [
            hit
            for hit in found.values()
            if not any(_inside(hit, other) for other in exact if other is not hit and other.weight >= hit.weight)
        ]
        return tuple(sorted(kept_hits, key=lambda hit: (hit.start, -hit.end, hit.iri)))

    def _add(self, entry: _Entry, lang: Language) -> None:
        self._add_phrase(entry, lang)
        word = entry.label.strip().lower()
        if entry.length != 1 or lang == "en" or len(word) < MIN_PART or fold(word) in stop_words(lang):
            return
        for form in {fold(word), lemma(word, lang)}:
            if len(form) >= MIN_PART:
                self._heads[lang][form].append(entry)
                self._parts[lang][form].append(entry)
                for stem in _stems(form, lang):
                    self._parts[lang][stem].append(entry)

    def _add_phrase(self, entry: _Entry, lang: Language) -> None:
        key = " ".join(lemma(token.text, lang) for token in tokenise(entry.label))
        if not key or (entry.length == 1 and (key in stop_words(lang) or len(key) < 2)):
            return
        entries = self._phrases[lang][key]
        if all(known_entry.iri != entry.iri for known_entry in entries):
            entries.append(entry)

    def _find(self, tokens: Sequence[Token], lang: Language) -> list[Found]:
        spans = self._labels_in(tokens, lang)
        covered = {place for first, last, _ in spans for place in range(first, last + 1)}
        hits = [
            _found(tokens[first : last + 1], entry, "label", entry.weight)
            for first, last, entries in spans
            for entry in entries
        ]
        for place, token in enumerate(tokens):
            if place not in covered and not token.text.isdigit():
                hits.extend(self._in_word(token, lang))
        return hits

    def _labels_in(self, tokens: Sequence[Token], lang: Language) -> list[tuple[int, int, list[_Entry]]]:
        """First and last token of each label in the text that is not part of a longer one."""
        automaton = self._automata[lang]
        if automaton is None:
            return []
        pieces: list[str] = []
        places: dict[int, int] = {}
        length = 0
        for place, token in enumerate(tokens):
            piece = (" | " if token.after_break else " ") + lemma(token.text, lang)
            length += len(piece)
            places[length] = place
            pieces.append(piece)
        spans = [
            (places[end] - entries[0].length + 1, places[end], entries)
            for end, entries in automaton.iter("".join(pieces) + " ")
            if end in places
        ]
        kept: list[tuple[int, int, list[_Entry]]] = []
        for first, last, entries in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
            if not any(other_first <= first and last <= other_last for other_first, other_last, _ in kept):
                kept.append((first, last, entries))
        return sorted(kept, key=lambda span: span[0])

    def _in_word(self, token: Token, lang: Language) -> list[Found]:
        word = token.text.lower()
        if len(word) >= MIN_PART + MIN_REST and lang != "en":
            parts = self._compound(word, lang)
            if parts:
                return [_found([token], entry, "compound", weight) for entry, weight in parts]
        if self._spellings[lang] and len(word) >= MIN_SPELLING and not known(word, lang):
            form = lemma(word, lang)
            best = process.extractOne(form, self._spellings[lang], scorer=fuzz.ratio, score_cutoff=SPELLING_RATIO)
            if best is not None and best[0][0] == form[0]:
                entries = self._phrases[lang][best[0]]
                return [_found([token], entry, "spelling", SPELLING_WEIGHT) for entry in entries]
        return []

    def _compound(self, word: str, lang: Language) -> list[tuple[_Entry, float]]:
        found: dict[str, tuple[_Entry, float]] = {}
        ending = lemma(word, lang)
        for cut in range(len(word) - MIN_REST, MIN_PART - 1, -1):
            part, rest = fold(word[:cut]), word[cut:]
            if part in self._parts[lang] and _rest_is_word(rest, lang):
                for entry in self._parts[lang][part]:
                    found.setdefault(entry.iri, (entry, MODIFIER_WEIGHT))
                break
        for cut in range(MIN_REST, len(ending) - MIN_PART + 1):
            head = ending[cut:]
            if head in self._heads[lang] and _first_is_word(word[:cut], lang):
                for entry in self._heads[lang][head]:
                    found.setdefault(entry.iri, (entry, HEAD_WEIGHT))
                break
        return list(found.values())


def _automaton(phrases: Mapping[str, list[_Entry]]) -> ahocorasick.Automaton | None:
    automaton = ahocorasick.Automaton()
    for key, entries in phrases.items():
        automaton.add_word(f" {key} ", entries)
    if not phrases:
        return None
    automaton.make_automaton()
    return automaton


def _found(tokens: Sequence[Token], entry: _Entry, way: Way, weight: float) -> Found:
    words = tuple(token.text for token in tokens)
    return Found(entry.iri, words, tokens[0].start, tokens[-1].end, way, entry.label, weight)


def _inside(hit: Found, other: Found) -> bool:
    smaller = hit.end - hit.start < other.end - other.start
    return other.start <= hit.start and hit.end <= other.end and (smaller or hit.way != "label")


def _label_weight(place: int) -> float:
    return OTHER_LABEL_WEIGHT if place else LABEL_WEIGHT


def _safe_loan(label: str, lang: Language) -> bool:
    """Whether an English label may be looked for in a Danish or Swedish text: not where it is a word there."""
    tokens = tokenise(label)
    if len(tokens) != 1:
        return bool(tokens)
    word = tokens[0].text
    return word.isupper() or (len(word) >= MIN_PART and not known(word.lower(), lang))


def _stems(form: str, lang: Language) -> list[str]:
    ends = _STEM_ENDS[lang].get(form[-1], ())
    return [form[:-1] + end for end in ends if len(form) - 1 >= MIN_PART]


def _rest_is_word(rest: str, lang: Language) -> bool:
    return any(
        rest.startswith(joint) and len(rest) - len(joint) >= MIN_REST and is_word(rest[len(joint) :], lang)
        for joint in _JOINTS[lang]
    )


def _first_is_word(first: str, lang: Language) -> bool:
    return any(
        first.endswith(joint)
        and len(first) - len(joint) >= MIN_REST
        and is_word(first[: len(first) - len(joint)], lang)
        for joint in _JOINTS[lang]
    )


@lru_cache(maxsize=50_000)
def is_word(word: str, lang: Language) -> bool:
    """
    Whether the dictionary holds the word, or two words of it joined the way the language joins them.

    Example:
        >>> is_word("varslingssystem", "da"), is_word("varningssystem", "sv"), is_word("ikation", "da")
        (True, True, False)
    """
    if known(word, lang):
        return True
    for cut in range(len(word) - MIN_PART, MIN_PART - 1, -1):
        if known(word[:cut], lang) and any(
            word[cut:].startswith(joint)
            and len(word) - cut - len(joint) >= MIN_PART
            and known(word[cut + len(joint) :], lang)
            for joint in _JOINTS[lang]
        ):
            return True
    return False
