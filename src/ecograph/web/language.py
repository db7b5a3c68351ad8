"""A reader's language: the one that their browser asks for, and the order of names in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ecograph.messages import LANGUAGES, Language, language_of

# Letters that come after z, in each language's order.
_AFTER_Z: Final[Mapping[Language, Mapping[int, str]]] = {
    "da": str.maketrans({"æ": "z\uf001", "ä": "z\uf001", "ø": "z\uf002", "ö": "z\uf002", "å": "z\uf003"}),
    "sv": str.maketrans({"å": "z\uf001", "ä": "z\uf002", "æ": "z\uf002", "ö": "z\uf003", "ø": "z\uf003"}),
    "en": str.maketrans({"æ": "ae", "ä": "a", "ø": "o", "ö": "o", "å": "a"}),
}

assert set(_AFTER_Z) == set(LANGUAGES)


def collated(text: str, lang: Language) -> str:
    """
    A key that sorts texts as readers of the language do.

    Example:
        >>> sorted(["Aabenraa", "Ærø", "Åmål", "Zink"], key=lambda name: collated(name, "da"))
        ['Zink', 'Ærø', 'Aabenraa', 'Åmål']
    """
    lower = text.lower()
    if lang == "da":
        lower = lower.replace("aa", "å")  # Danish names keep the old spelling, and their place
    return lower.translate(dict(_AFTER_Z[lang]))


def preferred_language(header: str | None) -> Language:
    """
    The language of ours that an `Accept-Language` header asks for most; English if it asks for none.

    Example:
        >>> preferred_language("nb-NO,nb;q=0.9,en;q=0.8"), preferred_language("fr")
        ('da', 'en')

    Source:
        RFC 9110, section 12.5.4.
    """
    best: tuple[float, Language] = (0.0, "en")
    for part in (header or "")[:1000].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        lang = language_of(tag) if tag else None
        if lang and quality > best[0]:
            best = (quality, lang)
    return best[1]
