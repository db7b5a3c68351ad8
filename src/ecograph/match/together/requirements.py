"""What each of several needs asks for, side by side: what all share, what some share, what one alone adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pyoxigraph import Literal as RdfLiteral
from pyoxigraph import NamedNode

from ecograph.match.explaining import citing
from ecograph.match.model import NeedProfile, RecognisedConcept, Statement, Texts
from ecograph.match.projection.evidence import Evidence
from ecograph.messages import LANGUAGES
from ecograph.namespaces import ADMS, DCTERMS, ECO, SKOS
from ecograph.store.base import Snapshot

Spread = Literal["all", "some", "one", "differs"]
"""Whether all needs state it, some, one alone; or whether they state different values of what each has one of."""

ASKED: Final = (ECO.topic, ECO.requiresCapability, ECO.requiresStandard)
"""What a tender can ask for; a need may state several of each, and each is a row of its own."""
SINGLE: Final = (DCTERMS.spatial, ECO.country, ECO.urgency, ADMS.status, ECO.deadline, ECO.budget, DCTERMS.issued)
"""What frames a need: one row for each, with the values of every need beside each other."""

_MATCHES: Final = (SKOS.exactMatch, SKOS.closeMatch, SKOS.narrowMatch, SKOS.broadMatch, SKOS.relatedMatch)
"""How a topic is mapped to another vocabulary, the nearest first."""
_CPV: Final = "http://data.europa.eu/cpv/cpv/"
_MOST_CODES: Final = 8
"""CPV codes that are suggested: enough to choose from, few enough to read."""


@dataclass(frozen=True, slots=True)
class Cell:
    """
    What one need says in a row: the words, and the statements that say so.

    Attributes:
        texts: The values in words; empty where the row itself names what is asked for.
        path: The statements; none for what EcoGraph recognised in a text.
        words: The words of a text that led to it.
    """

    texts: Texts
    path: tuple[Statement, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """
    One requirement, and which needs have it.

    Attributes:
        predicate: The property of a need that the row is about.
        value: What is asked for; None for a row whose values stand in its cells.
        labels: Its name; empty where there is no value.
        spread: How far the needs have it in common.
        cells: Per need what it says; None where it does not say.
    """

    predicate: NamedNode
    value: NamedNode | None
    labels: Texts
    spread: Spread
    cells: tuple[Cell | None, ...]

    @property
    def holders(self) -> tuple[int, ...]:
        """The places of the needs that say something."""
        return tuple(place for place, cell in enumerate(self.cells) if cell is not None)


@dataclass(frozen=True, slots=True)
class Wider:
    """A topic above those of all the needs: what they have in common where no topic is the same."""

    topic: NamedNode
    labels: Texts
    path: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A CPV code that a topic is mapped to, by which statement; a suggestion for a call for tenders."""

    code: str
    labels: Texts
    topic: NamedNode
    nearness: str
    statement: Statement


def rows(read: Evidence, snapshot: Snapshot, needs: Sequence[NeedProfile]) -> tuple[Row, ...]:
    """
    What the needs ask for, what all share first, then what frames them.

    Args:
        read: The graph as matching reads it.
        snapshot: The graph, for what matching does not read.
        needs: The needs; what is said of a typed one was recognised in its text.
    """
    said = [_asked(snapshot, need) for need in needs]
    found: list[Row] = []
    for predicate in ASKED:
        values = list(dict.fromkeys(value for cells in said for value in cells[predicate]))
        of_kind = [
            Row(
                predicate,
                value,
                read_labels(read, snapshot, value),
                _spread([cells[predicate].get(value) for cells in said]),
                tuple(cells[predicate].get(value) for cells in said),
            )
            for value in values
        ]
        found += sorted(of_kind, key=lambda row: (-len(row.holders), row.labels["en"], str(row.value)))
    for predicate in SINGLE:
        cells = tuple(_framed(read, snapshot, need, predicate) for need in needs)
        if any(cells):
            found.append(Row(predicate, None, {}, _frame_spread(cells), cells))
    return tuple(found)


