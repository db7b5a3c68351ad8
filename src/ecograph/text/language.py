"""Which of our three languages a text is written in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from ecograph.messages import LANGUAGES, Language, language_of
from ecograph.spelling import fold
from ecograph.text.lexicon import grammar_words, known, normalise, tokenise

_DANISH: Final = frozenset("æø")
_SWEDISH: Final = frozenset("äö")

SURE_WORDS: Final = 3
"""Below three words the identifier is right nine times in ten only: too little to leave the other languages out."""

SURE_MARGIN: Final = 6.0
"""Lead in log-likelihood of the first language over the second; below it sentences of three to five words go wrong."""

DICTIONARY_WEIGHT: Final = 3.0
"""What a word in the dictionary adds to a language's log-likelihood: short texts are decided by their words."""

GRAMMAR_WEIGHT: Final = 4.0
"""What a word of grammar adds: *and*, *och* and *og* tell more than words that have travelled."""

_SAMPLE: Final = 4_000
"""Characters looked at; more does not change the answer."""


@dataclass(frozen=True, slots=True)
class Detected:
    """
    The language of a text.

    Attributes:
        language: The most likely of da, sv and en; None for a text without words or in another alphabet.
        sure: Whether the other two may be left out.
    """

    language: Language | None
    sure: bool


def detect(text: str, tag: str | None = None) -> Detected:
    """
    The language a text is written in.

    Args:
        text: Any text.
        tag: Its language tag where the graph or the person gives one; it is believed.

    Example:
        >>> detect("Varsling ved skybrud i Albertslund")
        Detected(language='da', sure=True)
        >>> detect("skyfall"), detect("Skybrud", "da")
        (Detected(language='sv', sure=False), Detected(language='da', sure=True))
        >>> detect("Погода")
        Detected(language=None, sure=False)

    Source:
        docs/matching.md, "Language".
    """
    if tag and (stated := language_of(tag)):
        return Detected(stated, True)
    sample = normalise(text[:_SAMPLE])
    words = [token.text for token in tokenise(sample)]
    latin = [word for word in words if all(_latin(letter) for letter in word)]
    if not latin:
        return Detected(None, False)
    plain = [word.lower() for place, word in enumerate(latin) if place == 0 or word[0].islower()]
    # A name may begin the text: its letters tell of a place.
    own = [word for word in plain if len(plain) == 1 or word != latin[0].lower() or _in_dictionary(word)]
    letters = set("".join(own))
    danish, swedish = bool(letters & _DANISH), bool(letters & _SWEDISH)
    if danish != swedish:
        native: Language = "da" if danish else "sv"
        return Detected(native, len(plain) >= SURE_WORDS or all(known(word, native) for word in plain))
    # Names of places say nothing about the language of the sentence they stand in.
    judged = [word.lower() for word in (plain if len(plain) > 1 else latin)]
    likely = {
        cast(Language, lang): likelihood + sum(_word_weight(word, cast(Language, lang)) for word in judged)
        for lang, likelihood in _identifier().rank(" ".join(judged))
    }
    first, second = sorted(likely, key=lambda lang: (-likely[lang], lang))[:2]
    return Detected(first, len(plain) >= SURE_WORDS and likely[first] - likely[second] >= SURE_MARGIN)


def _in_dictionary(word: str) -> bool:
    return any(known(word, lang) for lang in LANGUAGES)


def _word_weight(word: str, lang: Language) -> float:
    return DICTIONARY_WEIGHT * known(word, lang) + GRAMMAR_WEIGHT * (fold(word) in grammar_words(lang))


def _latin(letter: str) -> bool:
    return letter in "æøåäöÆØÅÄÖ" or "a" <= fold(letter)[:1] <= "z"


def warm() -> None:
    """Read the model now instead of at the first text."""
    _identifier()


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    return identifier
