"""Which topics a title or text names: the words of the topic scheme, found in Danish, Swedish and English."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph
from register import REVIEWED, read_csv

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_LABELS = {_SKOS + "prefLabel", _SKOS + "altLabel"}

_WORD = re.compile(r"[a-zæøåäöéü0-9]+(?:['’][a-z]+)?", re.IGNORECASE)


def _endings(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# What may follow a word without making it another word.
_ENDINGS = {
    "da": _endings("e en er et erne ernes ene ens ers ets es s n r rs rne rnes ns t te de"),
    "sv": _endings("a an ar are arna arnas as at e en er erna ernas ers et ets n na nas ns or orna ornas s t ts r"),
    "en": _endings("s es"),
}
# "affaldssortering" names "affald"; a short word stands inside others by accident.
_COMPOUND_PART = 6
_COMPOUND_REST = 3


@dataclass(frozen=True)
class Term:
    """One label of a topic in one language, as words."""

    topic: str
    language: str
    label: str
    words: tuple[str, ...]
    use: str = ""


@dataclass(frozen=True)
class Hit:
    """A place in a text where a term stands: word numbers `start` to `end` (exclusive)."""

    term: Term
    start: int
    end: int
    whole: bool


def words(text: str) -> list[str]:
    """
    The words of a text in lower case.

    Example:
        >>> words("CO2-neutral by (2. fase)")
        ['co2', 'neutral', 'by', '2', 'fase']
    """
    return [word.lower() for word in _WORD.findall(text)]


@dataclass
class Classifier:
    """
    Finds topics by the labels of `ontology/concepts/topic.ttl`, corrected by `reviewed/topic_terms.csv`.

    A reviewed row says for one word of one topic: `off` (never), `exact` (no compounds), `title` (in titles only), or
    `add`; a row without a language is for all three.
    """

    _by_first: dict[str, dict[str, list[Term]]] = field(default_factory=dict)
    _compounds: dict[str, list[Term]] = field(default_factory=dict)
    broader: dict[str, str] = field(default_factory=dict)
    _seen: dict[tuple[str, str], list[Term]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Classifier:
        """A classifier with the terms of the topic scheme in a Turtle file."""
        labels: set[tuple[str, str, str]] = set()
        broader: dict[str, str] = {}
        for quad in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE):
            subject, value = quad.subject, quad.object
            if not isinstance(subject, pyoxigraph.NamedNode):
                continue
            topic = subject.value.rsplit("/", 1)[1]
            if quad.predicate.value in _LABELS and isinstance(value, pyoxigraph.Literal) and topic != "topic":
                labels.add((topic, value.language or "en", value.value))
            elif quad.predicate.value == _SKOS + "broader" and isinstance(value, pyoxigraph.NamedNode):
                broader[topic] = value.value.rsplit("/", 1)[1]
        uses: dict[tuple[str, str, str], str] = {}
        for row in read_csv(REVIEWED / "topic_terms.csv"):
            if row["use"] == "add":
                labels.add((row["topic"], row["language"], row["term"]))
            else:
                uses[row["topic"], row["language"], row["term"].lower()] = row["use"]
        terms = []
        for topic, language, label in sorted(labels):
            use = uses.get((topic, language, label.lower())) or uses.get((topic, "", label.lower()), "")
            if use != "off" and (split := tuple(words(label))):
                terms.append(Term(topic, language, label, split, use))
        return cls._of(terms, broader)

    @classmethod
    def _of(cls, terms: Sequence[Term], broader: Mapping[str, str]) -> Classifier:
        by_first: dict[str, dict[str, list[Term]]] = {}
        compounds: dict[str, list[Term]] = defaultdict(list)
        for term in terms:
            by_first.setdefault(term.language, {}).setdefault(term.words[0][:4], []).append(term)
            if (
                len(term.words) == 1
                and term.use in {"", "title"}
                and term.language != "en"
                and len(term.words[0]) >= _COMPOUND_PART
            ):
                compounds[term.language].append(term)
        return cls(by_first, dict(compounds), dict(broader))

    def find(self, text: str, languages: Iterable[str], *, title: bool) -> list[Hit]:
        """
        The terms in a text; where one stands inside a longer one ("grøn infrastruktur"), only the longer.

        Args:
            text: A title or description.
            languages: The languages whose terms are looked for.
            title: Whether it is a title: some words say something there, and nothing in running text.
        """
        tokens = words(text)
        hits = [
            hit for language in languages for hit in self._hits(tokens, language) if title or hit.term.use != "title"
        ]
        hits.sort(
            key=lambda hit: (
                hit.start - hit.end,
                not hit.whole,
                -sum(map(len, hit.term.words)),
                hit.start,
                hit.term.topic,
                hit.term.label,
            )
        )
        taken: dict[int, int] = {}
        kept: list[Hit] = []
        for hit in hits:
            span = range(hit.start, hit.end)
            size = (hit.end - hit.start) * 100 + hit.whole * 50 + sum(map(len, hit.term.words))
            if all(taken.get(position, size) <= size for position in span):
                kept.append(hit)
                for position in span:
                    taken[position] = size
        return kept

    def _hits(self, tokens: Sequence[str], language: str) -> Iterable[Hit]:
        for start, token in enumerate(tokens):
            found: set[tuple[str, int]] = set()
            for term in self._by_first.get(language, {}).get(token[:4], ()):
                end = start + len(term.words)
                if end <= len(tokens) and _same(tokens[start:end], term, language) and (term.topic, end) not in found:
                    found.add((term.topic, end))
                    yield Hit(term, start, end, True)
            for term in self._inside(token, language):
                if (term.topic, start + 1) not in found:
                    found.add((term.topic, start + 1))
                    yield Hit(term, start, start + 1, False)

    def _inside(self, token: str, language: str) -> list[Term]:
        """The terms that are the first or last part of a compound; the longest where one contains another."""
        key = language, token
        if key not in self._seen:
            inside = [
                term
                for term in self._compounds.get(language, ())
                if len(token) - len(term.words[0]) >= _COMPOUND_REST
                and (token.startswith(term.words[0]) or _ends(token, term.words[0], language))
            ]
            longest = max((len(term.words[0]) for term in inside), default=0)
            self._seen[key] = [term for term in inside if len(term.words[0]) == longest]
        return self._seen[key]

    def without_broader(self, topics: Iterable[str]) -> list[str]:
        """The topics without those that are broader than another of them."""
        given = list(topics)
        implied: set[str] = set()
        for topic in given:
            while topic in self.broader:
                topic = self.broader[topic]
                implied.add(topic)
        return [topic for topic in given if topic not in implied]


def _same(tokens: Sequence[str], term: Term, language: str) -> bool:
    """All words equal but for an ending; words of up to three letters must be equal to the letter."""
    return all(
        token == word or (len(word) > 3 and token.startswith(word) and token[len(word) :] in _ENDINGS[language])
        for token, word in zip(tokens, term.words, strict=True)
    )


def _ends(token: str, word: str, language: str) -> bool:
    return token.endswith(word) or any(token.endswith(word + ending) for ending in _ENDINGS[language])
