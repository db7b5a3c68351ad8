"""
What judges read: per need the candidates that any system puts high, without a word about which system it was.

Source:
    docs/evaluation.md, "The gold set".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ecograph.match import signals
from ecograph.match.evaluation.baselines import RANDOM, SEED, Answered, Field, Floats
from ecograph.match.evaluation.gold import GoldNeed
from ecograph.match.evidence import FAMILIES, Wording, span
from ecograph.messages import LANGUAGES

EVIDENCE_LINES: Final = 6
"""Documents shown of each candidate: a judge has a hundred candidates to read."""
TOPICS: Final = 4
"""Topics shown of each document."""
NEAR: Final = 0.4
"""Share of the worth of a candidate's best document below which another one is only counted; two are always shown."""
DESCRIPTION: Final = 320
"""Characters of a description: its first two or three sentences."""


@dataclass(frozen=True, slots=True)
class Shown:
    """
    One candidate as a judge sees it.

    Attributes:
        slug: kind/slug.
        label: Its name.
        kind: Its class.
        countries: Its countries.
        lines: Its documents that come nearest to the need.
        more: How many documents it has beside those.
    """

    slug: str
    label: str
    kind: str
    countries: tuple[str, ...]
    lines: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Pool:
    """The candidates to be judged for one need, in an order drawn by lot."""

    need: GoldNeed
    shown: tuple[Shown, ...]


def pool(field: Field, need: GoldNeed, depth: int, only_unjudged: bool = False) -> Pool:
    """
    The candidates of a need that any system but the random one has among its first.

    Args:
        field: The candidates and the systems.
        need: The need.
        depth: How many are taken from each system for each wording.
        only_unjudged: Leave out those that have a grade.
    """
    asked = [field.answered(query) for query in need.queries]
    rankers = [ranker for name, ranker in field.systems.items() if name != RANDOM]
    found = sorted({thing for each in asked for ranker in rankers for thing in ranker(each)[:depth]})
    if only_unjudged:
        found = [thing for thing in found if field.slug(thing) not in need.grades]
    lot = np.random.default_rng([SEED, *need.id.encode()])
    worth = _worth(field, asked)
    return Pool(need, tuple(_shown(field, found[place], worth) for place in lot.permutation(len(found)).tolist()))


def written(pooled: Pool) -> str:
    """The pool of one need as a text to read."""
    need = pooled.need
    lines = [f"# {need.id} ({need.theme})", "", need.brief.strip(), ""]
    lines += [f"{query.kind} {query.lang}: {query.text}" for query in need.queries]
    for shown in pooled.shown:
        countries = ", ".join(shown.countries) or "country not stated"
        lines += ["", f"## {shown.slug}", f"{shown.label} | {shown.kind} | {countries}"]
        lines += [f"- {line}" for line in shown.lines]
        if shown.more:
            lines.append(f"- (+{shown.more} more documents)")
    return "\n".join(lines) + "\n"


def to_fill(pooled: Pool) -> str:
    """The table in which a judge puts a grade beside each candidate."""
    return "".join(["need,candidate,grade\n", *(f"{pooled.need.id},{shown.slug},\n" for shown in pooled.shown)])


def _worth(field: Field, asked: Iterable[Answered]) -> Floats:
    """How near each thing comes to a need, by all systems that look at documents, over all wordings."""
    evidence = field.evidence
    total = np.zeros(len(evidence.things), dtype=np.float64)
    for each in asked:
        measured = signals.measure(evidence, each.profile, field.matcher.today.year)
        relevance = np.zeros_like(total)
        np.maximum.at(relevance, evidence.links.document, measured.relevance)
        parts = [relevance, field.full_text(each)]
        if evidence.meaning.available:
            parts.append(field.nearness(each))
        for part in parts:
            total += part / max(float(part.max(initial=0.0)), 1e-9)
    return total


def _shown(field: Field, thing: int, worth: Floats) -> Shown:
    evidence = field.evidence
    links = evidence.links
    by_document: dict[int, list[int]] = {}
    for link in evidence.links_of(thing):
        document = int(links.document[link])
        tells = document != thing or evidence.bodies[document] or span(evidence.topics.document, document)
        if tells:
            by_document.setdefault(document, []).append(link)
    order = sorted(by_document, key=lambda document: (document != thing, -worth[document], document))
    best = max((worth[document] for document in order), default=0.0)
    near = [each for place, each in enumerate(order) if place < 2 or worth[each] >= NEAR * best][:EVIDENCE_LINES]
    return Shown(
        slug=field.slug(thing),
        label=evidence.label(thing, "en"),
        kind=evidence.kinds[thing],
        countries=tuple(code for code, _ in evidence.countries.get(thing, ())),
        lines=tuple(_line(field, thing, each, by_document[each]) for each in near),
        more=len(order) - len(near),
    )


def _line(field: Field, candidate: int, document: int, links: Sequence[int]) -> str:
    evidence = field.evidence
    roles = dict.fromkeys(_role(field, link) for link in links)
    years = {int(evidence.links.year[link]) for link in links} - {0}
    parts = [", ".join(roles), str(max(years)) if years else "undated"]
    if document != candidate:
        parts.append(": ".join(filter(None, (evidence.kinds[document], _titles(evidence.titles[document])))))
    if topics := _topics(field, document):
        parts.append(f"topics: {topics}")
    if described := _described(evidence.bodies[document]):
        parts.append(described)
    return " | ".join(parts)


def _role(field: Field, link: int) -> str:
    links = field.evidence.links
    family = FAMILIES[links.family[link]]
    number = int(links.detail[link])
    detail = field.evidence.statements.names[number].rsplit("/", 1)[-1] if number >= 0 else ""
    return f"{family} ({detail})" if detail else family


def _topics(field: Field, document: int) -> str:
    topics, hierarchy = field.evidence.topics, field.evidence.hierarchy
    rows = sorted(span(topics.document, document), key=lambda row: -topics.strength[row])
    return ", ".join(dict.fromkeys(hierarchy.label(int(topics.concept[row]), "en") for row in rows[:TOPICS]))


def _titles(wordings: Iterable[Wording]) -> str:
    """Each title once, with its language."""
    said: Mapping[str, str] = {each.text: each.lang for each in wordings}
    return " / ".join(f"{text} ({lang})" if lang else text for text, lang in said.items())


def _described(wordings: Iterable[Wording]) -> str:
    """The beginning of one description, in English where there is one."""
    texts = {each.lang: each.text for each in wordings}
    text = next((texts[lang] for lang in ("en", *LANGUAGES, "") if lang in texts), "")
    return text if len(text) <= DESCRIPTION else text[:DESCRIPTION].rsplit(" ", 1)[0] + " …"
