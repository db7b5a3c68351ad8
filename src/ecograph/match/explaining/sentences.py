"""The sentences of reasons, made from statements: what a candidate does in a document, and what that is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, get_args

from pyoxigraph import NamedNode

from ecograph.match.explaining.bridging import Bridge
from ecograph.match.explaining.grounds import Grounds, Piece
from ecograph.match.projection.hierarchy import Hierarchy
from ecograph.messages import Language, text
from ecograph.namespaces import DCTERMS

SHOWN_TOPICS: Final = 3

_Relation = Literal["same", "narrower", "broader", "related"]
_RELATIONS: Final[tuple[_Relation, ...]] = get_args(_Relation)


class Sentences:
    """
    Says what links and their documents bring.

    Args:
        grounds: What stands behind the candidate.
    """

    def __init__(self, grounds: Grounds) -> None:
        self.grounds = grounds
        self.evidence = grounds.evidence
        self.measured = grounds.measured

    def whole(self, piece: Piece, lang: Language, topics: str | None = None) -> str:
        """
        What the candidate does in a document, and what that is about.

        Args:
            piece: The document.
            lang: The language of the reader.
            topics: What it is about, in words; the topics of the need where None.
        """
        family = self.grounds.family(piece.link)
        topics = self.topics(piece, lang) if topics is None else topics
        if family == "own":
            actor = self.evidence.kinds[self.grounds.candidate] not in ("Solution", "ResearchResult")
            if not topics:
                return text("match.reason.described", lang)
            return text("match.reason.works-with" if actor else "match.reason.concerns", lang, topics=topics)
        if family == "capability":
            return self._capability(piece.link, topics, lang)
        head = self._head(piece.link, family, lang)
        own = self.grounds.document(piece.link) == self.grounds.candidate
        if not topics or own or self.grounds.answers(piece.link):
            return text("match.clause.plain", lang, head=head)
        return text("match.clause.about", lang, head=head, topics=topics)

    def topics(self, piece: Piece, lang: Language) -> str:
        """
        The topics of the document in words: those the need asks for and parts of them; else wider or related ones, each
        with the topic of the need it stands for.
        """
        hierarchy = self.evidence.hierarchy
        found: dict[_Relation, dict[int, list[int]]] = {relation: {} for relation in _RELATIONS}
        for column in piece.wanted:
            row = self.grounds.topic_row(piece.link, column)
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

    def bridged(self, piece: Piece, over: Bridge, lang: Language) -> str:
        """What the candidate does in a document about another topic, and who works with that and with the need's."""
        has, wanted = (in_sentence(self.evidence.hierarchy.label(each, lang)) for each in (over.has, over.wanted))
        thing = self.evidence.kinds[over.actor] in ("Solution", "ResearchResult")
        joined = text(
            "match.reason.bridge-thing" if thing else "match.reason.bridge",
            lang,
            actor=self.evidence.label(over.actor, lang),
            topic=has,
            wanted=wanted,
        )
        return f"{self.whole(piece, lang, has)} {joined}"

    def _topic(self, relation: _Relation, has: int, goals: Sequence[int], lang: Language) -> str:
        topic, *wanted = (in_sentence(self.evidence.hierarchy.label(each, lang)) for each in (has, *goals))
        if relation == "same":
            return topic
        return text(f"match.topic.{relation}", lang, topic=topic, wanted=enumerated(wanted[:SHOWN_TOPICS], lang))

    def _capability(self, link: int, topics: str, lang: Language) -> str:
        level = self._detail(link, lang)
        what = topics + (text("match.reason.level", lang, level=level) if level else "")
        shown = self.grounds.shown_by(link)
        if shown is None:
            return text("match.reason.capability", lang, topics=what)
        return text("match.reason.capability-shown", lang, topics=what, title=self.evidence.label(shown, lang))

    def _head(self, link: int, family: str, lang: Language) -> str:
        document = self.grounds.document(link)
        detail = self._detail(link, lang)
        values = {"title": self.evidence.label(document, lang), "years": self._years(link)}
        if family == "participation":
            role = self.grounds.kind(link)
            key = f"match.reason.{role}-over" if self.grounds.is_over(link) else f"match.reason.{role}"
            if role == "taking-part":
                return text(key, lang, detail=detail, **values)
            return text(key, lang, **values)
        if family == "deployment":
            if document == self.grounds.candidate:
                return text("match.reason.deployed", lang, place=self._site(link, lang), detail=self._stage(link, lang))
            return text(
                f"match.reason.{self.grounds.kind(link)}", lang, title=values["title"], detail=self._stage(link, lang)
            )
        if family == "addresses":
            if self.grounds.answers(link):
                return text("match.reason.addresses", lang)
            return text("match.reason.addresses-similar", lang, title=values["title"])
        if family == "provider":
            return text("match.reason.provider", lang, title=values["title"])
        return text(f"match.reason.{family}", lang, **values)

    def _detail(self, link: int, lang: Language) -> str:
        number = int(self.evidence.links.detail[link])
        if number < 0:
            return ""
        return in_sentence(self.evidence.concepts.label(NamedNode(self.evidence.statements.names[number]), lang))

    def _years(self, link: int) -> str:
        dated = self.grounds.dated(link)
        if dated is None:
            return ""
        last = dated.value[:4]
        begun = self.evidence.begun.get(self.grounds.document(link))
        if begun is None or begun.subject != dated.subject or begun.value[:4] == last:
            return f" ({last})"
        return f" ({begun.value[:4]}–{last})"

    def _stage(self, link: int, lang: Language) -> str:
        dated = self.grounds.dated(link)
        return ", ".join((self._detail(link, lang), *((dated.value[:4],) if dated else ())))

    def _site(self, link: int, lang: Language) -> str:
        places = [
            statement.object.value
            for statement in self.grounds.node_statements(link)
            if statement.predicate == DCTERMS.spatial and isinstance(statement.object, NamedNode)
        ]
        if not places:
            return ""
        return text("match.reason.in-place", lang, place=self.evidence.label(self.evidence.numbers[places[0]], lang))


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
    A list in words; one whose members are lists themselves is told so that it can be seen where each ends.

    Example:
        >>> enumerated(["a", "b", "c"], "da")
        'a, b og c'
        >>> enumerated(["food", "culture, tourism and leisure", "water"], "en")
        'food; culture, tourism and leisure; and water'
    """
    if len(phrases) < 2:
        return "".join(phrases)
    and_ = text("match.list.and", lang, first="", last="")
    key, mark = "match.list.and", ", "
    if any("," in phrase for phrase in phrases):
        key, mark = "match.list.and-longest", "; "
    elif any(and_ in phrase for phrase in phrases):
        key = "match.list.and-long"
    return text(key, lang, first=mark.join(phrases[:-1]), last=phrases[-1])
