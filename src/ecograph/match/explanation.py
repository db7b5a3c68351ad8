"""
Why a candidate is in the list, in statements of the graph and in sentences made from them.

Each reason takes the part of the score that its document brings: the parts of all documents add up to the contributions
of the signals. A sentence says nothing that its statements do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

import numpy as np
from pyoxigraph import NamedNode

from ecograph.match import weights
from ecograph.match.evidence import FAMILIES, Dated, Evidence, Wording, span, text_entries
from ecograph.match.hierarchy import Hierarchy
from ecograph.match.model import NeedProfile, Note, Reason, Signal, Statement, Texts
from ecograph.match.signals import Measured
from ecograph.messages import LANGUAGES, Language, language_of, text, texts
from ecograph.namespaces import DCTERMS, ECO, SCHEMA
from ecograph.text.overlap import Unit

RELEVANT: Final = 0.1
"""Relevance from which a document counts as being about the need when its age is told."""
SHOWN_WORD: Final = 0.45
"""How well a word must be met to be shown."""
SHOWN_WORDS: Final = 4

SHOWN_TOPICS: Final = 3

Say = Callable[[Language], str]

_Relation = Literal["same", "narrower", "broader", "related"]
_RELATIONS: Final[tuple[_Relation, ...]] = get_args(_Relation)


@dataclass(slots=True)
class _Piece:
    """What one link brings: its share of the score by signal, and the concepts of the need it stands for."""

    link: int
    parts: dict[Signal, float] = field(default_factory=dict)
    wanted: list[int] = field(default_factory=list)

    def add(self, signal: Signal, share: float) -> None:
        self.parts[signal] = self.parts.get(signal, 0.0) + share


@dataclass(frozen=True, slots=True)
class _Met:
    """Words of a text that say a word of the need: how much that is worth, both as written, and the text."""

    worth: float
    words: str
    wording: Wording


@dataclass(frozen=True, slots=True)
class Explained:
    """The reasons, and what stands beside them."""

    reasons: tuple[Reason, ...]
    against: tuple[Note, ...]
    unknown: tuple[Note, ...]
    flags: tuple[Note, ...]


class Explainer:
    """
    Gives the reasons and notes of candidates for one need; what several of them share is worked out once.

    Args:
        evidence: The graph.
        profile: The need.
        measured: Its signals.
        this_year: The year that ages are counted from.
    """

    def __init__(self, evidence: Evidence, profile: NeedProfile, measured: Measured, this_year: int) -> None:
        self.evidence = evidence
        self.profile = profile
        self.measured = measured
        self.this_year = this_year
        self.need = evidence.numbers.get(profile.iri.value, -1) if profile.iri else -1
        self._topic_rows: dict[tuple[int, int], int | None] = {}
        self._words: dict[int, tuple[_Met, ...]] = {}

    def explain(self, row: int) -> Explained:
        """
        Reasons and notes for one candidate.

        Args:
            row: The candidate's position in `measured.candidates`.
        """
        return _Explanation(self, row).explained()

    def topic_row(self, document: int, column: int) -> int | None:
        """The row by which a document is about a concept of the need."""
        key = (document, column)
        if key not in self._topic_rows:
            self._topic_rows[key] = self._find_topic_row(document, column)
        return self._topic_rows[key]

    def words_met(self, document: int) -> tuple[_Met, ...]:
        """What a document says for words of the need, and in which of its texts; the weightiest words first."""
        if document not in self._words:
            self._words[document] = self._find_words_met(document)
        return self._words[document]

    def _find_topic_row(self, document: int, column: int) -> int | None:
        topics = self.evidence.topics
        rows = span(topics.document, document)
        if not rows:
            return None
        likeness = self.evidence.hierarchy.likeness(self.measured.wanted[column].concept)
        part = slice(rows.start, rows.stop)
        values = likeness[topics.concept[part]] * topics.strength[part]
        best = int(np.argmax(values))
        return rows[best] if values[best] > 0.0 else None

    def _find_words_met(self, document: int) -> tuple[_Met, ...]:
        said: list[tuple[int, str, Wording]] = []
        for wording in (*self.evidence.titles[document], *self.evidence.bodies[document]):
            lang = language_of(wording.lang) if wording.lang else None
            for entry, (_, surface) in text_entries(wording.text, lang, self.evidence.marker).items():
                number = self.evidence.words.number(entry)
                if number is not None:
                    said.append((number, surface, wording))
        # Told in the language of the need that the document meets best.
        by_language = [_met(units, said) for units in self.measured.units.values()]
        return max(by_language, key=lambda met: sum(each.worth for each in met), default=())


class _Explanation:
    def __init__(self, shared: Explainer, row: int) -> None:
        self.shared = shared
        self.evidence = shared.evidence
        self.profile = shared.profile
        self.measured = shared.measured
        self.this_year = shared.this_year
        self.need = shared.need
        self.row = row
        self.candidate = int(self.measured.candidates[row])
        self.links = np.arange(self.measured.starts[row], self.measured.starts[row + 1])

    def explained(self) -> Explained:
        pieces = self._pieces()
        wording = self._wording(pieces)
        others = [reason for reason in (wording, self._freshness()) if reason is not None]
        reasons = [self._by_topic(piece) for piece in pieces if wording is None or not self._only_words(piece)]
        reasons += others
        if len(reasons) == 1 and pieces:
            reasons = self._split(pieces[0])
        reasons.sort(key=lambda reason: (-reason.contribution, reason.kind, reason.sentences["en"]))
        kept = [
            reason
            for place, reason in enumerate(reasons[: weights.MAX_REASONS])
            if place < weights.MIN_REASONS or reason.contribution >= weights.SLIGHT_REASON
        ]
        return Explained(tuple(kept), self._against(pieces), self._unknown(), self._flags())

    def _only_words(self, piece: _Piece) -> bool:
        """Whether a piece is the candidate's own description without a topic: the reason of the words says it all."""
        return not piece.wanted and FAMILIES[self.evidence.links.family[piece.link]] == "own"

    # --- shares of the score ---

    def _pieces(self) -> list[_Piece]:
        found: dict[int, _Piece] = {}
        whole = weights.SIGNALS["concept"]
        for column, wanted in enumerate(self.measured.wanted):
            link = self._best(self.measured.fit[self.links, column])
            value = float(self.measured.fit[link, column])
            if value > 0.0:
                piece = found.setdefault(link, _Piece(link))
                piece.add("concept", whole * (1.0 - weights.JOINT) * wanted.share * value)
        joint = self._best(self.measured.about[self.links])
        if self.measured.about[joint] > 0.0:
            found.setdefault(joint, _Piece(joint)).add(
                "concept", whole * weights.JOINT * float(self.measured.about[joint])
            )
        left = 1.0
        for value, link in self._best_by_family():
            found.setdefault(link, _Piece(link)).add("evidence", weights.SIGNALS["evidence"] * left * value)
            left *= 1.0 - value
        for piece in found.values():
            fits = self.measured.fit[piece.link]
            piece.wanted = [column for column in range(len(fits)) if fits[column] > 0.0]
        return sorted(found.values(), key=lambda piece: (-sum(piece.parts.values()), piece.link))

    def _best(self, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> int:
        """The link with the largest value; of equals the one that proves most, then the freshest."""
        order = np.lexsort((-self.measured.fresh[self.links], -self.measured.proof[self.links], -values))
        return int(self.links[order[0]])

    def _best_by_family(self) -> list[tuple[float, int]]:
        best: dict[int, tuple[float, int]] = {}
        for link in self.links.tolist():
            family = int(self.evidence.links.family[link])
            value = float(self.measured.proof[link])
            if value > best.get(family, (0.0, -1))[0]:
                best[family] = (value, link)
        return sorted(best.values(), key=lambda pair: (-pair[0], pair[1]))

    # --- reasons ---

    def _by_topic(self, piece: _Piece) -> Reason:
        path = [*self._link_path(piece.link), *self._topic_path(piece)]
        if not piece.wanted and self.measured.relevance[piece.link] < 1.0:
            path.extend(self._wordings_of(piece.link))
        return _reason(self._kind(piece.link), piece.parts, path, lambda lang: self._sentence(piece, lang))

    def _split(self, piece: _Piece) -> list[Reason]:
        """One document alone gives two reasons: what the candidate does there, and what that is about."""
        document = int(self.evidence.links.document[piece.link])
        topical: dict[Signal, float] = {each: part for each, part in piece.parts.items() if each == "concept"}
        practical: dict[Signal, float] = {each: part for each, part in piece.parts.items() if each != "concept"}
        own = document == self.candidate or FAMILIES[self.evidence.links.family[piece.link]] == "capability"
        if own or not topical or not practical:
            return [self._by_topic(piece)]
        head = _Piece(piece.link, practical, [])
        topics = _reason(
            "topic",
            topical,
            [*self._link_path(piece.link), *self._topic_path(piece)],
            lambda lang: text(
                "match.reason.shown-by", lang, title=self._title(document, lang), topics=self._topics(piece, lang)
            ),
        )
        done = _reason(
            self._kind(piece.link),
            practical,
            [*self._link_path(piece.link), *self._topic_path(piece)],
            lambda lang: self._sentence(head, lang),
        )
        return [topics, done]

    def _wording(self, pieces: Sequence[_Piece]) -> Reason | None:
        link = self._best(self.measured.wording[self.links])
        value = float(self.measured.wording[link])
        document = int(self.evidence.links.document[link])
        said = self.shared.words_met(document)[:SHOWN_WORDS] if value > 0.0 else ()
        if not said:
            return None
        path = list(self._link_path(link))
        for wording in dict.fromkeys(met.wording for met in said):
            path.append(self.evidence.wording_statement(document, wording))
        words = ", ".join(met.words for met in said)
        # The title is quoted in the language the words were found in.
        titles = self.evidence.titles[document]
        quoted = next((met.wording.text for met in said if met.wording in titles), "")
        own = document == self.candidate
        parts: dict[Signal, float] = {"text": weights.SIGNALS["text"] * value}
        for piece in pieces:
            if self._only_words(piece):
                for signal, share in piece.parts.items():
                    parts[signal] = parts.get(signal, 0.0) + share
        return _reason(
            "wording",
            parts,
            path,
            lambda lang: (
                text("match.reason.wording-own", lang, words=words)
                if own
                else text("match.reason.wording", lang, title=quoted or self._title(document, lang), words=words)
            ),
        )

    def _freshness(self) -> Reason | None:
        link = self._best(self.measured.fresh[self.links])
        value = float(self.measured.fresh[link])
        dated = self._dated(link)
        if value <= 0.0 or dated is None:
            return None
        document = self._shown_by(link) or int(self.evidence.links.document[link])
        path = [*self._link_path(link), self.evidence.date_statement(dated)]
        own = document == self.candidate or not self.evidence.titles[document]
        year = dated.value[:4]
        ends = dated.predicate == SCHEMA.endDate.value and int(year) >= self.this_year
        key = "match.reason.running" if ends else "match.reason.freshness"
        return _reason(
            "freshness",
            {"freshness": weights.SIGNALS["freshness"] * value},
            path,
            lambda lang: (
                text(f"{key}-own", lang, year=year)
                if own
                else text(key, lang, year=year, title=self._title(document, lang))
            ),
        )

    # --- sentences ---

    def _sentence(self, piece: _Piece, lang: Language) -> str:
        family = FAMILIES[self.evidence.links.family[piece.link]]
        topics = self._topics(piece, lang)
        if family == "own":
            actor = self.evidence.kinds[self.candidate] not in ("Solution", "ResearchResult")
            if not topics:
                return text("match.reason.described", lang)
            return text("match.reason.works-with" if actor else "match.reason.concerns", lang, topics=topics)
        if family == "capability":
            return self._capability(piece.link, topics, lang)
        head = self._head(piece.link, family, lang)
        if not topics or (family == "addresses" and int(self.evidence.links.document[piece.link]) == self.need):
            return text("match.clause.plain", lang, head=head)
        if int(self.evidence.links.document[piece.link]) == self.candidate:
            return text("match.clause.plain", lang, head=head)
        return text("match.clause.about", lang, head=head, topics=topics)

    def _capability(self, link: int, topics: str, lang: Language) -> str:
        level = self._detail(link, lang)
        what = topics + (text("match.reason.level", lang, level=level) if level else "")
        shown = self._shown_by(link)
        if shown is None:
            return text("match.reason.capability", lang, topics=what)
        return text("match.reason.capability-shown", lang, topics=what, title=self._title(shown, lang))

    def _shown_by(self, link: int) -> int | None:
        """The thing that a capability claim gives as its evidence."""
        edge = int(self.evidence.links.second[link])
        if FAMILIES[self.evidence.links.family[link]] != "capability" or edge < 0:
            return None
        return self.evidence.numbers.get(self.evidence.statements[edge].object.value)

    def _head(self, link: int, family: str, lang: Language) -> str:
        links = self.evidence.links
        document = int(links.document[link])
        detail = self._detail(link, lang)
        values = {"title": self._title(document, lang), "years": self._years(link)}
        if family == "participation":
            role = self._kind(link)
            if role == "taking-part":
                return text("match.reason.taking-part", lang, detail=detail, **values)
            return text(f"match.reason.{role}", lang, **values)
        if family == "deployment":
            if document == self.candidate:
                return text("match.reason.deployed", lang, place=self._site(link, lang), detail=self._stage(link, lang))
            return text(f"match.reason.{self._kind(link)}", lang, title=values["title"], detail=self._stage(link, lang))
        if family == "addresses":
            if document == self.need:
                return text("match.reason.addresses", lang)
            return text("match.reason.addresses-similar", lang, title=values["title"])
        if family == "provider":
            return text("match.reason.provider", lang, title=values["title"])
        return text(f"match.reason.{family}", lang, **values)

    def _kind(self, link: int) -> str:
        links = self.evidence.links
        family = FAMILIES[links.family[link]]
        if family == "participation":
            number = int(links.detail[link])
            role = self.evidence.statements.names[number].rsplit("/", 1)[-1] if number >= 0 else ""
            if role in ("lead", "partner"):
                return role
            return "taking-part" if role else "participation"
        if family == "deployment" and int(links.document[link]) != self.candidate:
            predicate = self.evidence.statements[int(links.first[link])].predicate
            return "operator" if predicate == ECO.operator else "territory"
        return "deployed" if family == "deployment" else family

    def _topics(self, piece: _Piece, lang: Language) -> str:
        """
        The topics of the document in words: those the need asks for and parts of them; else wider or related ones, each
        with the topic of the need it stands for.
        """
        hierarchy = self.evidence.hierarchy
        found: dict[_Relation, dict[int, list[int]]] = {relation: {} for relation in _RELATIONS}
        for column in piece.wanted:
            row = self._topic_row(piece.link, column)
            if row is not None:
                wanted, has = self.measured.wanted[column].concept, int(self.evidence.topics.concept[row])
                found[_relation(hierarchy, has, wanted)].setdefault(has, []).append(wanted)
        phrases: list[str] = []
        said: set[int] = set()
        for relation in _RELATIONS:
            if phrases and relation in ("broader", "related"):
                break
            for has, goals in found[relation].items():
                if has not in said and len(phrases) < SHOWN_TOPICS:
                    said.add(has)
                    phrases.append(self._topic(relation, has, goals, lang))
        return enumerated(phrases, lang)

    def _topic(self, relation: _Relation, has: int, goals: Sequence[int], lang: Language) -> str:
        topic, *wanted = (in_sentence(self.evidence.hierarchy.label(each, lang)) for each in (has, *goals))
        if relation == "same":
            return topic
        return text(f"match.topic.{relation}", lang, topic=topic, wanted=enumerated(wanted[:SHOWN_TOPICS], lang))

    def _title(self, thing: int, lang: Language) -> str:
        return self.evidence.label(thing, lang)

    def _detail(self, link: int, lang: Language) -> str:
        number = int(self.evidence.links.detail[link])
        if number < 0:
            return ""
        return in_sentence(self.evidence.concepts.label(NamedNode(self.evidence.statements.names[number]), lang))

    def _years(self, link: int) -> str:
        dated = self._dated(link)
        if dated is None:
            return ""
        last = dated.value[:4]
        begun = self.evidence.begun.get(int(self.evidence.links.document[link]))
        if begun is None or begun.subject != dated.subject or begun.value[:4] == last:
            return f" ({last})"
        return f" ({begun.value[:4]}–{last})"

    def _stage(self, link: int, lang: Language) -> str:
        dated = self._dated(link)
        return ", ".join((self._detail(link, lang), *((dated.value[:4],) if dated else ())))

    def _site(self, link: int, lang: Language) -> str:
        places = [
            statement.object.value
            for statement in self._node_statements(link)
            if statement.predicate == DCTERMS.spatial and isinstance(statement.object, NamedNode)
        ]
        if not places:
            return ""
        return text("match.reason.in-place", lang, place=self._title(self.evidence.numbers[places[0]], lang))

    # --- statements ---

    def _link_path(self, link: int) -> list[Statement]:
        links = self.evidence.links
        edges = [int(edge) for edge in (links.first[link], links.second[link]) if edge >= 0]
        found = [self.evidence.statements[edge] for edge in edges]
        if FAMILIES[links.family[link]] == "deployment" and int(links.document[link]) == self.candidate:
            found.extend(self._node_statements(link))
        return found

    def _node_statements(self, link: int) -> list[Statement]:
        """Where a deployment is: the statements about the same deployment that other links stand on."""
        node = int(self.evidence.links.node[link])
        edges = self.evidence.deployment_places.get(node, ())
        return [self.evidence.statements[edge] for edge in edges]

    def _topic_path(self, piece: _Piece) -> list[Statement]:
        found: dict[Statement, None] = {}
        topics = self.evidence.topics
        for column in piece.wanted:
            row = self._topic_row(piece.link, column)
            if row is None:
                continue
            for edge in (int(topics.first[row]), int(topics.second[row])):
                if edge >= 0:
                    found[self.evidence.statements[edge]] = None
            wanted = self.measured.wanted[column]
            for step in self._steps(int(topics.concept[row]), wanted.concept):
                found[step] = None
            if wanted.source.statement is not None:
                found[wanted.source.statement] = None
        return list(found)

    def _steps(self, has: int, wanted: int) -> list[Statement]:
        hierarchy = self.evidence.hierarchy
        common = hierarchy.common(has, wanted)
        if common is None:
            return []
        steps = (*hierarchy.chain(has, common), *hierarchy.chain(wanted, common))
        return [self.evidence.statements[self.evidence.steps[step]] for step in steps]

    def _topic_row(self, link: int, column: int) -> int | None:
        return self.shared.topic_row(int(self.evidence.links.document[link]), column)

    def _dated(self, link: int) -> Dated | None:
        node = int(self.evidence.links.node[link])
        document = int(self.evidence.links.document[link])
        return self.evidence.node_dates.get(node) or self.evidence.dated.get(document)

    def _wordings_of(self, link: int) -> list[Statement]:
        document = int(self.evidence.links.document[link])
        met = dict.fromkeys(met.wording for met in self.shared.words_met(document)[:SHOWN_WORDS])
        return [self.evidence.wording_statement(document, wording) for wording in met]

    # --- notes ---

    def _against(self, pieces: Sequence[_Piece]) -> tuple[Note, ...]:
        found: list[Note] = []
        measured = self.measured
        missing, near = self._gaps()
        if measured.wanted and float(measured.concept[self.row]) == 0.0:
            found.append(Note("words-only", texts("match.against.words-only")))
        elif missing:
            found.append(self._note_on_topics("missing-topics", missing))
        if near:
            found.append(self._note_on_topics("near-topics", near))
        newest = self._newest_relevant()
        if newest is not None and self.this_year - newest.year >= weights.OLD_YEARS:
            statement = self.evidence.date_statement(newest)
            found.append(Note("old", texts("match.against.old", year=newest.value[:4]), (statement,)))
        if self.evidence.regional[self.candidate] == 0:
            found.append(Note("outside-area", texts("match.against.outside-area")))
        if self._only_by_rule(pieces):
            found.append(Note("by-rule", texts("match.against.by-rule")))
        documents = {int(self.evidence.links.document[piece.link]) for piece in pieces}
        if len(documents) == 1 and self.candidate not in documents:
            (document,) = documents
            if self.evidence.titles[document]:
                sentences = {
                    lang: text("match.against.single-source", lang, title=self._title(document, lang))
                    for lang in LANGUAGES
                }
                found.append(Note("single-source", sentences))
        return tuple(found)

    def _gaps(self) -> tuple[list[int], list[int]]:
        """Concepts of the need that the candidate has nothing on, and those it only has something near."""
        missing: list[int] = []
        near: list[int] = []
        for column, wanted in enumerate(self.measured.wanted):
            link = self._best(self.measured.fit[self.links, column])
            row = self._topic_row(link, column) if self.measured.fit[link, column] > 0.0 else None
            if row is None:
                if not self._answers(link) and wanted.source not in self.profile.capabilities:
                    missing.append(wanted.concept)
                continue
            has = int(self.evidence.topics.concept[row])
            if has != wanted.concept and not self.evidence.hierarchy.is_above(wanted.concept, has):
                near.append(wanted.concept)
        return missing, near

    def _answers(self, link: int) -> bool:
        family = FAMILIES[self.evidence.links.family[link]]
        return family == "addresses" and int(self.evidence.links.document[link]) == self.need

    def _note_on_topics(self, code: str, concepts: Iterable[int]) -> Note:
        kept = list(concepts)
        sentences: dict[Language, str] = {}
        for lang in LANGUAGES:
            labels = [in_sentence(self.evidence.hierarchy.label(each, lang)) for each in kept]
            sentences[lang] = text(f"match.against.{code}", lang, topics=enumerated(labels, lang))
        return Note(code, sentences)

    def _newest_relevant(self) -> Dated | None:
        relevant = [
            dated
            for link in self.links.tolist()
            if self.measured.relevance[link] >= RELEVANT and (dated := self._dated(link)) is not None
        ]
        return max(relevant, key=lambda dated: (dated.year, dated.value), default=None)

    def _only_by_rule(self, pieces: Sequence[_Piece]) -> bool:
        topics = self.evidence.topics
        bases: set[str] = set()
        for piece in pieces:
            for column in piece.wanted:
                row = self._topic_row(piece.link, column)
                if row is not None:
                    number = int(topics.basis[row])
                    bases.add(self.evidence.statements.names[number].rsplit("/", 1)[-1] if number >= 0 else "source")
        return bases == {"rule"}

    def _unknown(self) -> tuple[Note, ...]:
        found: list[Note] = []
        evidence, measured = self.evidence, self.measured
        relevant = measured.relevance[self.links] >= RELEVANT
        years = evidence.links.year[self.links]
        if relevant.any() and not (years[relevant] > 0).any():
            found.append(Note("date", texts("match.unknown.date")))
        kind = evidence.kinds[self.candidate]
        families = {FAMILIES[family] for family in evidence.links.family[self.links].tolist()}
        if kind == "Solution":
            if not any(
                FAMILIES[evidence.links.family[link]] == "provider" for link in evidence.links_to(self.candidate)
            ):
                found.append(Note("provider", texts("match.unknown.provider")))
            if "deployment" not in families:
                found.append(Note("deployment", texts("match.unknown.deployment")))
            if self.profile.standards:
                found.append(Note("standards", texts("match.unknown.standards")))
        elif kind != "ResearchResult" and evidence.regional[self.candidate] < 0:
            found.append(Note("place", texts("match.unknown.place")))
        if not evidence.countries.get(self.candidate):
            found.append(Note("country", texts("match.unknown.country")))
        lacking = self._capabilities_unknown()
        if lacking:
            sentences = {
                lang: text(
                    "match.unknown.capability",
                    lang,
                    capabilities=enumerated(
                        [in_sentence(evidence.hierarchy.label(each, lang)) for each in lacking], lang
                    ),
                )
                for lang in LANGUAGES
            }
            found.append(Note("capability", sentences))
        return tuple(found)

    def _capabilities_unknown(self) -> list[int]:
        required = {concept.iri.value for concept in self.profile.capabilities}
        best = self.measured.fit[self.links].max(axis=0) if self.measured.wanted else ()
        return [
            wanted.concept
            for wanted, value in zip(self.measured.wanted, best, strict=False)
            if wanted.source.iri.value in required and float(value) == 0.0
        ]

    def _flags(self) -> tuple[Note, ...]:
        found: list[Note] = []
        near = self._nearness()
        if near is not None:
            found.append(near)
        askers = [self.evidence.numbers[iri.value] for iri in self.profile.askers if iri.value in self.evidence.numbers]
        askers += [self.evidence.numbers[place.iri.value] for place in self.profile.places]
        together = self._together(askers)
        if together is not None:
            asker, project, path = together
            sentences = {
                lang: text(
                    "match.flag.worked-together",
                    lang,
                    asker=self._title(asker, lang),
                    title=self._title(project, lang),
                )
                for lang in LANGUAGES
            }
            found.append(Note("worked-together", sentences, path))
        return tuple(found)

    def _nearness(self) -> Note | None:
        evidence = self.evidence
        homes = [evidence.numbers[place.iri.value] for place in self.profile.places]
        homes += [evidence.numbers[iri.value] for iri in self.profile.askers if iri.value in evidence.numbers]
        own = set(evidence.area.get(self.candidate, ())) | {self.candidate}
        for kind, key in (("Municipality", "same-municipality"), ("Region", "same-region")):
            around = [
                place
                for home in homes
                for place in (home, *evidence.area.get(home, ()))
                if evidence.kinds[place] == kind and place in own and place != self.candidate
            ]
            if around:
                place = around[0]
                return Note(
                    key, {lang: text(f"match.flag.{key}", lang, place=self._title(place, lang)) for lang in LANGUAGES}
                )
        return None

    def _together(self, askers: Iterable[int]) -> tuple[int, int, tuple[Statement, ...]] | None:
        links = self.evidence.links
        taking_part = FAMILIES.index("participation")
        own = {int(links.document[link]): link for link in self.links.tolist() if links.family[link] == taking_part}
        for asker in askers:
            if asker == self.candidate:
                continue
            for link in self.evidence.links_of(asker):
                document = int(links.document[link])
                if links.family[link] == taking_part and document in own:
                    edges = (
                        links.first[own[document]],
                        links.second[own[document]],
                        links.first[link],
                        links.second[link],
                    )
                    return asker, document, tuple(self.evidence.statements[int(edge)] for edge in edges)
        return None


def _relation(hierarchy: Hierarchy, has: int, wanted: int) -> _Relation:
    if has == wanted:
        return "same"
    if hierarchy.is_above(wanted, has):
        return "narrower"
    return "broader" if hierarchy.is_above(has, wanted) else "related"


def in_sentence(label: str) -> str:
    """
    A label as it stands inside a sentence: small first letter, except for abbreviations and names like IoT.

    Example:
        >>> in_sentence("Waste sorting"), in_sentence("IoT platforms"), in_sentence("I drift")
        ('waste sorting', 'IoT platforms', 'i drift')
    """
    first = label.split(" ")[0].split("-")[0]
    return label if any(letter.isupper() for letter in first[1:]) else label[:1].lower() + label[1:]


def enumerated(phrases: Sequence[str], lang: Language) -> str:
    """
    A list in words.

    Example:
        >>> enumerated(["a", "b", "c"], "da")
        'a, b og c'
    """
    if len(phrases) < 2:
        return "".join(phrases)
    return text("match.list.and", lang, first=", ".join(phrases[:-1]), last=phrases[-1])


def _reason(kind: str, parts: Mapping[Signal, float], path: Iterable[Statement], say: Say) -> Reason:
    signal = max(parts, key=lambda each: (parts[each], each))
    sentences: Texts = {lang: say(lang) for lang in LANGUAGES}
    return Reason(signal, kind, sum(parts.values()), tuple(dict.fromkeys(path)), sentences, dict(parts))


def _met(units: Iterable[Unit], said: Iterable[tuple[int, str, Wording]]) -> tuple[_Met, ...]:
    """The words of the need in one language that are met, the weightiest first; the same words are told once."""
    found: dict[str, _Met] = {}
    for unit in units:
        best = max(
            ((unit.entries.get(number, 0.0), surface, wording) for number, surface, wording in said),
            key=lambda each: each[0],
            default=None,
        )
        if best is not None and best[0] >= SHOWN_WORD:
            likeness, surface, wording = best
            met = _Met(unit.weight * likeness, _pair(unit.name, surface), wording)
            key = surface.lower()
            if key not in found or met.worth > found[key].worth:
                found[key] = met
    return tuple(sorted(found.values(), key=lambda met: (-met.worth, met.words)))


def _pair(word: str, surface: str) -> str:
    return surface if word.lower() == surface.lower() else f"{word} ~ {surface}"
