"""What a match is made of: the need as understood, the candidates with their scores, and the statements behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from pyoxigraph import Literal as RdfLiteral
from pyoxigraph import NamedNode

from ecograph.messages import Language

Signal = Literal["text", "concept", "evidence", "meaning", "graph", "freshness"]
SIGNALS: tuple[Signal, ...] = get_args(Signal)

Group = Literal["research", "company", "solution", "municipality", "result", "organisation"]
GROUPS: tuple[Group, ...] = get_args(Group)

Basis = Literal["stated", "recognised", "broader", "suggested"]

Texts = Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Statement:
    """One triple of the graph, and the named graph of whoever published it."""

    subject: NamedNode
    predicate: NamedNode
    object: NamedNode | RdfLiteral
    graph: NamedNode


@dataclass(frozen=True, slots=True)
class RecognisedConcept:
    """
    A topic or capability that the need is about.

    Attributes:
        iri: The concept.
        labels: Its preferred label by language.
        weight: 0..1, how much it counts; the coordinator may change it.
        words: The words of the need that led to it; none where it is stated in the graph or added by hand.
        basis: `stated` in the graph or by the coordinator, `recognised` in the text, `broader` than one of those,
            `suggested` by a machine for what the text means.
        statement: The statement that says so, where it is stated in the graph.
        trust: 0..1, how sure it is that the need is about it; below 1 where its name stands in a text that seems to be
            about something else.
    """

    iri: NamedNode
    labels: Texts
    weight: float
    words: tuple[str, ...]
    basis: Basis
    statement: Statement | None = None
    trust: float = 1.0

    def doubted(self, trust: float) -> RecognisedConcept:
        """The concept where it is only so sure; it counts the less beside others."""
        return replace(self, weight=self.weight * trust, trust=trust)


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality or region named in the need or stated as its territory."""

    iri: NamedNode
    labels: Texts
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NeedProfile:
    """
    A need as EcoGraph understands it; everything in it may be changed before matching.

    Attributes:
        iri: The need in the graph; None for a typed text.
        texts: What it says, by language.
        language: The language of the text it was typed in, or None where unsure.
        concepts: The topics it is about.
        capabilities: The capabilities it requires.
        countries: Countries it concerns, as `dk`, `se`, `no`.
        places: Municipalities and regions it names.
        askers: Actors that raise it; they are no candidates.
        standards: Standards it requires.
        description: Longer texts, by language.
        suggested: Topics it may be about as well, the likeliest first; they count, softly, as far as
            the others are not sure.
    """

    iri: NamedNode | None
    texts: Texts
    language: Language | None
    concepts: tuple[RecognisedConcept, ...]
    capabilities: tuple[RecognisedConcept, ...] = ()
    countries: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    askers: tuple[NamedNode, ...] = ()
    standards: tuple[NamedNode, ...] = ()
    description: Texts = field(default_factory=dict)
    suggested: tuple[RecognisedConcept, ...] = ()

    @property
    def wording(self) -> Mapping[Language | None, str]:
        """What it says, title and description together, by language; None for a typed text whose language is unsure."""
        return {
            lang if self.iri is not None else self.language: ". ".join(
                part for part in (text, self.description.get(lang, "")) if part
            )
            for lang, text in self.texts.items()
        }

    def without(self, concept: NamedNode) -> NeedProfile:
        """The profile without one of its concepts."""
        return replace(
            self,
            concepts=tuple(each for each in self.concepts if each.iri != concept),
            capabilities=tuple(each for each in self.capabilities if each.iri != concept),
            suggested=tuple(each for each in self.suggested if each.iri != concept),
        )

    def weighing(self, concept: NamedNode, weight: float) -> NeedProfile:
        """The profile with another weight (0..1) for one of its concepts; whoever weighs it is sure of it."""

        def weighed(each: RecognisedConcept) -> RecognisedConcept:
            return replace(each, weight=min(max(weight, 0.0), 1.0), trust=1.0) if each.iri == concept else each

        return replace(
            self,
            concepts=tuple(weighed(each) for each in self.concepts),
            capabilities=tuple(weighed(each) for each in self.capabilities),
        )


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence beside the reasons: what is unknown, what speaks against, what to bear in mind."""

    code: str
    sentences: Texts
    path: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """
    Why a candidate is in the list.

    Attributes:
        signal: The signal it adds most to.
        kind: What sort of reason it is, such as `participation` or `wording`.
        contribution: Its share of the score, 0..1.
        path: The statements it rests on, from the candidate to the need.
        sentences: The same in words.
        parts: Its share of the score by signal; they sum to `contribution`.
    """

    signal: Signal
    kind: str
    contribution: float
    path: tuple[Statement, ...]
    sentences: Texts
    parts: Mapping[Signal, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """
    One candidate.

    Attributes:
        candidate: The thing.
        group: The list it stands in.
        labels: Its name by language.
        countries: Its countries, as `dk`, `se`, `no`.
        score: 0..1.
        contributions: Per signal its share of the score; they sum to it.
        reasons: Two to five where the graph holds so many, the weightiest first.
        against: What speaks against it.
        unknown: What the graph does not say.
        flags: What to bear in mind without it being for or against: nearness, earlier cooperation.
        rank: Its place in its group, from 1.
        regional: Whether it is in the programme area; None where the graph does not say.
    """

    candidate: NamedNode
    group: Group
    labels: Texts
    countries: tuple[str, ...]
    score: float
    contributions: Mapping[Signal, float]
    reasons: tuple[Reason, ...]
    against: tuple[Note, ...]
    unknown: tuple[Note, ...]
    flags: tuple[Note, ...] = ()
    rank: int = 0
    regional: bool | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A candidate that fits and is left out by a rule or several; the score is the one it would have had."""

    candidate: NamedNode
    group: Group
    labels: Texts
    rule: str
    sentences: Texts
    score: float


@dataclass(frozen=True, slots=True)
class MatchResult:
    """
    The answer to one need.

    Attributes:
        need: The need as understood.
        matches: By group, in the order of the profile, and rank; per group the best, and beyond them the best of each
            country.
        revision: The revision of the graph that was asked.
        notes: What to know about the answer as a whole.
        excluded: What a rule left out, best first.
        weights: The version of the weights.
        weighting: The name of the profile that said what counts most.
        first: The country whose candidates stand first within each group, each with its true rank; None for none.
    """

    need: NeedProfile
    matches: tuple[Match, ...]
    revision: int
    notes: tuple[Note, ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    weights: str = ""
    weighting: str = ""
    first: str | None = None

    def in_group(self, group: Group) -> tuple[Match, ...]:
        """The matches of one group by rank."""
        return tuple(match for match in self.matches if match.group == group)

    def by_country(self, group: Group) -> Mapping[str, tuple[Match, ...]]:
        """The matches of one group per country, by rank, with the scores they have in the group."""
        found: dict[str, list[Match]] = {}
        for match in self.in_group(group):
            for country in match.countries:
                found.setdefault(country, []).append(match)
        return {country: tuple(found[country]) for country in sorted(found)}


def points(score: float, lang: Language) -> str:
    """
    A score in points of a hundred, as readers of the language write it.

    Example:
        >>> points(0.1234, "da"), points(0.1234, "en")
        ('12,3', '12.3')
    """
    said = f"{100 * score:.1f}"
    return said if lang == "en" else said.replace(".", ",")
