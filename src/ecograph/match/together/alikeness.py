"""Why two needs are alike, in statements and in sentences made from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ecograph.match.explaining.grounds import Question
from ecograph.match.explaining.sentences import enumerated, in_sentence
from ecograph.match.matcher import Matcher
from ecograph.match.model import NeedProfile, Reason, Signal, Statement, Texts
from ecograph.match.ordering import signals
from ecograph.match.ordering.signals import Wanted
from ecograph.match.together import alike
from ecograph.match.together.alike import Compared
from ecograph.messages import LANGUAGES, Language, text
from ecograph.namespaces import CONCEPT

TOLD: Final = 0.25
"""How much of a concept must be met by another for the two to be told: less is a distant cousin."""
MOST_TOLD: Final = 4

_CAPABILITY: Final = CONCEPT["capability"].value + "/"


@dataclass(frozen=True, slots=True)
class _Pair:
    """A concept of one need, and what the other has for it."""

    one: Wanted
    other: Wanted

    @property
    def same(self) -> bool:
        return self.one.concept == self.other.concept


class Telling:
    """
    Tells why needs are alike.

    Args:
        matcher: The graph.
        compared: The needs.
    """

    def __init__(self, matcher: Matcher, compared: Compared) -> None:
        self.matcher = matcher
        self.read = matcher.evidence
        self.compared = compared
        self._questions: dict[int, Question] = {}

    def reasons(self, one: int, other: int) -> tuple[Reason, ...]:
        """
        What the likeness of two needs is made of, the weightiest first; parts that add nothing are left out.

        Returns:
            Reasons whose contributions sum to the likeness.
        """
        found: list[Reason] = []
        for signal, share in self.compared.contributions(one, other).items():
            if share > 0.0:
                sentences, path = self._told(signal, one, other)
                found.append(Reason(signal, f"same-{signal}", share, path, sentences, {signal: share}))
        return tuple(sorted(found, key=lambda reason: (-reason.contribution, reason.kind)))

    def _told(self, signal: Signal, one: int, other: int) -> tuple[Texts, tuple[Statement, ...]]:
        if signal == "concept":
            return self._by_concepts(one, other)
        if signal == "text":
            return self._by_words(one, other)
        return {lang: text("same.reason.meaning", lang) for lang in LANGUAGES}, self._titles(one, other)

    # --- concepts ---

    def _by_concepts(self, one: int, other: int) -> tuple[Texts, tuple[Statement, ...]]:
        pairs = self._pairs(one, other)
        path: dict[Statement, None] = {}
        for pair in pairs:
            path.update(dict.fromkeys(self._path(pair, one, other)))
        return {lang: _sentences(self, pairs, lang) for lang in LANGUAGES}, tuple(path)

    def _pairs(self, one: int, other: int) -> list[_Pair]:
        """What both have: the same concepts first, then those that are near, each told once."""
        found: dict[tuple[int, int], tuple[float, _Pair]] = {}
        for first, second, swapped in ((one, other, False), (other, one, True)):
            for wanted in self.compared.wanted[first]:
                met, partner = alike.counterpart(self.read, wanted, self.compared.wanted[second])
                if partner is None:
                    continue
                pair = _Pair(partner, wanted) if swapped else _Pair(wanted, partner)
                key = (pair.one.concept, pair.other.concept)
                found[key] = max(found.get(key, (0.0, pair)), (met * wanted.share, pair), key=lambda each: each[0])
        known = [pair for _, pair in found.values()]
        same = {number for pair in known if pair.same for number in (pair.one.concept, pair.other.concept)}
        ordered = [pair for _, pair in sorted(found.values(), key=lambda each: (-each[0], each[1].one.concept))]
        near = [
            pair
            for pair in ordered
            if not pair.same
            and not {pair.one.concept, pair.other.concept} & same
            and float(self.read.hierarchy.likeness(pair.one.concept)[pair.other.concept]) >= TOLD
        ]
        told = [pair for pair in ordered if pair.same]
        return told + near[: max(0, MOST_TOLD - len(told))] if told or near else ordered[:1]

    def _path(self, pair: _Pair, one: int, other: int) -> Iterable[Statement]:
        for wanted, place in ((pair.one, one), (pair.other, other)):
            if wanted.source.statement is not None:
                yield wanted.source.statement
            else:
                yield from self._heard(self.compared.profiles[place], self.compared.numbers[place], wanted)
        hierarchy = self.read.hierarchy
        common = hierarchy.common(pair.one.concept, pair.other.concept)
        if common is not None:
            for number in (pair.one.concept, pair.other.concept):
                for step in hierarchy.chain(number, common):
                    yield self.read.statements[self.read.steps[step]]

    def _heard(self, profile: NeedProfile, number: int, wanted: Wanted) -> Iterable[Statement]:
        """The title or description that a concept was recognised in."""
        if profile.iri is None:
            return
        wordings = (*self.read.titles[number], *self.read.bodies[number])
        heard = (each for each in wordings if any(words.lower() in each.text.lower() for words in wanted.source.words))
        found = next(heard, wordings[0] if wordings else None)
        if found is not None:
            yield self.read.wording_statement(number, found)

    # --- words ---

    def _by_words(self, one: int, other: int) -> tuple[Texts, tuple[Statement, ...]]:
        for first, second in ((one, other), (other, one)):
            number = self.compared.numbers[second]
            if number < 0:
                continue
            met = self._question(first).words_met(number)
            if met:
                words = ", ".join(dict.fromkeys(each.words for each in met))
                path = dict.fromkeys(self.read.wording_statement(number, each.wording) for each in met)
                return {lang: text("same.reason.words", lang, words=words) for lang in LANGUAGES}, tuple(path)
        return {lang: text("same.reason.some-words", lang) for lang in LANGUAGES}, self._titles(one, other)

    def _titles(self, one: int, other: int) -> tuple[Statement, ...]:
        numbers = [number for place in (one, other) if (number := self.compared.numbers[place]) >= 0]
        return tuple(
            self.read.wording_statement(number, wording) for number in numbers for wording in self.read.titles[number]
        )

    def _question(self, place: int) -> Question:
        if place not in self._questions:
            profile, year = self.compared.profiles[place], self.matcher.today.year
            measured = signals.measure(self.read, profile, year)
            self._questions[place] = Question(self.read, profile, measured, year)
        return self._questions[place]


def _sentences(telling: Telling, pairs: Sequence[_Pair], lang: Language) -> str:
    said: list[str] = []
    for kind, capability in (("topics", False), ("capabilities", True)):
        labels = [
            in_sentence(telling.read.hierarchy.label(pair.one.concept, lang))
            for pair in pairs
            if pair.same and pair.one.source.iri.value.startswith(_CAPABILITY) == capability
        ]
        if labels:
            said.append(text(f"same.reason.{kind}", lang, what=enumerated(labels, lang)))
    near = [
        text(
            "same.reason.pair",
            lang,
            one=in_sentence(telling.read.hierarchy.label(pair.one.concept, lang)),
            other=in_sentence(telling.read.hierarchy.label(pair.other.concept, lang)),
        )
        for pair in pairs
        if not pair.same
    ]
    if near:
        said.append(text("same.reason.near", lang, pairs=", ".join(near)))
    return " ".join(said) or text("same.reason.little", lang)
