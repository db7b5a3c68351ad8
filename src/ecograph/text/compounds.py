"""How Danish and Swedish join words to one: what stands between them, and what is a word."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from ecograph.messages import Language
from ecograph.spelling import fold
from ecograph.text.lexicon import grammar_words, known, stop_words

MIN_PART: Final = 4
"""Shorter parts (*by*, *el*, *bil*) begin and end too many words that have nothing to do with them."""
MIN_REST: Final = 3
"""What is left of a compound must be a word too."""
SHORT_FIRST: Final = frozenset(("by", "el", "sø", "sjö"))
"""Shorter words that compounds of municipal life often begin with (*bybelysning*)."""
MIN_FIRST: Final = min(map(len, SHORT_FIRST))

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
# Endings that are also words to the dictionary; what is left of a compound must be more than one of them.
_NO_WORDS: Final[Mapping[Language, frozenset[str]]] = {
    "da": frozenset(("bar", "dom", "else", "ende", "ene", "ens", "ere", "erne", "ers", "ets", "hed", "ier", "ing"))
    | {"isk", "ist", "ning", "sam"},
    "sv": frozenset(("ade", "ande", "are", "arn", "arna", "bar", "dom", "ende", "era", "erna", "het", "ing", "isk"))
    | {"ist", "ning", "orna", "rar", "rna", "sam"},
    "en": frozenset(),
}


def stems(form: str, lang: Language) -> list[str]:
    """How a folded word may end as the first part of a compound, where that differs from the word."""
    ends = _STEM_ENDS[lang].get(form[-1], ())
    return [form[:-1] + end for end in ends if len(form) - 1 >= MIN_PART]


def rest_is_word(rest: str, lang: Language) -> bool:
    """Whether what follows the first part of a compound is a word, with or without a joint before it."""
    for joint in _JOINTS[lang]:
        word = rest.removeprefix(joint)
        if rest.startswith(joint) and len(word) >= _shortest(joint) and is_word(word, lang):
            return fold(word) not in _NO_WORDS[lang]
    return False


def first_is_word(first: str, lang: Language) -> bool:
    """Whether what stands before the last part of a compound is a word with a meaning, with or without a joint."""
    if first in SHORT_FIRST:
        return True
    for joint in _JOINTS[lang]:
        word = first.removesuffix(joint)
        if first.endswith(joint) and len(word) >= MIN_REST and is_word(word, lang):
            # Words of grammar make other words (för-bygga, ud-bygge), which do not mean what they are made of.
            return fold(word) not in stop_words(lang)
    return False


def _shortest(joint: str) -> int:
    """Letters of a word behind a joint: vowels stand before short endings by accident (park-e-rar)."""
    return MIN_REST if joint in ("", "s") else MIN_PART


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
        if _is_part(word[:cut], lang) and any(
            word[cut:].startswith(joint)
            and len(word) - cut - len(joint) >= MIN_PART
            and _is_part(word[cut + len(joint) :], lang)
            for joint in _JOINTS[lang]
        ):
            return True
    return False


def _is_part(word: str, lang: Language) -> bool:
    folded = fold(word)
    return known(word, lang) and folded not in _NO_WORDS[lang] and folded not in grammar_words(lang)
