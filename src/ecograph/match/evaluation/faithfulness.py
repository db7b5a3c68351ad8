"""
Whether what is said of matches is so: held against the graph itself, and against matchers built from changed graphs.

Source:
    docs/evaluation.md, "Faithfulness".
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Quad

from ecograph.match import weights
from ecograph.match.explaining.counterfactual import MARGIN, Asked, Removal, removals
from ecograph.match.explaining.whynot import Explainer
from ecograph.match.matcher import Matcher
from ecograph.match.model import Match, NeedProfile, Note, Reason, Statement, Texts
from ecograph.match.ordering import ranking
from ecograph.match.projection.evidence import Evidence
from ecograph.messages import LANGUAGES, Language
from ecograph.store.base import Snapshot
from ecograph.store.oxigraph import MemorySnapshot

EXACT: Final = 1e-9
"""Sums and scores that differ by less are the same: floating-point numbers are not added alike in any order."""
BELOW: Final = weights.TOP + 4
"""Rank from which somebody is taken to be asked why they are not among the first: near enough that one row may do."""
EXAMPLES: Final = 5
"""Faults that are told; the number of all is told anyway."""

Rebuild = Callable[[Snapshot], Matcher]
"""Builds a matcher from a graph, with the same vectors."""

_QUOTED: Final[Mapping[Language, re.Pattern[str]]] = {
    "da": re.compile(r"»(.*?)«"),
    "sv": re.compile(r"”(.*?)”"),
    "en": re.compile(r"“(.*?)”"),
}
_MARKS: Final = str.maketrans("", "", "»«”“")
"""Titles may have quotation marks of their own, which would end a quoted title too early."""
_NUMBER: Final = re.compile(r"(?<!\w)\d+(?:[.,]\d+)?(?!\w)")


@dataclass(slots=True)
class Check:
    """One promise: how often it was looked at, and where it did not hold."""

    name: str
    checked: int = 0
    failed: int = 0
    examples: list[str] = field(default_factory=list)

    def hold(self, holds: bool, example: str) -> None:
        """Count one look."""
        self.checked += 1
        if not holds:
            self.failed += 1
            if len(self.examples) < EXAMPLES:
                self.examples.append(example)


def said(matcher: Matcher, snapshot: Snapshot, profiles: Iterable[NeedProfile]) -> tuple[Check, ...]:
    """
    What can be seen from the answers: every match of every answer is looked at.

    Args:
        matcher: The revision.
        snapshot: The same revision.
        profiles: The needs.

    Returns:
        That cited statements exist, that contributions sum to the score, that the parts of a reason sum to it, and that
        sentences say the same in three languages.
    """
    exist, sums, parts = Check("cited"), Check("sums"), Check("parts")
    same = Check("languages")
    known: dict[Statement, bool] = {}
    facts = Facts(matcher.evidence)
    for profile in profiles:
        for match in matcher.match(profile).matches:
            where = f"{next(iter(profile.texts.values()), '')[:40]} / {match.candidate.value}"
            total = math.fsum(match.contributions.values())
            sums.hold(abs(total - match.score) <= EXACT, f"{where}: {total} and {match.score}")
            told = math.fsum(reason.contribution for reason in match.reasons)
            within = told <= match.score + EXACT
            for reason in match.reasons:
                whole = math.fsum(reason.parts.values())
                parts.hold(within and abs(whole - reason.contribution) <= EXACT, f"{where}: {reason.kind}")
            for statement in _cited(match):
                if statement not in known:
                    known[statement] = _quad(statement) in snapshot
                exist.hold(known[statement], f"{where}: {statement}")
            for sentences, path in _sentences(match):
                same.hold(facts.agree(sentences, path), f"{where}: {dict(sentences)}")
    return exist, sums, parts, same


def removed(explainer: Explainer, rebuild: Rebuild, profiles: Sequence[NeedProfile]) -> Check:
    """
    Whether taking a cited statement out of the graph lowers the score by what was said: for each need one match, at
    another rank each time, and the statement with the largest loss; the score is that of a matcher built without it.
    """
    check = Check("removed")
    for turn, profile in enumerate(profiles):
        matches = sorted(explainer.matcher.match(profile).matches, key=lambda each: -each.score)[: weights.TOP]
        if not matches:
            continue
        match = matches[turn % len(matches)]
        found = removals(explainer.overlay, Asked(profile), match)
        if not found:
            continue
        chosen: Removal = max(found, key=lambda each: each.loss)
        with _changed(explainer.overlay.snapshot, without=[_quad(chosen.statement)]) as graph:
            score = _place(rebuild(graph), profile, match)[1]
        check.hold(
            abs(score - chosen.score) <= EXACT and abs((match.score - score) - chosen.loss) <= EXACT,
            f"{match.candidate.value}: said {chosen.score}, is {score} without {chosen.statement}",
        )
    return check


def verified(explainer: Explainer, rebuild: Rebuild, profiles: Sequence[NeedProfile]) -> Check:
    """
    Whether the change that is said to bring somebody to a rank does: for each need one that is below the first, and the
    smallest change; score and rank are those of a matcher built from the graph that states it.
    """
    check = Check("counterfactual")
    matcher = explainer.matcher
    for profile in profiles:
        ranked = ranking.rank(matcher.evidence, profile, matcher.today.year)
        long = [found for found in ranked.allowed.values() if len(found) >= BELOW]
        if not long:
            continue
        best = max(long, key=lambda found: found[BELOW - 1][1].score)
        thing = ranked.thing(best[BELOW - 1][0])
        answer = explainer.why(profile, explainer.named(matcher.evidence.things[thing])[0])
        if answer.match is None or answer.search is None or not answer.search.changes:
            continue
        change = answer.search.changes[0]
        with _changed(explainer.overlay.snapshot, also=change.statements) as graph:
            rank, score = _place(rebuild(graph), profile, answer.match)
        check.hold(
            abs(score - change.score) <= EXACT and rank == change.rank and rank is not None and rank <= answer.goal,
            f"{answer.candidate.value}: said {change.rank} with {change.score}, is {rank} with {score}",
        )
    return check


class Facts:
    """
    The facts of a sentence: its numbers, the titles it quotes, and what it names of what it cites.

    Args:
        evidence: The graph.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._titled: dict[str, set[int]] = {}
        for thing, titles in enumerate(evidence.titles):
            for title in titles:
                self._titled.setdefault(title.text.translate(_MARKS), set()).add(thing)

    def agree(self, sentences: Texts, path: Iterable[Statement]) -> bool:
        """Whether the three sentences have the same facts."""
        sentences = self._plain(sentences, path)
        quoted = [_QUOTED[lang].findall(sentences[lang]) for lang in LANGUAGES]
        if len({len(each) for each in quoted}) > 1:
            return False
        if not all(self._same_title(each) for each in zip(*quoted, strict=True)):
            return False
        bare = {lang: _QUOTED[lang].sub("", sentences[lang]) for lang in LANGUAGES}
        numbers = [Counter(each.replace(",", ".") for each in _NUMBER.findall(text)) for text in bare.values()]
        if any(each != numbers[0] for each in numbers):
            return False
        return len({self._named(bare[lang], lang, path) for lang in LANGUAGES}) == 1

    def _plain(self, sentences: Texts, path: Iterable[Statement]) -> Texts:
        """The sentences, with the titles of what they cite freed of quotation marks of their own."""
        numbers = (self.evidence.numbers.get(iri) for iri in _things(path))
        titles = {title.text for number in numbers if number is not None for title in self.evidence.titles[number]}
        marked = {title: title.translate(_MARKS) for title in titles if title != title.translate(_MARKS)}
        plain = dict(sentences)
        for title, bare in marked.items():
            plain = {lang: sentence.replace(title, bare) for lang, sentence in plain.items()}
        return plain

    def _same_title(self, titles: Sequence[str]) -> bool:
        return len(set(titles)) == 1 or bool(set.intersection(*(self._titled.get(title, set()) for title in titles)))

    def _named(self, sentence: str, lang: Language, path: Iterable[Statement]) -> frozenset[str]:
        """What of the cited things and topics a sentence names; a name inside a longer one is not named."""
        names = sorted(((self._name(iri, lang), iri) for iri in _things(path)), key=lambda each: (-len(each[0]), each))
        found: set[str] = set()
        for name, iri in names:
            pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
            if name and re.search(pattern, sentence, re.IGNORECASE):
                sentence = re.sub(pattern, "·", sentence, flags=re.IGNORECASE)
                found.add(iri)
        return frozenset(found)

    def _name(self, iri: str, lang: Language) -> str:
        """What a thing or topic is called; nothing for anything else."""
        number, concept = self.evidence.numbers.get(iri), self.evidence.hierarchy.number(iri)
        if number is not None:
            return self.evidence.label(number, lang)
        return self.evidence.hierarchy.texts(concept)[lang] if concept is not None else ""


