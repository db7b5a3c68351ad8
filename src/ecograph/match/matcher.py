"""Matching as others see it: built once per revision, asked as often as needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from pyoxigraph import NamedNode, Quad

from ecograph.identifiers import concept_iri
from ecograph.match import weights
from ecograph.match.explaining import explanation
from ecograph.match.explaining.grounds import Question
from ecograph.match.explaining.sentences import enumerated, in_sentence
from ecograph.match.model import Exclusion, Group, Match, MatchResult, NeedProfile, Note, RecognisedConcept
from ecograph.match.ordering import candidates, ranking, scoring
from ecograph.match.projection import following, reading
from ecograph.match.projection.evidence import Evidence
from ecograph.match.projection.meaning import Meaning
from ecograph.match.understanding import needs
from ecograph.match.understanding.places import Gazetteer
from ecograph.messages import LANGUAGES, Language, language_of, text, texts
from ecograph.store.base import Snapshot
from ecograph.text.index import Hit
from ecograph.text.lexicon import normalise
from ecograph.text.vectors import Vectors
from ecograph.vocabulary.concepts import Concepts

_SHOWN_EXCLUSIONS: Final = 20
_DOUBTFUL: Final = 0.5
"""Trust in the surest topic below which the answer says that none of them seems to fit."""
SIDES: Final = ("dk", "se")
"""The two sides of the Øresund, which an answer should show both."""


class Matcher:
    """
    Answers needs from one revision of the graph; safe to share between threads, as nothing in it changes.

    Source:
        docs/matching.md.
    """

    def __init__(self, read: Evidence, today: date, gazetteer: Gazetteer | None = None) -> None:
        self.evidence = read
        self.today = today
        self._gazetteer = gazetteer or Gazetteer(read)

    @classmethod
    def build(
        cls, snapshot: Snapshot, concepts: Concepts, *, today: date | None = None, vectors: Vectors | None = None
    ) -> Matcher:
        """
        Read what matching needs from a snapshot, which is not needed afterwards.

        Args:
            snapshot: The graph at one revision.
            concepts: Its concept schemes.
            today: The day that ages are counted from; the present day where None.
            vectors: What texts mean; None for matching by topics and words alone.
        """
        day = today or date.today()
        return cls(reading.read(snapshot, concepts, day, vectors), day)

    def followed(
        self, snapshot: Snapshot, concepts: Concepts, changes: Iterable[Quad], *, today: date | None = None
    ) -> Matcher:
        """
        The matcher of a later revision, which answers as one that is built from it; this one stays as it is.

        What the changes are about is read anew; everything is where that is not enough, as when concepts changed or
        another year has begun.

        Args:
            snapshot: The graph at the later revision.
            concepts: Its concept schemes: the same object as before where they have not changed.
            changes: Every statement that was added or removed since this matcher's revision.
            today: As for `build`.
        """
        day = today or date.today()
        read = None
        if concepts is self.evidence.concepts and day.year == self.today.year:
            read = following.follow(self.evidence, snapshot, snapshot.revision, changes, day)
        if read is None:
            return Matcher.build(snapshot, concepts, today=day, vectors=self.evidence.meaning.vectors)
        return Matcher(read, day, Gazetteer(read, self._gazetteer))

    def reread(self) -> Matcher:
        """The same with what has been read of the texts since it was built."""
        meaning = Meaning.build(self.evidence, self.evidence.meaning.vectors)
        return Matcher(replace(self.evidence, meaning=meaning), self.today)

    @property
    def revision(self) -> int:
        """The revision of the graph that is answered from."""
        return self.evidence.revision

    def needs(self) -> tuple[NamedNode, ...]:
        """The needs in the graph."""
        read = self.evidence
        return tuple(NamedNode(read.things[thing]) for thing in read.by_iri.tolist() if read.kinds[thing] == "Need")

    def profile(self, need: NamedNode) -> NeedProfile:
        """
        A need of the graph as EcoGraph understands it.

        Raises:
            UnknownThing: No need has that IRI.
        """
        return needs.of_need(self.evidence, self._gazetteer, need)

    def profile_text(self, typed: str, lang: str | None = None) -> NeedProfile:
        """
        A typed need as EcoGraph understands it; any text is accepted, also an empty one.

        Args:
            typed: What the person wrote.
            lang: The language they say it is in; found out where None.
        """
        return needs.of_text(self.evidence, self._gazetteer, typed, lang)

    def with_concept(self, profile: NeedProfile, concept: NamedNode, weight: float = 1.0) -> NeedProfile:
        """
        The profile with a topic or capability added by hand; `NeedProfile.without` and `.weighing` do the rest.

        Raises:
            UnknownThing: The IRI is no topic and no capability.
        """
        return needs.with_concept(self.evidence, profile, concept, weight)

    def search(
        self, typed: str, lang: str | None = None, kinds: Iterable[str] | None = None, limit: int = 20
    ) -> tuple[Hit, ...]:
        """
        Full text over everything that has a name or title: actors, needs, solutions, projects, standards, calls, ...

        Args:
            typed: What the person wrote; no query syntax.
            lang: Its language; found out where None.
            kinds: Class names, such as `Project`; None for all.
            limit: At most so many.
        """
        return self.evidence.index.search(
            typed[: needs.MAX_CHARACTERS], language_of(lang) if lang else None, kinds, limit
        )

    def match(
        self,
        profile: NeedProfile,
        countries: Collection[str] | None = None,
        groups: Collection[Group] | None = None,
        top: int = weights.TOP,
        exclude: Collection[NamedNode] = (),
        weighting: str = weights.DEFAULT,
    ) -> MatchResult:
        """
        Who can meet a need, and why.

        Args:
            profile: The need, as understood or as changed by the coordinator.
            countries: Only these, as `dk`, `se`, `no`; None for all.
            groups: Only these groups; None for all.
            top: How many per group; beyond them the best of each country come at their true rank.
            exclude: Candidates not to propose.
            weighting: The profile that says what counts most.

        Raises:
            BadParameter: No profile has that name.
        """
        read = self.evidence
        weighed = weights.profile(weighting)
        ranked = ranking.rank(
            read,
            profile,
            self.today.year,
            countries=countries,
            groups=groups,
            exclude=exclude,
            weighting=weighed.signals,
        )
        first = _other_side(profile) if weighed.other_side_first else None
        question = Question(read, profile, ranked.measured, self.today.year)
        matches: list[Match] = []
        excluded: list[Exclusion] = []
        notes = [*_notes_on(profile, read.meaning), *self._notes_on_side(profile, weighed.other_side_first)]
        for group in weighed.group_order:
            if group not in ranked.allowed:
                continue
            excluded.extend(
                self._exclusion(ranked, group, each)
                for each in ranked.failing[group]
                if each[1].score >= weights.MIN_SCORE
            )
            chosen = _chosen(ranked.allowed[group], top, lambda row: self._countries(ranked.thing(row)), first)
            matches.extend(self.explained(question, group, rank, row) for rank, (row, _) in chosen)
            notes.extend(self._notes_on_group(group, [ranked.thing(row) for _, (row, _) in chosen]))
        excluded.sort(key=lambda each: scoring.order_key(each.score, each.candidate.value))
        return MatchResult(
            need=profile,
            matches=tuple(matches),
            revision=read.revision,
            notes=tuple(notes),
            excluded=tuple(excluded[:_SHOWN_EXCLUSIONS]),
            weights=weights.VERSION,
            weighting=weighed.slug,
            first=first,
        )

    def explained(self, question: Question, group: Group, rank: int, row: int) -> Match:
        """
        One candidate with its reasons, whether it is in the list or not.

        Args:
            question: The need.
            group: Its group.
            rank: Its rank there; 0 for none.
            row: Its row in `question.measured`.
        """
        result = ranking.score_of(question.measured, row)
        thing = int(question.measured.candidates[row])
        explained = explanation.explain(question, row)
        area = int(self.evidence.regional[thing])
        return Match(
            candidate=NamedNode(self.evidence.things[thing]),
            group=group,
            labels=self.evidence.labels(thing),
            countries=self._countries(thing),
            score=result.score,
            contributions=result.contributions,
            reasons=explained.reasons,
            against=explained.against,
            unknown=explained.unknown,
            flags=explained.flags,
            rank=rank,
            regional=None if area < 0 else bool(area),
        )

    def _exclusion(self, ranked: ranking.Ranking, group: Group, scored: ranking.Ranked) -> Exclusion:
        thing = ranked.thing(scored[0])
        failed = candidates.said(ranked.gathered.failing[thing])
        return Exclusion(
            NamedNode(self.evidence.things[thing]),
            group,
            self.evidence.labels(thing),
            failed.code,
            failed.sentences,
            scored[1].score,
        )

    def _notes_on_group(self, group: Group, things: list[int]) -> Iterable[Note]:
        if not things:
            yield _group_note("group-empty", group)
            return
        sides = {code for thing in things for code in self._countries(thing)} & set(SIDES)
        if len(sides) == 1:
            (code,) = sides
            yield _group_note("one-sided", group, self._country(code))

    def _notes_on_side(self, profile: NeedProfile, other_first: bool) -> Iterable[Note]:
        first = _other_side(profile) if other_first else None
        if first is not None:
            country = self._country(first)
            sentences = {lang: text("weights.note.first", lang, country=country[lang]) for lang in LANGUAGES}
            yield Note("other-side-first", sentences)
        elif other_first and not set(SIDES) & set(profile.countries):
            yield Note("no-side", texts("weights.note.no-side"))

    def _country(self, code: str) -> Mapping[Language, str]:
        return {lang: self.evidence.concepts.label(concept_iri("country", code), lang) for lang in LANGUAGES}

    def _countries(self, thing: int) -> tuple[str, ...]:
        return tuple(code for code, _ in self.evidence.countries.get(thing, ()))


def _chosen(
    scored: Sequence[ranking.Ranked], top: int, countries: Callable[[int], tuple[str, ...]], first: str | None
) -> list[tuple[int, ranking.Ranked]]:
    """
    The best, and beyond them the best of each country, at their true rank; weak ones only where a side has none.

    Of a country that comes first there are as many as of all, and they stand before the others.
    """
    shown: list[tuple[int, ranking.Ranked]] = []
    per_country: dict[str, int] = {}
    for rank, each in enumerate(scored, start=1):
        codes = countries(each[0])
        strong = each[1].score >= weights.MIN_SCORE
        least = min(weights.PER_COUNTRY, top) if strong else 1
        lacking = any(
            per_country.get(code, 0) < (top if strong and code == first else least)
            for code in codes
            if strong or code in SIDES
        )
        if lacking or (strong and rank <= top):
            shown.append((rank, each))
            for code in codes:
                per_country[code] = per_country.get(code, 0) + 1
    return sorted(shown, key=lambda each: first not in countries(each[1][0])) if first else shown


def _other_side(profile: NeedProfile) -> str | None:
    """The side of the Øresund that the need is not from; None where it is from both, or nobody knows."""
    own = [code for code in SIDES if code in profile.countries]
    return next((code for code in SIDES if code not in own), None) if own else None


def _notes_on(profile: NeedProfile, meaning: Meaning) -> Iterable[Note]:
    whole = " ".join(profile.texts.values())
    said = bool(normalise(whole).strip())
    known = (*profile.concepts, *profile.capabilities)
    if not known:
        if profile.suggested:
            yield _note_on_themes("possible-theme", profile.suggested)
        else:
            code = "no-concepts-meaning" if said and meaning.available else "no-concepts" if said else "no-words"
            yield Note(code, texts(f"match.note.{code}"))
    elif profile.suggested and max(each.trust for each in known) < _DOUBTFUL:
        yield _note_on_themes("doubtful-topics", profile.suggested)
    if profile.iri is None and profile.language is None and whole.strip():
        yield Note("language-unsure", texts("match.note.language-unsure"))
    if len(whole) >= needs.MAX_CHARACTERS:
        yield Note("text-cut", texts("match.note.text-cut", count=needs.MAX_CHARACTERS))
    if meaning.state != "ready":
        yield Note("meaning-off", texts(f"meaning.state.{meaning.state}"))
    elif meaning.share < 1.0:
        yield Note("meaning-partial", texts("meaning.partial", share=int(100 * meaning.share)))


def _note_on_themes(code: str, suggested: Iterable[RecognisedConcept]) -> Note:
    return Note(
        code,
        {
            lang: text(
                f"match.note.{code}",
                lang,
                topics=enumerated([in_sentence(each.labels[lang]) for each in suggested], lang),
            )
            for lang in LANGUAGES
        },
    )


def _group_note(code: str, group: Group, country: Mapping[Language, str] | None = None) -> Note:
    return Note(
        code,
        {
            lang: text(
                f"match.note.{code}",
                lang,
                group=text(f"match.group.{group}", lang),
                **({"country": country[lang]} if country else {}),
            )
            for lang in LANGUAGES
        },
    )
