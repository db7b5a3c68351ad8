"""What is read of the graph, as it grows: things with their texts and dates, links and topic rows."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ecograph.match.projection.evidence import FAMILIES, Dated, Wording
from ecograph.match.projection.hierarchy import Hierarchy
from ecograph.match.projection.statements import Row, Statements
from ecograph.vocabulary.concepts import Concepts


class Table:
    """Rows that are appended one by one and taken out as an array."""

    def __init__(self, width: int) -> None:
        self._values = array("d")
        self._width = width

    def add(self, *row: float) -> None:
        """Append a row."""
        self._values.extend(row)

    def rows(self) -> NDArray[np.float64]:
        """All rows, in the order in which they came."""
        return np.array(self._values, dtype=np.float64).reshape(-1, self._width)


class Facts:
    """
    Gathers what `evidence.Evidence` is made of, whose attributes have the same names.

    Args:
        concepts: The concept schemes of the graph.
        hierarchy: Theirs, if it is made already.
        statements: Those that are numbered already; new ones are added to them.
    """

    def __init__(
        self, concepts: Concepts, hierarchy: Hierarchy | None = None, statements: Statements | None = None
    ) -> None:
        self.concepts = concepts
        self.hierarchy = hierarchy or Hierarchy(concepts)
        self.statements = Statements() if statements is None else statements
        self.things: list[str] = []
        self.numbers: dict[str, int] = {}
        self.kinds: list[str] = []
        self.group: list[int] = []
        self.titles: list[list[Wording]] = []
        self.bodies: list[list[Wording]] = []
        self.steps: dict[tuple[int, int], int] = {}
        self.dated: dict[int, Dated] = {}
        self.begun: dict[int, Dated] = {}
        self.node_dates: dict[int, Dated] = {}
        self.countries: dict[int, list[tuple[str, int]]] = defaultdict(list)
        self.area: dict[int, list[int]] = defaultdict(list)
        self.regional: set[int] = set()
        self.declined: set[int] = set()
        self.deviations: dict[int, frozenset[str]] = {}
        self.need_statements: dict[int, list[int]] = defaultdict(list)
        self.deployment_places: dict[int, tuple[int, ...]] = {}
        self.links = Table(10)
        self.topics = Table(6)

    def add_thing(self, iri: str, kind: str, group: int) -> int:
        """The number of a thing, a new one where it has none yet."""
        number = self.numbers.setdefault(iri, len(self.things))
        if number == len(self.things):
            self.things.append(iri)
            self.kinds.append(kind)
            self.group.append(group)
            self.titles.append([])
            self.bodies.append([])
        return number

    def add_topic(self, document: int, row: Row, strength: float = 1.0, basis: str = "", about: int = -1) -> None:
        """
        Join a document to the concept that a statement names.

        Args:
            document: Number of the thing.
            row: The statement.
            strength: 0..1, how far it is trusted.
            basis: IRI of the basis of a topic claim; empty where the publisher states the topic itself.
            about: Number of the statement that joins the claim to the document; -1 for none.
        """
        concept = self.hierarchy.number(row.object)
        if concept is not None:
            number = self.statements.name(basis) if basis else -1
            topic = self.statements.add(row)
            first, second = (topic, -1) if about < 0 else (about, topic)
            self.topics.add(document, concept, strength, number, first, second)

    def link(
        self,
        candidate: int,
        document: int,
        family: str,
        strength: tuple[float, float],
        path: Sequence[int] = (),
        *,
        detail: str = "",
        node: str = "",
    ) -> None:
        """Join a candidate to a document; `strength` is reach and proof."""
        if self.group[candidate] < 0:
            return
        number = self.statements.name(node) if node else -1
        dated = self.node_dates.get(number) or self.dated.get(document)
        first, second = (*path, -1, -1)[:2]
        role = self.statements.name(detail) if detail else -1
        year = dated.year if dated else 0
        self.links.add(candidate, document, FAMILIES.index(family), role, *strength, year, first, second, number)

    def keep_newest(self, into: dict[int, Dated], key: int, dated: Dated) -> None:
        """Keep a date where none is kept, or an older one; of equals always the same."""
        kept = into.get(key)
        if kept is None or self._age(dated) > self._age(kept):
            into[key] = dated

    def keep_first(self, into: dict[int, Dated], key: int, dated: Dated) -> None:
        """Keep a date where none is kept, or a newer one; of equals always the same."""
        kept = into.get(key)
        if kept is None or self._age(dated) < self._age(kept):
            into[key] = dated

    def _age(self, dated: Dated) -> tuple[int, str, str, str, str]:
        return dated.year, dated.value, dated.predicate, dated.subject, self.statements.names[dated.graph]
