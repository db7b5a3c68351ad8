"""
Concepts recognised in a text by their labels in Danish, Swedish and English.

Three ways, from the most to the least certain: the words of a label stand in the text; a label is part of a compound
(*affaldssortering* holds *affald*); a word the dictionary lacks is one slip away from a label. Each finding keeps the
words that led to it, so that a person can see and correct what was understood.

Labels of one everyday word (children, road, test) are in texts about anything. They count where another word of the
same theme stands beside them; where nothing surer was found, they count little; else they do not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

import ahocorasick

from ecograph.messages import LANGUAGES, Language
from ecograph.spelling import fold
from ecograph.text.compounds import MIN_FIRST, MIN_PART, MIN_REST, first_is_word, rest_is_word, stems
from ecograph.text.lexicon import (
    ENDINGS,
    MIN_STEM,
    Token,
    everyday_words,
    inflected,
    known,
    lemma,
    stop_words,
    tokenise,
)
from ecograph.text.slips import Slips

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
EVERYDAY_WEIGHT: Final = 0.5
"""An everyday word is all there is: it may be what the text is about."""

_LAST_OF_ENDINGS: Final = frozenset(ending[-1] for endings in ENDINGS.values() for ending in endings)


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
        everyday: Whether the word is in texts about anything.
    """

    iri: str
    words: tuple[str, ...]
    start: int
    end: int
    way: Way
    label: str
    weight: float
    everyday: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    iri: str
    label: str
    words: tuple[str, ...]
    weight: float
    everyday: bool