def wider(read: Evidence, needs: Sequence[NeedProfile], every: Sequence[Row]) -> Wider | None:
    """
    The most specific topic that is above a topic of each need; None where only a theme is, or where a topic is shared.

    Args:
        read: The graph.
        needs: The needs.
        every: Their rows.
    """
    topics = [row for row in every if row.predicate == ECO.topic]
    if any(row.spread == "all" for row in topics):
        return None
    hierarchy = read.hierarchy
    numbers = [
        [number for each in need.concepts if (number := hierarchy.number(each.iri.value)) is not None] for need in needs
    ]
    above = [frozenset[int]().union(*(hierarchy.at_or_above(number) for number in each)) for each in numbers]
    shared = [number for number in frozenset.intersection(*above) if len(hierarchy.at_or_above(number)) > 1]
    if not shared:
        return None
    # The more is above a topic, the more specific it is.
    best = max(shared, key=lambda number: (len(hierarchy.at_or_above(number)), -number))
    path: dict[Statement, None] = {}
    for need, each in zip(needs, numbers, strict=True):
        below = next(number for number in each if best in hierarchy.at_or_above(number))
        stated = next(one.statement for one in need.concepts if one.iri.value == hierarchy.iris[below])
        steps = [read.statements[read.steps[step]] for step in hierarchy.chain(below, best)]
        path.update(dict.fromkeys([*([stated] if stated else []), *steps]))
    return Wider(NamedNode(hierarchy.iris[best]), hierarchy.texts(best), tuple(path))


def codes(read: Evidence, snapshot: Snapshot, topics: Sequence[NamedNode]) -> tuple[Code, ...]:
    """
    CPV codes for topics: the nearest mapping first, then in the order of the topics.

    Args:
        read: The graph, for the labels.
        snapshot: The graph, with the alignments.
        topics: What is to be bought in common.
    """
    found: dict[str, Code] = {}
    for predicate in _MATCHES:
        for topic in topics:
            for statement in citing.about(snapshot, topic, predicate):
                target = statement.object
                if isinstance(target, NamedNode) and target.value.startswith(_CPV):
                    code = target.value.removeprefix(_CPV)
                    nearness = SKOS.local(predicate)
                    found.setdefault(code, Code(code, read_labels(read, snapshot, target), topic, nearness, statement))
    return tuple(found.values())[:_MOST_CODES]


def read_labels(read: Evidence, snapshot: Snapshot, iri: NamedNode) -> Texts:
    """What a concept or a thing is called."""
    if read.concepts.labels(iri):
        return {lang: read.concepts.label(iri, lang) for lang in LANGUAGES}
    return citing.labels(snapshot, iri)


def _asked(snapshot: Snapshot, need: NeedProfile) -> Mapping[NamedNode, dict[NamedNode, Cell]]:
    """Per property what one need asks for; what was recognised in its text counts where it states nothing."""
    found: dict[NamedNode, dict[NamedNode, Cell]] = {predicate: {} for predicate in ASKED}
    for predicate, concepts in ((ECO.topic, need.concepts), (ECO.requiresCapability, need.capabilities)):
        stated = [each for each in concepts if each.basis == "stated"]
        for each in stated or [each for each in concepts if each.basis == "recognised"]:
            found[predicate][each.iri] = _cell(each)
    if need.iri is not None:
        for statement in citing.about(snapshot, need.iri, ECO.requiresStandard):
            if isinstance(statement.object, NamedNode):
                found[ECO.requiresStandard][statement.object] = Cell({}, (statement,))
    return found


def _cell(concept: RecognisedConcept) -> Cell:
    return Cell({}, (concept.statement,) if concept.statement else (), concept.words)


def _framed(read: Evidence, snapshot: Snapshot, need: NeedProfile, predicate: NamedNode) -> Cell | None:
    if need.iri is None:
        return None
    statements = citing.about(snapshot, need.iri, predicate)
    if not statements:
        return None
    values = [_in_words(read, snapshot, need.iri, statement) for statement in statements]
    return Cell({lang: ", ".join(value[lang] for value in values) for lang in LANGUAGES}, statements)


def _in_words(read: Evidence, snapshot: Snapshot, need: NamedNode, statement: Statement) -> Texts:
    if isinstance(statement.object, NamedNode):
        return read_labels(read, snapshot, statement.object)
    value = statement.object.value
    if statement.predicate == ECO.budget:
        unit = citing.things(citing.about(snapshot, need, ECO.currency))
        currency = unit[0].value.rsplit("/", 1)[-1].upper() if unit else ""
        return {lang: " ".join(part for part in (_amount(statement.object), currency) if part) for lang in LANGUAGES}
    return dict.fromkeys(LANGUAGES, value)


def _amount(value: RdfLiteral) -> str:
    try:
        return f"{float(value.value):,.0f}".replace(",", "\u202f")
    except ValueError:
        return value.value


def _spread(cells: Sequence[Cell | None]) -> Spread:
    holders = sum(cell is not None for cell in cells)
    return "all" if holders == len(cells) else "one" if holders == 1 else "some"


def _frame_spread(cells: Sequence[Cell | None]) -> Spread:
    values = {cell.texts["en"] for cell in cells if cell is not None}
    return _spread(cells) if len(values) == 1 else "differs"
