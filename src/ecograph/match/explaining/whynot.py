"""
Why somebody is in a list or not: the rule it fails or the evidence it lacks, and what would change it.

Source:
    docs/matching.md, "Why not, and what would change it".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

from pyoxigraph import NamedNode

from ecograph.errors import UnknownThing
from ecograph.match import weights
from ecograph.match.explaining import counterfactual
from ecograph.match.explaining.counterfactual import Asked, Change, Removal, Search
from ecograph.match.explaining.grounds import Question
from ecograph.match.matcher import Matcher
from ecograph.match.model import GROUPS, SIGNALS, Group, Match, NeedProfile, Note, Signal, Texts, points
from ecograph.match.ordering import candidates, ranking
from ecograph.match.projection.evidence import CANDIDATE_CLASSES
from ecograph.match.projection.overlay import Overlay
from ecograph.messages import LANGUAGES, Language, text, texts
from ecograph.namespaces import ID
from ecograph.spelling import fold
from ecograph.store.base import Snapshot

NAMESAKES: Final = 8
"""Things offered where a name may be that of several."""

Verdict = Literal["listed", "below", "weak", "rule", "kind"]


@dataclass(frozen=True, slots=True)
class Gap:
    """
    One signal.

    Attributes:
        signal: The signal.
        has: What the candidate has of the score by it.
        needed: What whoever holds the rank asked for has.
        most: What anybody could have.
        sentences: The same in words.
    """

    signal: Signal
    has: float
    needed: float | None
    most: float
    sentences: Texts


@dataclass(frozen=True, slots=True)
class Answer:
    """
    Why a candidate is where it is.

    Attributes:
        need: The need as understood.
        candidate, labels: Who was asked about.
        verdict: `listed` at the rank asked for or better, `below` it, too `weak` for any list, left out by a `rule`, or
            of a `kind` that is never proposed.
        sentences: The verdict in words.
        match: What it has: score, reasons, what speaks against it, what is unknown; rank 0 where it has none. None for
            a kind that is never proposed.
        count: How many have a rank in its group.
        goal: The rank that is asked for.
        bar: Whoever has that rank now; None where the group has fewer, or it is the candidate itself.
        gaps: Signal by signal what it has beside the bar.
        rule: The hard rules that leave it out, by the first of them.
        search: What would bring it to the goal; None where it is there, or a rule forbids.
        outcome: The same in words.
        removals: What it would lose without each cited statement.
        revision: The revision of the graph that was asked.
        weights: The version of the weights.
        weighting: The name of the profile that said what counts most.
    """

    need: NeedProfile
    candidate: NamedNode
    labels: Texts
    verdict: Verdict
    sentences: Texts
    match: Match | None
    count: int
    goal: int
    bar: Match | None
    gaps: tuple[Gap, ...]
    rule: Note | None
    search: Search | None
    outcome: Note | None
    removals: tuple[Removal, ...]
    revision: int
    weights: str
    weighting: str


class Explainer:
    """
    Says why, and what would change it, at one revision.

    Args:
        matcher: The revision.
        snapshot: The same revision; it must stay open.
    """

    def __init__(self, matcher: Matcher, snapshot: Snapshot) -> None:
        self.matcher = matcher
        self.evidence = matcher.evidence
        self.overlay = Overlay(matcher.evidence, snapshot, matcher.today)

    def named(self, who: str) -> tuple[NamedNode, ...]:
        """The things that are called exactly so: by IRI, by kind and slug, or by one of their names."""
        evidence = self.evidence
        asked = who.strip()
        for iri in (asked, ID.iri + asked):
            if iri in evidence.numbers:
                return (NamedNode(iri),)
        name = fold(asked)
        return self._titled(lambda title: title == name)

    def similar(self, who: str, lang: Language | None = None) -> tuple[NamedNode, ...]:
        """
        The candidates that somebody may mean whose words are nobody's exact name; at most `NAMESAKES`.

        Args:
            who: What was typed.
            lang: The language it is in; found out where None.
        """
        name = fold(who.strip())
        if not name:
            return ()
        holding = self._titled(lambda title: name in title)
        hits = (NamedNode(hit.key) for hit in self.matcher.search(who, lang, CANDIDATE_CLASSES, NAMESAKES))
        return tuple(dict.fromkeys((*holding, *hits)))[:NAMESAKES]

    def _titled(self, fits: Callable[[str], bool]) -> tuple[NamedNode, ...]:
        evidence = self.evidence
        found = (
            NamedNode(evidence.things[thing])
            for thing in evidence.by_iri.tolist()
            if evidence.group[thing] >= 0 and any(fits(fold(title.text)) for title in evidence.titles[thing])
        )
        return tuple(islice(found, NAMESAKES))

    def why(
        self,
        profile: NeedProfile,
        candidate: NamedNode,
        *,
        goal: int | None = None,
        countries: Collection[str] | None = None,
        exclude: Collection[NamedNode] = (),
        weighting: str = weights.DEFAULT,
    ) -> Answer:
        """
        Why a candidate is in the list for a need, or not.

        Args:
            profile: The need.
            candidate: A thing of the graph.
            goal: The rank asked for; None for the first ten, and for the first place where it is among them.
            countries: Only candidates of these were asked for; None for all.
            exclude: Candidates not to propose.
            weighting: The profile that says what counts most.

        Raises:
            UnknownThing: The graph does not know it.
            BadParameter: No profile has that name.
        """
        thing = self.evidence.numbers.get(candidate.value)
        if thing is None:
            raise UnknownThing(kind="actor", id=ID.local(candidate))
        if self.evidence.group[thing] < 0:
            return self._never(profile, thing, weighting)
        group = GROUPS[self.evidence.group[thing]]
        year = self.matcher.today.year
        signals = weights.profile(weighting).signals
        ranked = ranking.rank(
            self.evidence,
            profile,
            year,
            countries=countries,
            groups=[group],
            exclude=exclude,
            weighting=signals,
        )
        question = Question(self.evidence, profile, ranked.measured, year)
        row = int(ranked.measured.candidates.searchsorted(thing))
        place = ranked.place(group, thing)
        rank = place[0] if place else 0
        if goal is None:
            goal = 1 if 0 < rank <= weights.TOP else weights.TOP
        match = self.matcher.explained(question, group, rank, row)
        rule = self._rule(profile, thing, countries, exclude)
        asked = Asked(profile, countries, exclude, signals)
        verdict = self._verdict(match, rule, goal)
        search = (
            counterfactual.smallest(self.overlay, asked, ranked, row, group, goal)
            if verdict in ("below", "weak")
            else None
        )
        bar = self._bar(question, ranked, group, goal, row)
        return Answer(
            need=profile,
            candidate=candidate,
            labels=match.labels,
            verdict=verdict,
            sentences=self._said(verdict, match, len(ranked.allowed[group]), goal, rule),
            match=match,
            count=len(ranked.allowed[group]),
            goal=goal,
            bar=bar,
            gaps=tuple(_gaps(match, bar, ranked.measured.weights)),
            rule=rule,
            search=search,
            outcome=_outcome(match.labels, search) if search else None,
            removals=counterfactual.removals(self.overlay, asked, match),
            revision=self.evidence.revision,
            weights=weights.VERSION,
            weighting=weighting,
        )

    def _never(self, profile: NeedProfile, thing: int, weighting: str) -> Answer:
        labels = self.evidence.labels(thing)
        return Answer(
            need=profile,
            candidate=NamedNode(self.evidence.things[thing]),
            labels=labels,
            verdict="kind",
            sentences={lang: text("counterfactual.verdict.kind", lang, name=labels[lang]) for lang in LANGUAGES},
            match=None,
            count=0,
            goal=weights.TOP,
            bar=None,
            gaps=(),
            rule=Note("kind", texts("counterfactual.rule.kind")),
            search=None,
            outcome=None,
            removals=(),
            revision=self.evidence.revision,
            weights=weights.VERSION,
            weighting=weighting,
        )

    def _rule(
        self,
        profile: NeedProfile,
        thing: int,
        countries: Collection[str] | None,
        exclude: Collection[NamedNode],
    ) -> Note | None:
        failed = candidates.rules_of(self.evidence, profile, thing, countries=countries, exclude=exclude)
        return candidates.said(failed) if failed else None

    @staticmethod
    def _verdict(match: Match, rule: Note | None, goal: int) -> Verdict:
        if rule is not None:
            return "rule"
        if match.score < weights.MIN_SCORE or not match.rank:
            return "weak"
        return "listed" if match.rank <= goal else "below"

    def _said(self, verdict: Verdict, match: Match, count: int, goal: int, rule: Note | None) -> Texts:
        return {
            lang: text(
                f"counterfactual.verdict.{verdict}",
                lang,
                name=match.labels[lang],
                rank=match.rank,
                count=count,
                goal=goal,
                group=text(f"match.group.{match.group}", lang),
                points=points(match.score, lang),
                least=points(weights.MIN_SCORE, lang),
                rule=rule.sentences[lang] if rule else "",
            )
            for lang in LANGUAGES
        }

    def _bar(self, question: Question, ranked: ranking.Ranking, group: Group, goal: int, own: int) -> Match | None:
        allowed = ranked.allowed[group]
        if len(allowed) < goal or allowed[goal - 1][0] == own:
            return None
        return self.matcher.explained(question, group, goal, allowed[goal - 1][0])


def _gaps(match: Match, bar: Match | None, most: Mapping[Signal, float]) -> Iterable[Gap]:
    for signal in (each for each in SIGNALS if most[each] > 0.0):
        has = match.contributions[signal]
        needed = bar.contributions[signal] if bar else None
        key = "counterfactual.gap.alone" if bar is None else "counterfactual.gap.beside"

        def say(lang: Language, key: str = key, signal: Signal = signal) -> str:
            named: Mapping[str, object] = {}
            if bar is not None:
                named = {
                    "bar": bar.labels[lang],
                    "rank": bar.rank,
                    "needed": points(bar.contributions[signal], lang),
                }
            name = text(f"match.signal.{signal}", lang)
            return text(
                key,
                lang,
                signal=name[:1].upper() + name[1:],
                has=points(match.contributions[signal], lang),
                most=points(most[signal], lang),
                **named,
            )

        yield Gap(signal, has, needed, most[signal], {lang: say(lang) for lang in LANGUAGES})


def _outcome(labels: Texts, search: Search) -> Note:
    """What trying has shown, in words."""
    best: Change | None = search.changes[0] if search.changes else search.nearest
    if best is None:
        return Note(
            "nothing", {lang: text("counterfactual.outcome.nothing", lang, name=labels[lang]) for lang in LANGUAGES}
        )
    code = "none" if not best.reached else "one" if len(best.edits) == 1 else "two"
    return Note(
        code,
        {
            lang: text(
                f"counterfactual.outcome.{code if best.rank else 'unplaced'}",
                lang,
                name=labels[lang],
                goal=search.goal,
                tried=search.tried,
                rank=best.rank,
                points=points(best.score, lang),
            )
            for lang in LANGUAGES
        },
    )