class ConceptLinker:
    """
    Recognises the concepts of a vocabulary.

    Args:
        labels: Per concept IRI its labels by language, the preferred one first.
        themes: Per concept IRI itself and what is above it; two concepts with one of them in common are of one theme.
        slips: Whether a word one slip away from a label counts; off for texts that are read by the thousand.

    Example:
        >>> linker = ConceptLinker({"urn:waste": {"da": ["affald"], "sv": ["avfall"], "en": ["waste"]}})
        >>> [(each.iri, each.words, each.way) for each in linker.find("Bedre affaldssortering i etageboliger", "da")]
        [('urn:waste', ('affaldssortering',), 'compound')]

    Source:
        docs/matching.md, "Recognising concepts".
    """

    def __init__(
        self,
        labels: Mapping[str, Mapping[str, Iterable[str]]],
        *,
        themes: Mapping[str, frozenset[str]] | None = None,
        slips: bool = True,
    ) -> None:
        self._themes = themes or {}
        self._phrases: dict[Language, dict[str, list[_Entry]]] = {lang: defaultdict(list) for lang in LANGUAGES}
        self._parts: dict[Language, dict[str, list[_Entry]]] = {lang: defaultdict(list) for lang in LANGUAGES}
        self._heads: dict[Language, dict[str, list[_Entry]]] = {lang: defaultdict(list) for lang in LANGUAGES}
        self._own: dict[Language, dict[str, str]] = {lang: {} for lang in LANGUAGES}
        for iri in sorted(labels):
            for lang in LANGUAGES:
                for place, label in enumerate(labels[iri].get(lang, ())):
                    self._add(_entry(iri, label, place, lang), lang)
                if lang != "en":
                    for place, label in enumerate(labels[iri].get("en", ())):
                        if _safe_loan(label, lang):
                            self._add_phrase(_entry(iri, label, place, "en"), lang)
        for lang in LANGUAGES:
            self._join_inflected(lang)
        self._automata = {lang: _automaton(self._phrases[lang]) for lang in LANGUAGES}
        self._slips = {lang: Slips(self._label_words(lang), lang) for lang in LANGUAGES if slips}

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
        return tuple(sorted(self._proven(kept_hits), key=lambda hit: (hit.start, -hit.end, hit.iri)))

    def _proven(self, hits: Sequence[Found]) -> list[Found]:
        """Everyday words are kept beside another word of their theme, or, with less weight, where nothing else is."""
        proven = [hit for hit in hits if not hit.everyday or any(self._second_sign(hit, other) for other in hits)]
        return proven or [replace(hit, weight=min(hit.weight, EVERYDAY_WEIGHT)) for hit in hits]

    def _second_sign(self, hit: Found, other: Found) -> bool:
        own = self._themes.get(hit.iri) or frozenset((hit.iri,))
        others = self._themes.get(other.iri) or frozenset((other.iri,))
        apart = other.end <= hit.start or hit.end <= other.start
        return apart and not own.isdisjoint(others) and not inflected(" ".join(hit.words), " ".join(other.words))

    def _add(self, entry: _Entry, lang: Language) -> None:
        self._add_phrase(entry, lang)
        word = entry.label.strip().lower()
        if len(entry.words) != 1 or lang == "en" or len(word) < MIN_PART or fold(word) in stop_words(lang):
            return
        for form in {fold(word), lemma(word, lang)}:
            if len(form) >= MIN_PART and inflected(form, word):
                self._heads[lang][form].append(entry)
                self._parts[lang][form].append(entry)
                for stem in stems(form, lang):
                    self._parts[lang][stem].append(entry)

    def _add_phrase(self, entry: _Entry, lang: Language) -> None:
        keys = {" ".join(lemma(word, lang) for word in entry.words)}
        if len(entry.words) == 1:
            # The dictionary may know the word as a form of another one only (buss, to set dogs on somebody).
            keys = {key for key in (*keys, fold(entry.words[0])) if len(key) > 1 and key not in stop_words(lang)}
        for key in filter(None, keys):
            entries = self._phrases[lang][key]
            if all(other.iri != entry.iri or not _same_words(other.words, entry.words) for other in entries):
                entries.append(entry)
        for word in entry.words:
            if not known(word.lower(), lang):
                self._own[lang][fold(word)] = lemma(word, lang)

    def _label_words(self, lang: Language) -> set[str]:
        return {word for entries in self._phrases[lang].values() for entry in entries for word in entry.words}

    def _find(self, tokens: Sequence[Token], lang: Language) -> list[Found]:
        corrected = self._corrections(tokens, lang)
        spans = self._labels_in(tokens, corrected, lang)
        covered = {place for first, last, _ in spans for place in range(first, last + 1)}
        hits: list[Found] = []
        for first, last, entries in spans:
            slip = any(place in corrected for place in range(first, last + 1))
            hits.extend(
                _found(tokens[first : last + 1], entry, "spelling", min(entry.weight, SPELLING_WEIGHT))
                if slip
                else _found(tokens[first : last + 1], entry, "label", entry.weight)
                for entry in entries
            )
        if lang != "en":
            for place, token in enumerate(tokens):
                if place not in covered and len(token.text) >= MIN_PART + MIN_REST and not token.text.isdigit():
                    parts = self._compound(token.text.lower(), lang)
                    hits.extend(_found([token], entry, "compound", weight) for entry, weight in parts)
        return hits

    def _labels_in(
        self, tokens: Sequence[Token], corrected: Mapping[int, str], lang: Language
    ) -> list[tuple[int, int, list[_Entry]]]:
        """First and last token of each label in the text that is not part of a longer one."""
        automaton = self._automata[lang]
        if automaton is None:
            return []
        words = [corrected.get(place, token.text) for place, token in enumerate(tokens)]
        pieces: list[str] = []
        places: dict[int, int] = {}
        length = 0
        for place, token in enumerate(tokens):
            piece = (" | " if token.after_break else " ") + self._form(words[place], lang)
            length += len(piece)
            places[length] = place
            pieces.append(piece)
        spans = []
        for end, entries in automaton.iter("".join(pieces) + " "):
            if end in places:
                last = places[end]
                first = last - len(entries[0].words) + 1
                same = [entry for entry in entries if _same_words(entry.words, words[first : last + 1])]
                if same:
                    spans.append((first, last, same))
        kept: list[tuple[int, int, list[_Entry]]] = []
        for first, last, entries in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
            if not any(other_first <= first and last <= other_last for other_first, other_last, _ in kept):
                kept.append((first, last, entries))
        return sorted(kept, key=lambda span: span[0])

    def _form(self, word: str, lang: Language) -> str:
        """The dictionary form of a word, also where only our labels know it (*cirkulariteten*)."""
        lower = word.lower()
        if not known(lower, lang) and (own := self._own[lang].get(fold(lower)) or self._uninflected(lower, lang)):
            return own
        return lemma(word, lang)

    def _uninflected(self, word: str, lang: Language) -> str | None:
        """The form of that word of our labels which a word is an inflection of."""
        if word[-1:] in _LAST_OF_ENDINGS:
            for ending in ENDINGS[lang]:
                if word.endswith(ending) and len(word) - len(ending) >= MIN_STEM:
                    own = self._own[lang].get(fold(word.removesuffix(ending)))
                    if own is not None:
                        return own
        return None

    def _join_inflected(self, lang: Language) -> None:
        """Labels that only differ in number (testbädd, testbäddar) are met by the same words."""
        for word in sorted(self._own[lang]):
            own = self._uninflected(word, lang)
            if own is not None and own != self._own[lang][word]:
                for entry in self._phrases[lang].get(self._own[lang][word], ()):
                    if len(entry.words) == 1:
                        self._phrases[lang][own].append(entry)
                self._own[lang][word] = own

    def _corrections(self, tokens: Sequence[Token], lang: Language) -> dict[int, str]:
        """The words of labels that are meant by tokens which are no words, by the place of the token."""
        slips = self._slips.get(lang)
        if slips is None:
            return {}
        meant = ((place, slips.meant(token.text)) for place, token in enumerate(tokens))
        return {place: word for place, word in meant if word is not None}

    def _compound(self, word: str, lang: Language) -> list[tuple[_Entry, float]]:
        found: dict[str, tuple[_Entry, float]] = {}
        ending = lemma(word, lang)
        for cut in range(len(word) - MIN_REST, MIN_PART - 1, -1):
            part, rest = fold(word[:cut]), word[cut:]
            if part in self._parts[lang] and rest_is_word(rest, lang):
                for entry in self._parts[lang][part]:
                    found.setdefault(entry.iri, (entry, MODIFIER_WEIGHT))
                break
        for cut in range(MIN_FIRST, len(ending) - MIN_PART + 1):
            head = ending[cut:]
            if head in self._heads[lang] and first_is_word(word[:cut], lang):
                for entry in self._heads[lang][head]:
                    found.setdefault(entry.iri, (entry, HEAD_WEIGHT))
                break
        return list(found.values())


