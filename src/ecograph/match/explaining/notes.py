"""What stands beside the reasons: what speaks against a candidate, what is not known, and what is good to know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ecograph.match import weights
from ecograph.match.explaining.grounds import Grounds
from ecograph.match.explaining.sentences import enumerated, in_sentence
from ecograph.match.model import Note, Statement
from ecograph.match.projection.evidence import FAMILIES, Dated
from ecograph.messages import LANGUAGES, Language, text, texts

RELEVANT: Final = 0.1
"""Relevance from which a document counts as being about the need when its age is told."""


class Notes:
    """
    Gives the notes on one candidate.

    Args:
        grounds: What stands behind the candidate.
    """

    def __init__(self, grounds: Grounds) -> None:
        self.grounds = grounds
        self.question = grounds.question
        self.evidence = grounds.evidence
        self.measured = grounds.measured

    def against(self) -> tuple[Note, ...]:
        """What speaks against the candidate."""
        found: list[Note] = []
        measured = self.measured
        missing, near = self._gaps()
        has = {signal: float(values[self.grounds.row]) for signal, values in measured.values.items()}
        topicless = measured.wanted and has["concept"] == 0.0
        if topicless and (has["text"] > 0.0 or has["meaning"] > 0.0):
            code = "words-only" if has["text"] > 0.0 else "meaning-only"
            found.append(Note(code, texts(f"match.against.{code}")))
        elif missing:
            found.append(self._note_on_topics("missing-topics", missing))
        if near:
            found.append(self._note_on_topics("near-topics", near))
        newest = self._newest_relevant()
        if newest is not None and self.question.this_year - newest.year >= weights.OLD_YEARS:
            statement = self.evidence.date_statement(newest)
            found.append(Note("old", texts("match.against.old", year=newest.value[:4]), (statement,)))
        if self.evidence.regional[self.grounds.candidate] == 0:
            found.append(Note("outside-area", texts("match.against.outside-area")))
        if self._only_by_rule():
            found.append(Note("by-rule", texts("match.against.by-rule")))
        documents = {self.grounds.document(piece.link) for piece in self.grounds.pieces}
        if len(documents) == 1 and self.grounds.candidate not in documents:
            (document,) = documents
            if self.evidence.titles[document]:
                sentences = {
                    lang: text("match.against.single-source", lang, title=self.evidence.label(document, lang))
                    for lang in LANGUAGES
                }
                found.append(Note("single-source", sentences))
        return tuple(found)

    def unknown(self) -> tuple[Note, ...]:
        """What the graph does not say of the candidate."""
        found: list[Note] = []
        evidence, measured = self.evidence, self.measured
        relevant = measured.relevance[self.grounds.links] >= RELEVANT
        years = evidence.links.year[self.grounds.links]
        if relevant.any() and not (years[relevant] > 0).any():
            found.append(Note("date", texts("match.unknown.date")))
        kind = evidence.kinds[self.grounds.candidate]
        families = {FAMILIES[family] for family in np.unique(evidence.links.family[self.grounds.links])}
        if kind == "Solution":
            if not any(self.grounds.family(link) == "provider" for link in evidence.links_to(self.grounds.candidate)):
                found.append(Note("provider", texts("match.unknown.provider")))
            if "deployment" not in families:
                found.append(Note("deployment", texts("match.unknown.deployment")))
            if self.question.profile.standards:
                found.append(Note("standards", texts("match.unknown.standards")))
        elif kind != "ResearchResult" and evidence.regional[self.grounds.candidate] < 0:
            found.append(Note("place", texts("match.unknown.place")))
        if not evidence.countries.get(self.grounds.candidate):
            found.append(Note("country", texts("match.unknown.country")))
        lacking = self._capabilities_unknown()
        if lacking:
            sentences = {
                lang: text("match.unknown.capability", lang, capabilities=self._names(lacking, lang))
                for lang in LANGUAGES
            }
            found.append(Note("capability", sentences))
        return tuple(found)

    def flags(self) -> tuple[Note, ...]:
        """What is good to know: nearness to those who ask, and work done with them."""
        found: list[Note] = []
        near = self._nearness()
        if near is not None:
            found.append(near)
        askers = [
            self.evidence.numbers[iri.value]
            for iri in self.question.profile.askers
            if iri.value in self.evidence.numbers
        ]
        askers += [self.evidence.numbers[place.iri.value] for place in self.question.profile.places]
        together = self._together(askers)
        if together is not None:
            asker, project, path = together
            sentences = {
                lang: text(
                    "match.flag.worked-together",
                    lang,
                    asker=self.evidence.label(asker, lang),
                    title=self.evidence.label(project, lang),
                )
                for lang in LANGUAGES
            }
            found.append(Note("worked-together", sentences, path))
        return tuple(found)

    # --- against ---

    def _gaps(self) -> tuple[list[int], list[int]]:
        """Concepts of the need that the candidate has nothing on, and those it only has something near."""
        missing: list[int] = []
        near: list[int] = []
        for column, wanted in enumerate(self.measured.wanted):
            if wanted.source.basis == "suggested":
                continue
            link = self.grounds.best(self.measured.fit[self.grounds.links, column])
            row = self.grounds.topic_row(link, column) if self.measured.fit[link, column] > 0.0 else None
            if row is None:
                if not self.grounds.answers(link) and wanted.source not in self.question.profile.capabilities:
                    missing.append(wanted.concept)
                continue
            has = int(self.evidence.topics.concept[row])
            if has != wanted.concept and not self.evidence.hierarchy.is_above(wanted.concept, has):
                near.append(wanted.concept)
        return missing, near

    def _note_on_topics(self, code: str, concepts: Sequence[int]) -> Note:
        sentences = {
            lang: text(f"match.against.{code}", lang, topics=self._names(concepts, lang)) for lang in LANGUAGES
        }
        return Note(code, sentences)

    def _names(self, concepts: Iterable[int], lang: Language) -> str:
        return enumerated([in_sentence(self.evidence.hierarchy.label(each, lang)) for each in concepts], lang)

    def _newest_relevant(self) -> Dated | None:
        relevant = self.grounds.links[self.measured.relevance[self.grounds.links] >= RELEVANT]
        years = self.evidence.links.year[relevant]
        newest = relevant[years == years.max(initial=1)].tolist()
        found = [dated for link in newest if (dated := self.grounds.dated(link)) is not None]
        return max(found, key=lambda dated: (dated.year, dated.value), default=None)

    def _only_by_rule(self) -> bool:
        topics = self.evidence.topics
        bases: set[str] = set()
        for piece in self.grounds.pieces:
            for column in piece.wanted:
                row = self.grounds.topic_row(piece.link, column)
                if row is not None:
                    number = int(topics.basis[row])
                    bases.add(self.evidence.statements.names[number].rsplit("/", 1)[-1] if number >= 0 else "source")
        return bases == {"rule"}

    # --- unknown ---

    def _capabilities_unknown(self) -> list[int]:
        required = {concept.iri.value for concept in self.question.profile.capabilities}
        best = self.measured.fit[self.grounds.links].max(axis=0) if self.measured.wanted else ()
        return [
            wanted.concept
            for wanted, value in zip(self.measured.wanted, best, strict=False)
            if wanted.source.iri.value in required and float(value) == 0.0
        ]

    # --- good to know ---

    def _nearness(self) -> Note | None:
        evidence = self.evidence
        homes = [evidence.numbers[place.iri.value] for place in self.question.profile.places]
        homes += [evidence.numbers[iri.value] for iri in self.question.profile.askers if iri.value in evidence.numbers]
        own = set(evidence.area.get(self.grounds.candidate, ())) | {self.grounds.candidate}
        for kind, key in (("Municipality", "same-municipality"), ("Region", "same-region")):
            around = [
                place
                for home in homes
                for place in (home, *evidence.area.get(home, ()))
                if evidence.kinds[place] == kind and place in own and place != self.grounds.candidate
            ]
            if around:
                place = around[0]
                return Note(
                    key,
                    {
                        lang: text(f"match.flag.{key}", lang, place=self.evidence.label(place, lang))
                        for lang in LANGUAGES
                    },
                )
        return None

    def _together(self, askers: Iterable[int]) -> tuple[int, int, tuple[Statement, ...]] | None:
        links = self.evidence.links
        own = self._participations(self.grounds.links)
        for asker in askers:
            if asker == self.grounds.candidate:
                continue
            theirs = self._participations(np.asarray(self.evidence.links_of(asker), dtype=np.int64))
            shared = theirs[np.isin(links.document[theirs], links.document[own])]
            if len(shared):
                document = int(links.document[shared[0]])
                joined = (own[links.document[own] == document][-1], shared[0])
                edges = [edge for link in joined for edge in (links.first[link], links.second[link])]
                return asker, document, tuple(self.evidence.statements[int(edge)] for edge in edges)
        return None

    def _participations(self, links: NDArray[np.int64]) -> NDArray[np.int64]:
        taking_part = self.evidence.links.family[links] == FAMILIES.index("participation")
        return np.asarray(links[taking_part], dtype=np.int64)
