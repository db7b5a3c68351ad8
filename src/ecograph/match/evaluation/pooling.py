"""
What judges read: per need the documents that any system puts high, without a word about which system it was.

Source:
    docs/evaluation.md, "The gold set".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ecograph.match.evaluation.baselines import BLIND, BM25, EMBEDDINGS, OURS, SEED, Answered, Field, Floats
from ecograph.match.evaluation.gold import COLUMNS, GoldNeed
from ecograph.match.evaluation.metrics import SHOWN
from ecograph.match.ordering import signals
from ecograph.match.projection.evidence import Wording, best_wording, span

SHARES: Final[Mapping[str, float]] = {OURS: 1.0, EMBEDDINGS: 1.0, BM25: 0.6}
"""How much of the depth each way to rank documents gets; further down, BM25 brings what shares a word by chance."""
TOPICS: Final = 4
"""Topics shown of each document."""
SHORT: Final = 25
"""Characters below which an English title says little, and one in another language is shown beside it."""
DESCRIPTION: Final = 300
"""Characters of a description: its first two or three sentences."""


@dataclass(frozen=True, slots=True)
class Shown:
    """
    One document as a judge sees it.

    Attributes:
        slug: kind/slug, for the table of grades.
        kind: Its class.
        year: Of its newest date; nothing where none is stated.
        title: Its title or name.
        topics: Labels of its topics, the surest first.
        description: The beginning of its description.
    """

    slug: str
    kind: str
    year: str
    title: str
    topics: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class Pool:
    """The documents to be judged for one need, in an order drawn by lot."""

    need: GoldNeed
    documents: tuple[Shown, ...]


def pool(field: Field, need: GoldNeed, depth: int, only_unjudged: bool = False) -> Pool:
    """
    The documents of a need that are among the first by relevance, in meaning or by BM25, or that are the nearest ones
    of the candidates that any system which reads the query shows.

    Args:
        field: The documents, the candidates and the systems.
        need: The need.
        depth: How many documents each way to rank them adds for each wording.
        only_unjudged: Leave out those that have a grade.
    """
    found: set[int] = set()
    for query in need.queries:
        asked = field.answered(query)
        for name, worth in _worth(field, asked):
            found.update(_first(field, worth, round(SHARES[name] * depth)))
        nearest = dict(zip(field.candidates.tolist(), field.nearest(asked).tolist(), strict=True))
        for name, ranker in field.systems.items():
            if name not in BLIND:
                found.update(nearest[thing] for thing in ranker(asked)[:SHOWN])
    kept = sorted(thing for thing in found if not (only_unjudged and field.slug(thing) in need.documents))
    lot = np.random.default_rng([SEED, *need.id.encode()]).permutation(len(kept))
    return Pool(need, tuple(_shown(field, kept[place]) for place in lot.tolist()))


def written(pooled: Pool) -> str:
    """The pool of one need as a text to read: one numbered line for each document."""
    need = pooled.need
    lines = [f"# {need.id} ({need.theme})", "", need.brief.strip(), ""]
    lines += [f"{query.kind} {query.lang}: {query.text}" for query in need.queries]
    lines.append("")
    for number, shown in enumerate(pooled.documents, start=1):
        topics = f"topics: {', '.join(shown.topics)}" if shown.topics else ""
        parts = (str(number), shown.kind, shown.year, shown.title, topics, shown.description)
        lines.append(" | ".join(part for part in parts if part))
    return "\n".join(lines) + "\n"


def to_fill(pooled: Pool) -> str:
    """The table in which a judge puts a grade beside each document; its rows are in the order of the text."""
    return "".join([f"{','.join(COLUMNS)}\n", *(f"{pooled.need.id},{shown.slug},\n" for shown in pooled.documents)])


def _worth(field: Field, asked: Answered) -> Iterator[tuple[str, Floats]]:
    """What each thing is worth to a query, by every system that ranks documents."""
    evidence = field.evidence
    relevance = np.zeros(len(evidence.things), dtype=np.float64)
    measured = signals.measure(evidence, asked.profile, field.matcher.today.year)
    np.maximum.at(relevance, evidence.links.document, measured.relevance)
    yield OURS, relevance
    yield BM25, field.full_text(asked)
    if evidence.meaning.available:
        yield EMBEDDINGS, field.nearness(asked)


def _first(field: Field, worth: Floats, count: int) -> list[int]:
    """The documents worth most that somebody is linked to."""
    linked = np.unique(field.evidence.documents_linked)
    order = linked[np.argsort(-worth[linked], kind="stable")][:count]
    return [int(thing) for thing in order if worth[thing] > 0.0]


def _shown(field: Field, thing: int) -> Shown:
    evidence = field.evidence
    dated = evidence.dated.get(thing)
    rows = sorted(span(evidence.topics.document, thing), key=lambda row: -evidence.topics.strength[row])[:TOPICS]
    labels = (evidence.hierarchy.label(int(evidence.topics.concept[row]), "en") for row in rows)
    return Shown(
        slug=field.slug(thing),
        kind=evidence.kinds[thing],
        year=str(dated.year) if dated else "",
        title=_title(evidence.titles[thing]),
        topics=tuple(dict.fromkeys(labels)),
        description=_cut(best_wording(evidence.bodies[thing], "en")),
    )


def _title(wordings: Sequence[Wording]) -> str:
    """In English where there is one; with one in another language where it is short."""
    title = best_wording(wordings, "en")
    other = next((each.text for each in wordings if each.lang not in ("en", "") and each.text != title), "")
    return f"{title} / {other}" if other and len(title) < SHORT else title


def _cut(text: str) -> str:
    return text if len(text) <= DESCRIPTION else text[:DESCRIPTION].rsplit(" ", 1)[0] + " …"