@lru_cache(maxsize=20_000)
def _words(label: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokenise(label))


def _entry(iri: str, label: str, place: int, lang: Language) -> _Entry:
    words = _words(label)
    everyday = place > 0 and len(words) == 1 and lemma(words[0], lang) in everyday_words(lang)
    return _Entry(iri, label, words, _label_weight(place), everyday)


def _same_words(words: Sequence[str], others: Sequence[str]) -> bool:
    """
    Whether the words of a label are those of a text that have the same dictionary forms.

    A single word must be inflected, not derived; several together leave no doubt. Abbreviations are not inflected.
    """
    return all(
        fold(word) == fold(other) if word.isupper() else len(words) > 1 or inflected(word, other)
        for word, other in zip(words, others, strict=True)
    )


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
    return Found(entry.iri, words, tokens[0].start, tokens[-1].end, way, entry.label, weight, entry.everyday)


def _inside(hit: Found, other: Found) -> bool:
    smaller = hit.end - hit.start < other.end - other.start
    return other.start <= hit.start and hit.end <= other.end and (smaller or hit.way != "label")


def _label_weight(place: int) -> float:
    return OTHER_LABEL_WEIGHT if place else LABEL_WEIGHT


def _safe_loan(label: str, lang: Language) -> bool:
    """Whether an English label may be looked for in a Danish or Swedish text: not where it is a word there."""
    words = _words(label)
    if len(words) != 1:
        return bool(words)
    word = words[0]
    return word.isupper() or (len(word) >= MIN_PART and not known(word.lower(), lang))
