"""Slips of the pen: which word of a label is meant by something that is no word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ecograph.messages import Language
from ecograph.spelling import fold
from ecograph.text.compounds import is_word
from ecograph.text.lexicon import ENDINGS, known, lemma

MIN_SPELLING: Final = 6
"""Short words have too many neighbours."""
SURE_SPELLING: Final = 8
"""From here on a wrong or swapped letter counts as a slip; in shorter words only one too many or too few does."""
LONG: Final = 12
"""From here on what is no word of the dictionary is rather a slip than a compound one letter away from a label."""


class Slips:
    """
    Finds the word that is one slip away: a letter missing, too many, wrong, or two swapped.

    Args:
        words: The words that may be meant.
        lang: Their language.

    Example:
        >>> slips = Slips(["klimatilpasning"], "da")
        >>> slips.meant("klimatilpasing"), slips.meant("klimatilpasingen"), slips.meant("tilpasning")
        ('klimatilpasning', 'klimatilpasning', None)
    """

    def __init__(self, words: Iterable[str], lang: Language) -> None:
        self._lang = lang
        # By length and first letter, and by length and last letter: a slip spoils one of the two.
        self._words: dict[tuple[int, str], list[str]] = defaultdict(list)
        for word in sorted({form for each in words for form in (fold(each), lemma(each, lang))}):
            if len(word) >= MIN_SPELLING - 1:
                for end in _ends(word):
                    self._words[len(word), end].append(word)

    def meant(self, written: str) -> str | None:
        """The word that is meant, folded, also where it is inflected; None for what is a word or like none of ours."""
        word = written.lower()
        if len(word) < MIN_SPELLING or word.isdigit() or self._is_right(word):
            return None
        for ending in ("", *ENDINGS[self._lang]):
            stem = fold(word.removesuffix(ending)) if word.endswith(ending) else ""
            if len(stem) < MIN_SPELLING:
                continue
            near = self._near(stem)
            if stem in near:
                return None
            meant = sorted(other for other in near if _counts(stem, other))
            if meant:
                return meant[0]
        return None

    def _is_right(self, word: str) -> bool:
        return known(word, self._lang) if len(word) >= LONG else is_word(word, self._lang)

    def _near(self, written: str) -> set[str]:
        return {
            other
            for length in range(len(written) - 1, len(written) + 2)
            for end in _ends(written)
            for other, _, _ in process.extract(
                written, self._words.get((length, end), ()), scorer=OSA.distance, score_cutoff=1
            )
        }


def _ends(word: str) -> tuple[str, str]:
    return f"{word[0]}-", f"-{word[-1]}"


def _counts(written: str, meant: str) -> bool:
    """Whether one slip is little enough in a word of that length."""
    return len(meant) >= SURE_SPELLING or (len(written) != len(meant) and written[0] == meant[0])
