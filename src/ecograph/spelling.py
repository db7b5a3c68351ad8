"""One spelling for what Danes, Norwegians and Swedes write with different letters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_LETTERS: Final = str.maketrans({"æ": "ä", "ø": "ö", "ü": "u", "ß": "ss", "đ": "d", "ð": "d", "þ": "th", "ł": "l"})
_KEPT: Final = frozenset("äöå")
_BETWEEN_WORDS: Final = re.compile(r"[\W_]+")

# What may stand around the name proper, as folded words; who differs in nothing else has the same name by law or habit.
_BEFORE: Final = tuple(
    tuple(words.split())
    for words in (
        "den selvejende institution", "den erhvervsdrivende fond", "foreningen", "fonden", "stiftelsen",
        "ideella föreningen", "aktieselskabet", "aktiebolaget", "the",
    )
)  # fmt: skip
_AFTER: Final = tuple(
    tuple(words.split())
    for words in (
        "a s", "as", "asa", "aps", "ivs", "i s", "k s", "p s", "amba", "a m b a", "fmba", "f m b a", "smba", "s m b a",
        "ab", "aktiebolag", "publ", "hb", "kb", "ek för", "ekonomisk förening", "ideell förening", "gmbh", "ltd", "inc",
    )
)  # fmt: skip
_COUNTRY: Final = re.compile(r"\s*\((?:denmark|sweden|norway|danmark|sverige|norge)\)\s*$", re.IGNORECASE)
_AND: Final = frozenset({"and", "och"})
_MUNICIPAL: Final = frozenset({"kommune", "kommun", "stad", "municipality", "regionskommune"})
_UNIVERSITY: Final = frozenset({"universitet", "university", "universitetet"})
_SHORTEST_GENITIVE: Final = 4  # "Ås" is no genitive


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """
    One spelling for Danish, Norwegian and Swedish letters, in lower case, without other accents.

    Example:
        >>> fold("Varmeplanlægning"), fold("Aarhus"), fold("Århus"), fold("idé")
        ('varmeplanlägning', 'århus', 'århus', 'ide')

    Source:
        docs/matching.md, "Words".
    """
    lower = word.lower().translate(_LETTERS)
    if not lower.isascii():
        lower = "".join(
            letter if letter in _KEPT else unicodedata.normalize("NFD", letter)[0] for letter in lower if letter.strip()
        )
    return lower.replace("aa", "å")


def fold_name(name: str) -> str:
    """
    A name for comparing: folded, with single spaces for everything that is no letter or digit.

    Example:
        >>> fold_name("Høje-Taastrup"), fold_name("Höje Tåstrup"), fold_name("R&D  A/S")
        ('höje tåstrup', 'höje tåstrup', 'r d a s')
    """
    composed = unicodedata.normalize("NFC", name)
    return " ".join(fold(word) for word in _BETWEEN_WORDS.split(composed) if word)


@lru_cache(maxsize=100_000)
def loose_names(name: str) -> tuple[str, ...]:
    """
    The forms of a name without legal form, country and the like, the one that keeps most first.

    What kind of place or school it is stays in the first forms, so that `Lund University` is not `Lund`.

    Example:
        >>> loose_names("Novozymes A/S"), loose_names("Stiftelsen Aaforsk (Sweden)")
        (('novozymes',), ('åforsk',))
        >>> loose_names("Lunds kommun"), loose_names("University of Lund")
        (('lunds kommune', 'lund kommune', 'lunds', 'lund'), ('lund universitet',))

    Source:
        docs/identity.md, "Names".
    """
    folded = fold_name(_COUNTRY.sub("", name).replace("&", " og "))
    words = ["og" if word in _AND else word for word in folded.split()]
    words = _without(words)
    if len(words) > 2 and words[1] in ("of", "i") and words[0] in _UNIVERSITY | _MUNICIPAL:
        words = [*words[2:], words[0]]
    if len(words) < 2 or words[-1] not in _UNIVERSITY | _MUNICIPAL:
        return (" ".join(words),) if words else ()
    bases = [" ".join(words[:-1])]
    if bases[0].endswith("s") and len(bases[0]) >= _SHORTEST_GENITIVE:
        bases.append(bases[0][:-1])
    if words[-1] in _UNIVERSITY:
        return tuple(f"{base} universitet" for base in bases)
    return (*(f"{base} kommune" for base in bases), *bases)


def _without(words: list[str]) -> list[str]:
    """The words without what stands around the name proper, unless nothing would be left."""
    while True:
        shorter = words
        for before in _BEFORE:
            if tuple(shorter[: len(before)]) == before:
                shorter = shorter[len(before) :]
        for after in _AFTER:
            if tuple(shorter[-len(after) :]) == after:
                shorter = shorter[: -len(after)]
        if not shorter or shorter == words:
            return words
        words = shorter
