"""
Why a candidate is in the list, in statements of the graph and in sentences made from them.

Each reason takes the part of the score that its document brings. A sentence says nothing that its statements do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ecograph.match import weights
from ecograph.match.explaining.bridging import bridge
from ecograph.match.explaining.grounds import Ground, Grounds, Piece, Question
from ecograph.match.explaining.notes import Notes
from ecograph.match.explaining.sentences import Sentences
from ecograph.match.model import Note, Reason, Signal, Statement, Texts
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
        told: dict[Ground, Reason | None] = {"words": self._wording(), "meaning": self._meaning()}
        others = [reason for reason in (*told.values(), self._freshness()) if reason is not None]
        by_itself = [ground for ground, reason in told.items() if reason is not None]
        pieces = [
            piece
            for piece in self.grounds.pieces
            if piece.parts.keys() != {"graph"} and not any(self.grounds.told_by(piece, ground) for ground in by_itself)
        ]
        reasons = [*(self._by_topic(piece) for piece in pieces), *others]
        if len(reasons) == 1 and pieces:
            reasons = self._split(pieces[0])
        for piece in self.grounds.pieces:
            slight = sum(piece.parts.values()) < weights.SLIGHT_REASON and len(reasons) >= weights.MIN_REASONS
            if piece.parts.keys() == {"graph"} and not slight:
                reasons.extend(self._by_graph(piece))
        reasons.sort(key=lambda reason: (-reason.contribution, reason.kind, reason.sentences["en"]))
        return tuple(
            reason
            for place, reason in enumerate(reasons[: weights.MAX_REASONS])
            if place < weights.MIN_REASONS or reason.contribution >= weights.SLIGHT_REASON
        )

    def _by_topic(self, piece: Piece) -> Reason:
        return _reason(
            self.grounds.kind(piece.link),
            piece.parts,
            self._path(piece),
            lambda lang: self.sentences.whole(piece, lang),
        )

    def _path(self, piece: Piece) -> list[Statement]:
        """From the candidate to its document, and by whatever this is held to be about the need."""
        path = [*self.grounds.link_path(piece.link), *self.grounds.topic_path(piece)]
        for concept in piece.reached:
            path.extend(self.grounds.concept_path(piece.link, concept))
        ground = self.grounds.ground(piece.link)
        if ground == "words" and not piece.wanted:
            path.extend(self.grounds.wording_path(piece.link))
        if ground == "meaning":
            path.extend(self.grounds.meaning_path(piece.link))
        return path

    def _by_graph(self, piece: Piece) -> Iterable[Reason]:
        """A document that only the walk leads to; nothing where it came by ways too long to tell."""
        if piece.wanted:
            yield self._by_topic(piece)
            return
        over = bridge(self.grounds, piece.reached[0])
        if over is not None:
            path = [*self._path(piece), *over.path, *self.grounds.stated(over.wanted)]
            yield _reason("graph", piece.parts, path, lambda lang: self.sentences.bridged(piece, over, lang))

    def _split(self, piece: Piece) -> list[Reason]:
        """One document alone gives two reasons: what the candidate does there, and what that is about."""
        document = self.grounds.document(piece.link)
        topical: dict[Signal, float] = {
            each: part for each, part in piece.parts.items() if each in ("concept", "graph")
        }
        practical: dict[Signal, float] = {each: part for each, part in piece.parts.items() if each not in topical}
        own = document == self.grounds.candidate or self.grounds.family(piece.link) == "capability"
        if own or not topical or not practical:
            return [self._by_topic(piece)]
        head = Piece(piece.link, practical, [])
        path = self._path(piece)
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
        parts, own_path = self._with_own("text", value, "words")
        return _reason(
            "wording",
            parts,
            [*path, *own_path],
            lambda lang: (
                text("match.reason.wording-own", lang, words=words)
                if own
                else text(
                    "match.reason.wording", lang, title=quoted or self.evidence.label(document, lang), words=words
                )
            ),
        )

    def _meaning(self) -> Reason | None:
        link = self.grounds.best(self.measured.meant[self.grounds.links])
        value = float(self.measured.meant[link])
        nearest = self.grounds.nearest_wording(link) if value > 0.0 else None
        if nearest is None:
            return None
        document = self.grounds.document(link)
        own = document == self.grounds.candidate
        quoted = nearest.text if nearest in self.evidence.titles[document] else ""
        key = "match.reason.meaning-words" if self.question.words_met(document) else "match.reason.meaning"
        parts, own_path = self._with_own("meaning", value, "meaning")
        return _reason(
            "meaning",
            parts,
            [*self.grounds.link_path(link), *self.grounds.meaning_path(link), *own_path],
            lambda lang: (
                text(f"{key}-own", lang)
                if own
                else text(key, lang, title=quoted or self.evidence.label(document, lang))
            ),
        )

    def _with_own(self, signal: Signal, value: float, ground: Ground) -> tuple[dict[Signal, float], list[Statement]]:
        """The share of a signal, with what the candidate's own text brings by the same ground; and that one's path."""
        parts: dict[Signal, float] = {signal: self.measured.weights[signal] * value}
        path: list[Statement] = []
        for piece in self.grounds.pieces:
            if self.grounds.told_by(piece, ground) and piece.parts.keys() != {"graph"}:
                path.extend(self._path(piece))
                for each, share in piece.parts.items():
                    parts[each] = parts.get(each, 0.0) + share
        return parts, path

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
            {"freshness": self.measured.weights["freshness"] * value},
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
