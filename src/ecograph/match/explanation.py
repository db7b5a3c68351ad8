"""
Why a candidate is in the list, in statements of the graph and in sentences made from them.

Each reason takes the part of the score that its document brings. A sentence says nothing that its statements do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ecograph.match import weights
from ecograph.match.grounds import Grounds, Piece, Question
from ecograph.match.model import Note, Reason, Signal, Statement, Texts
from ecograph.match.notes import Notes
from ecograph.match.sentences import Sentences
from ecograph.messages import LANGUAGES, Language, text
from ecograph.namespaces import SCHEMA

Say = Callable[[Language], str]


@dataclass(frozen=True, slots=True)
class Explained:
    """The reasons, and what stands beside them."""

    reasons: tuple[Reason, ...]
    against: tuple[Note, ...]
    unknown: tuple[Note, ...]
    flags: tuple[Note, ...]


def explain(question: Question, row: int) -> Explained:
    """
    Reasons and notes for one candidate.

    Args:
        question: The need.
        row: The candidate's position in `measured.candidates`.
    """
    grounds = Grounds(question, row)
    notes = Notes(grounds)
    return Explained(_Reasons(grounds).chosen(), notes.against(), notes.unknown(), notes.flags())


class _Reasons:
    def __init__(self, grounds: Grounds) -> None:
        self.grounds = grounds
        self.question = grounds.question
        self.evidence = grounds.evidence
        self.measured = grounds.measured
        self.sentences = Sentences(grounds)

    def chosen(self) -> tuple[Reason, ...]:
        """The weightiest reasons, best first."""
        pieces = self.grounds.pieces
        wording = self._wording()
        others = [reason for reason in (wording, self._freshness()) if reason is not None]
        reasons = [self._by_topic(piece) for piece in pieces if wording is None or not self.grounds.only_words(piece)]
        reasons += others
        if len(reasons) == 1 and pieces:
            reasons = self._split(pieces[0])
        reasons.sort(key=lambda reason: (-reason.contribution, reason.kind, reason.sentences["en"]))
        return tuple(
            reason
            for place, reason in enumerate(reasons[: weights.MAX_REASONS])
            if place < weights.MIN_REASONS or reason.contribution >= weights.SLIGHT_REASON
        )

    def _by_topic(self, piece: Piece) -> Reason:
        path = [*self.grounds.link_path(piece.link), *self.grounds.topic_path(piece)]
        if not piece.wanted and self.measured.relevance[piece.link] < 1.0:
            path.extend(self.grounds.wording_path(piece.link))
        return _reason(self.grounds.kind(piece.link), piece.parts, path, lambda lang: self.sentences.whole(piece, lang))

    def _split(self, piece: Piece) -> list[Reason]:
        """One document alone gives two reasons: what the candidate does there, and what that is about."""
        document = self.grounds.document(piece.link)
        topical: dict[Signal, float] = {each: part for each, part in piece.parts.items() if each == "concept"}
        practical: dict[Signal, float] = {each: part for each, part in piece.parts.items() if each != "concept"}
        own = document == self.grounds.candidate or self.grounds.family(piece.link) == "capability"
        if own or not topical or not practical:
            return [self._by_topic(piece)]
        head = Piece(piece.link, practical, [])
        path = [*self.grounds.link_path(piece.link), *self.grounds.topic_path(piece)]
        topics = _reason(
            "topic",
            topical,
            path,
            lambda lang: text(
                "match.reason.shown-by",
                lang,
                title=self.evidence.label(document, lang),
                topics=self.sentences.topics(piece, lang),
            ),
        )
        done = _reason(
            self.grounds.kind(piece.link),
            practical,
            path,
            lambda lang: self.sentences.whole(head, lang),
        )
        return [topics, done]

    def _wording(self) -> Reason | None:
        link = self.grounds.best(self.measured.wording[self.grounds.links])
        value = float(self.measured.wording[link])
        document = self.grounds.document(link)
        said = self.question.words_met(document) if value > 0.0 else ()
        if not said:
            return None
        path = [*self.grounds.link_path(link), *self.grounds.wording_path(link)]
        words = ", ".join(met.words for met in said)
        # The title is quoted in the language the words were found in.
        titles = self.evidence.titles[document]
        quoted = next((met.wording.text for met in said if met.wording in titles), "")
        own = document == self.grounds.candidate
        parts: dict[Signal, float] = {"text": weights.SIGNALS["text"] * value}
        for piece in self.grounds.pieces:
            if self.grounds.only_words(piece):
                for signal, share in piece.parts.items():
                    parts[signal] = parts.get(signal, 0.0) + share
        return _reason(
            "wording",
            parts,
            path,
            lambda lang: (
                text("match.reason.wording-own", lang, words=words)
                if own
                else text(
                    "match.reason.wording", lang, title=quoted or self.evidence.label(document, lang), words=words
                )
            ),
        )

    def _freshness(self) -> Reason | None:
        link = self.grounds.best(self.measured.fresh[self.grounds.links])
        value = float(self.measured.fresh[link])
        dated = self.grounds.dated(link)
        if value <= 0.0 or dated is None:
            return None
        document = self.grounds.shown_by(link) or self.grounds.document(link)
        path = [*self.grounds.link_path(link), self.evidence.date_statement(dated)]
        own = document == self.grounds.candidate or not self.evidence.titles[document]
        year = dated.value[:4]
        ends = dated.predicate == SCHEMA.endDate.value and int(year) >= self.question.this_year
        key = "match.reason.running" if ends else "match.reason.freshness"
        return _reason(
            "freshness",
            {"freshness": weights.SIGNALS["freshness"] * value},
            path,
            lambda lang: (
                text(f"{key}-own", lang, year=year)
                if own
                else text(key, lang, year=year, title=self.evidence.label(document, lang))
            ),
        )


def _reason(kind: str, parts: Mapping[Signal, float], path: Iterable[Statement], say: Say) -> Reason:
    signal = max(parts, key=lambda each: (parts[each], each))
    sentences: Texts = {lang: say(lang) for lang in LANGUAGES}
    return Reason(signal, kind, sum(parts.values()), tuple(dict.fromkeys(path)), sentences, dict(parts))
