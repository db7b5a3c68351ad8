"""
Words of Danish, Swedish and English: cut out, brought to their dictionary form, and spelled one way.

Danish and Swedish write many of the same words with different letters; folding makes them one spelling. A compound that
no dictionary holds still shares its character n-grams with its parts.

The dictionary knows words by their spelling alone. Where it takes a word of grammar for a form of another word (Swedish
*ska* for one of *skola*, school), the word is kept as it is written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

import simplemma

from ecograph.messages import LANGUAGES, Language
from ecograph.spelling import fold

_WORD = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)*")
_BREAK = re.compile(r"[.,;:!?()\[\]{}<>|/\"“”»«\n\r\t]|\s[-–—]\s")

MIN_GRAM: Final = 3
"""Shorter grams are in nearly every word."""
MAX_GRAM: Final = 5
"""Longer ones are nearly whole words."""


MAX_WORD: Final = 64
"""Letters from which a run of letters is no word; the longest compounds of officials have about fifty."""
MIN_STEM: Final = 4
"""Letters before an ending; shorter stems are other words by accident."""

ENDINGS: Final[Mapping[Language, tuple[str, ...]]] = {
    "da": ("ernes", "erne", "enes", "ene", "ens", "ets", "er", "en", "et", "es", "s", "e"),
    "sv": (
        "ernas",
        "arnas",
        "ornas",
        "erna",
        "arna",
        "orna",
        "ens",
        "ets",
        "ar",
        "er",
        "or",
        "en",
        "et",
        "na",
        "s",
        "n",
    ),
    "en": ("s",),
}
# Where the dictionary takes a noun of ours for another word (avfall, to fall off).
_CORRECTED: Final[Mapping[Language, Mapping[str, str]]] = {
    "da": {
        **dict.fromkeys(
            ("cykel", "cykels", "cyklen", "cyklens", "cykler", "cyklers", "cyklerne", "cyklernes"), "cykel"
        ),
        **dict.fromkeys(("park", "parks", "parken", "parkens", "parker", "parkers", "parkerne", "parkernes"), "park"),
        **dict.fromkeys(("tømmer", "tømmers", "tømmeret", "tømmerets"), "tømmer"),
    },
    "sv": dict.fromkeys(("avfall", "avfallet", "avfalls", "avfallets", "avfallen"), "avfall"),
    "en": {},
}
# A verb's form that is a noun of its own: boende is who lives there or a dwelling, bor is not.
_NOUN_OF_VERB: Final[Mapping[Language, tuple[str, ...]]] = {"da": ("ende",), "sv": ("ande", "ende"), "en": ()}
_VOWELS: Final = re.compile(r"[aeiouyåäö]+")
_DOUBLED: Final = re.compile(r"(.)\1")
# What nouns and adjectives end in, without the vowels: bil-ar, bil-er-na, grön-t, muse-um.
_INFLECTIONS: Final = frozenset(("", "s", "r", "rs", "n", "ns", "rn", "rns", "t", "ts", "m", "ms"))


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: as written, where, and whether a sentence or phrase ends before it."""

    text: str
    start: int
    end: int
    after_break: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A content word: as written and its folded dictionary form."""

    text: str
    lemma: str


def normalise(text: str) -> str:
    """
    The text in Unicode normal form C, without NUL characters and lone surrogates.

    Example:
        >>> normalise("Malmo\\u0308") == "Malmö"
        True
    """
    cleaned = text.replace("\0", " ").encode("utf-8", "ignore").decode("utf-8")
    return unicodedata.normalize("NFC", cleaned)


@lru_cache(maxsize=256)
def tokenise(text: str) -> tuple[Token, ...]:
    """
    The words of a text in order; hyphens separate words.

    Example:
        >>> [token.text for token in tokenise("IoT-platform i Høje-Taastrup, 2,5 mio.")]
        ['IoT', 'platform', 'i', 'Høje', 'Taastrup', '2', '5', 'mio']
    """
    found: list[Token] = []
    end = 0
    for match in _WORD.finditer(text):
        if match.end() - match.start() > MAX_WORD:
            continue
        start, gap = match.start(), text[end : match.start()]
        end = match.end()
        found.append(Token(match.group(), start, end, not found or (gap != " " and bool(_BREAK.search(gap)))))
    return tuple(found)


@lru_cache(maxsize=200_000)
def lemma(word: str, lang: Language) -> str:
    """
    The folded dictionary form of a word.

    A word that the dictionary lacks stays as it is, as does a word of grammar, a noun made of a verb, and a word that
    has nothing in common with the form the dictionary gives (*ældre*, which is more than a form of *gammel*).

    Example:
        >>> lemma("kommunerne", "da"), lemma("lösningar", "sv"), lemma("cities", "en")
        ('kommune', 'lösning', 'city')
        >>> lemma("ska", "sv"), lemma("boende", "sv"), lemma("ældre", "da")
        ('ska', 'boende', 'äldre')
    """
    lower = word.lower()
    if lower in _CORRECTED[lang]:
        return fold(_CORRECTED[lang][lower])
    folded = fold(lower)
    if folded in grammar_words(lang) or lower.endswith(_NOUN_OF_VERB[lang]):
        return folded
    found = simplemma.lemmatize(lower, lang=lang).lower()
    if found == lower and not known(lower, lang):
        found = _without_ending(lower, lang)
    if _begin_alike(folded, fold(found)):
        return fold(found)
    return folded.removesuffix("s") if known(lower.removesuffix("s"), lang) else folded


def _begin_alike(word: str, other: str) -> bool:
    """Whether two folded words begin with the same consonant, or both with a vowel."""
    first, second = word[:1], other[:1]
    return first == second or bool(_VOWELS.match(first) and _VOWELS.match(second))


@lru_cache(maxsize=50_000)
def inflected(word: str, other: str) -> bool:
    """
    Whether two words with the same dictionary form are forms of one noun or adjective.

    A verb (*park*) is not a form of the noun made of it (*parking*), though dictionaries say so. Vowels may change
    (*barn*, *børn*); what is left of the consonants must be endings.

    Example:
        >>> inflected("børn", "barn"), inflected("museerne", "museum"), inflected("Grønne", "grønt")
        (True, True, True)
        >>> inflected("bor", "boende"), inflected("bygga", "byggande"), inflected("test", "testing")
        (False, False, False)
    """
    one, two = _consonants(word), _consonants(other)
    shared = 0
    while shared < min(len(one), len(two)) and one[shared] == two[shared]:
        shared += 1
    return one[shared:] in _INFLECTIONS and two[shared:] in _INFLECTIONS


def _consonants(word: str) -> str:
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", fold(word)))


def _without_ending(word: str, lang: Language) -> str:
    """The dictionary form of an inflected word that the dictionary lacks, where it holds what is before the ending."""
    for ending in ENDINGS[lang]:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= MIN_STEM and known(stem, lang):
            return str(simplemma.lemmatize(stem, lang=lang)).lower()
    return word


@lru_cache(maxsize=50_000)
def known(word: str, lang: Language) -> bool:
    """Whether the dictionary of a language holds the word in some form."""
    return bool(simplemma.is_known(word, lang=lang))


def lemmas(word: str, lang: Language | None) -> tuple[str, ...]:
    """The folded dictionary forms of a word: one where the language is known, else one per language."""
    if lang is not None:
        return (lemma(word, lang),)
    return tuple(dict.fromkeys(lemma(word, each) for each in LANGUAGES))


def content_words(text: str, lang: Language | None) -> tuple[Word, ...]:
    """
    The words that carry meaning, each with its folded dictionary form, in order and without doubles.

    Args:
        text: Any text.
        lang: Its language; None where unknown, then a word counts in its form of each language.

    Returns:
        No stop words, no single letters, no bare numbers below four digits.

    Example:
        >>> [word.lemma for word in content_words("Bedre sortering af affaldet i kommunen", "da")]
        ['sortering', 'affald']
    """
    stop = stop_words(lang)
    found: dict[str, Word] = {}
    for token in tokenise(text):
        lower = token.text.lower()
        if len(lower) < 2 or fold(lower) in stop or (lower.isdigit() and len(lower) < 4):
            continue
        for form in lemmas(token.text, lang):
            if len(form) > 1 and form not in stop:
                found.setdefault(form, Word(token.text, form))
    return tuple(found.values())


def name_words(text: str) -> tuple[Word, ...]:
    """
    The words of a name, folded as they are written, without grammar.

    Example:
        >>> [word.lemma for word in name_words("Foreningen af Kommuner i Øresund")]
        ['foreningen', 'kommuner', 'öresund']
    """
    stop = stop_words(None)
    words = (Word(token.text, fold(token.text)) for token in tokenise(text))
    return tuple({word.lemma: word for word in words if len(word.lemma) > 1 and word.lemma not in stop}.values())


@lru_cache(maxsize=4096)
def grams(word: str, smallest: int = MIN_GRAM, largest: int = MAX_GRAM) -> frozenset[str]:
    """
    The character n-grams of one folded word, without marks for its ends, so that a compound holds those of its parts.

    Example:
        >>> sorted(grams("affald", 5, 5)), grams("affald") <= grams("affaldssortering")
        (['affal', 'ffald'], True)
    """
    if len(word) < smallest:
        return frozenset((word,))
    return frozenset(
        word[start : start + size]
        for size in range(smallest, min(largest, len(word)) + 1)
        for start in range(len(word) - size + 1)
    )


@lru_cache(maxsize=4)
def stop_words(lang: Language | None) -> frozenset[str]:
    """
    Words without a meaning of their own, folded: grammar, and what every municipal need says ("municipality").

    Args:
        lang: None for all three languages together.
    """
    if lang is None:
        return frozenset().union(*(stop_words(each) for each in LANGUAGES))
    return grammar_words(lang) | _folded(_lists(f"{lang}.txt")[1:])


@lru_cache(maxsize=3)
def grammar_words(lang: Language) -> frozenset[str]:
    """Words that make sentences and mean nothing by themselves, folded."""
    return _folded(_lists(f"{lang}.txt")[:1])


def _folded(lists: Iterable[list[str]]) -> frozenset[str]:
    return frozenset(fold(word) for words in lists for word in words)


def _lists(name: str) -> list[list[str]]:
    """The lists of words in a file; each begins with a line that says what it holds."""
    found: list[list[str]] = []
    for line in resources.files("ecograph.text").joinpath("stopwords", name).read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            found.append([])
        else:
            found[-1].extend(line.split())
    return found


@lru_cache(maxsize=3)
def everyday_words(lang: Language) -> frozenset[str]:
    """
    Words that stand in texts about anything, by their dictionary forms: children, road, school, partnership.

    As another label of a concept such a word is a hint, no proof. The list was drawn up from the labels that are among
    the commonest words of the language, and from those that misled when topics of projects were found by rule.
    """
    return frozenset(lemma(word, lang) for words in _lists(f"everyday-{lang}.txt") for word in words)


def warm() -> None:
    """Read the dictionaries now instead of at the first text."""
    for lang in LANGUAGES:
        known("vand", lang)