def _cited(match: Match) -> Iterator[Statement]:
    for reason in match.reasons:
        yield from reason.path
    for note in (*match.against, *match.unknown, *match.flags):
        yield from note.path


def _sentences(match: Match) -> Iterator[tuple[Texts, tuple[Statement, ...]]]:
    every: tuple[Reason | Note, ...] = (*match.reasons, *match.against, *match.unknown, *match.flags)
    for each in every:
        yield each.sentences, each.path


def _quad(statement: Statement) -> Quad:
    return Quad(statement.subject, statement.predicate, statement.object, statement.graph)


def _changed(snapshot: Snapshot, *, also: Iterable[Quad] = (), without: Iterable[Quad] = ()) -> MemorySnapshot:
    gone = set(without)
    return MemorySnapshot([*(quad for quad in snapshot.quads() if quad not in gone), *also], snapshot.revision)


def _place(matcher: Matcher, profile: NeedProfile, match: Match) -> tuple[int | None, float]:
    """Rank behind all equals, and score, of a candidate in another graph, where the need is read anew."""
    again = matcher.profile(profile.iri) if profile.iri else profile
    ranked = ranking.rank(matcher.evidence, again, matcher.today.year, groups=[match.group])
    thing = matcher.evidence.numbers[match.candidate.value]
    score = ranking.score_of(ranked.measured, int(ranked.measured.candidates.searchsorted(thing))).score
    if ranked.place(match.group, thing) is None:
        return None, score
    return sum(each.score >= score - MARGIN for _, each in ranked.allowed[match.group]), score


def _things(path: Iterable[Statement]) -> set[str]:
    return {iri.value for each in path for iri in (each.subject, each.object) if hasattr(iri, "value")}
