"""
A harvest from beginning to end: ask batch by batch, keep each page, read what came, write a contribution.

Nothing is published here. What is written is a folder like any partner's, to be checked, sent and reviewed.

Source:
    docs/federation.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final, Protocol

from pyoxigraph import Literal, NamedNode

from ecograph.contribute import provenance
from ecograph.contribute.rules import Rules
from ecograph.errors import BadParameter
from ecograph.federate import writing
from ecograph.federate.actors import Actor, actors
from ecograph.federate.endpoint import PAGE_ROWS, Endpoint, Solution
from ecograph.federate.journal import FILE_NAME, Journal
from ecograph.identifiers import graph_iri
from ecograph.store.base import Snapshot

BATCH_VALUES: Final = 100
"""Values in one query: within any endpoint's limit on queries, and few requests for a few thousand actors."""

_MAX_PAGES: Final = 50  # of one batch; a hundred organisations with fifty thousand rows would be another question

Watch = Callable[[int, int, str], None]
"""Called with how many batches are done, how many there are, and which is asked next."""

Row = Mapping[str, str]
"""A row of a table, by column."""


@dataclass(frozen=True)
class Batch:
    """
    One question with some of the values.

    Args:
        name: What is asked, such as `P1059`.
        query: Without LIMIT and OFFSET; it orders its rows wholly.
        asked: The values in it; an answer about any other is refused.
    """

    name: str
    query: str
    asked: frozenset[str]

    def page(self, number: int, rows: int) -> str:
        """The query for one page."""
        return f"{self.query}\nLIMIT {rows} OFFSET {number * rows}"


@dataclass(frozen=True)
class Remark:
    """Something about an answer that somebody should look at: a key of `federate.outcome`, and what it is about."""

    code: str
    about: str
    detail: str = ""


@dataclass
class Harvest:
    """
    What was found.

    Args:
        tables: Rows per template.
        tally: How many of each outcome (keys of `federate.outcome`).
        remarks: What somebody should look at.
        graphs: Whose data the rows refer to.
    """

    tables: dict[str, list[Row]] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)
    remarks: list[Remark] = field(default_factory=list)
    graphs: set[NamedNode] = field(default_factory=set)

    def add(self, template: str, row: Row) -> None:
        """One more row of a table."""
        self.tables.setdefault(template, []).append({name: value for name, value in row.items() if value})

    def remark(self, code: str, about: str, detail: str = "") -> None:
        """One more thing to look at; it counts as an outcome as well."""
        self.tally[code] += 1
        self.remarks.append(Remark(code, about, detail[:200]))


@dataclass(frozen=True)
class Known:
    """
    What a harvester asks about: a revision without what the source itself has in it.

    So the next harvest says all that the source says, and not only what is new since the last.
    """

    snapshot: Snapshot
    rules: Rules
    actors: tuple[Actor, ...]
    own: NamedNode

    @classmethod
    def of(cls, snapshot: Snapshot, rules: Rules, source: writing.Source) -> Known:
        """The actors of a revision, as others than a source have published them."""
        own = graph_iri(source.name)
        return cls(snapshot, rules, actors(snapshot, rules.contract, rules.ontology, own), own)


class Harvester(Protocol):
    """Knows one kind of source: what to ask it and how to read its answers."""

    source: ClassVar[writing.Source]
    """Who is asked, and on which terms they publish."""

    variables: ClassVar[frozenset[str]]
    """What its queries select."""

    def plan(self, known: Known) -> Sequence[Batch]:
        """The questions, in an order that stays the same for the same revision."""
        ...

    def read(self, known: Known, answers: Sequence[tuple[Batch, Solution]]) -> Harvest:
        """What the answers say, as rows of tables. Answers are not trusted."""
        ...


def run(harvester: Harvester, known: Known, endpoint: Endpoint, folder: Path, day: str, watch: Watch) -> Harvest:
    """
    Ask everything that has not been asked yet, and write the contribution.

    Args:
        harvester: Whom to ask what.
        known: What is published.
        endpoint: Where it is asked.
        folder: Where the contribution goes; its name is the publisher's. What was fetched is kept there too.
        day: Today, `2026-11-22`.
        watch: Called before each batch and at the end.

    Raises:
        BadParameter: The folder holds something else.
        HarvestStopped: The endpoint gave no usable answer; what was fetched is kept, and another run goes on there.
    """
    require_own(folder)
    journal = Journal(folder / FILE_NAME, harvester.source.name, endpoint.url)
    batches = harvester.plan(known)
    answers: list[tuple[Batch, Solution]] = []
    for done, batch in enumerate(batches):
        watch(done, len(batches), batch.name)
        answers += ((batch, row) for row in _rows(harvester, batch, endpoint, journal, day))
    watch(len(batches), len(batches), "")
    found = harvester.read(known, answers)
    datasets = provenance.datasets(known.snapshot)
    requires = sorted({datasets[graph].iri for graph in found.graphs if graph in datasets}, key=str)
    writing.write(folder, harvester.source, found.tables, journal.days[-1:] or (day,), requires)
    return found


def require_own(folder: Path) -> None:
    """
    Stop if a folder holds anything but an earlier harvest.

    Raises:
        BadParameter: It does, so that nobody's files are overwritten.
    """
    if folder.exists() and not folder.is_dir():
        raise BadParameter(name="--output", value=folder, expected="FOLDER")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / FILE_NAME).is_file():
        raise BadParameter(name="--output", value=folder, expected=FILE_NAME)


def _rows(harvester: Harvester, batch: Batch, endpoint: Endpoint, journal: Journal, day: str) -> Iterator[Solution]:
    for number in range(_MAX_PAGES):
        query = batch.page(number, PAGE_ROWS)
        rows = journal.get(query)
        if rows is None:
            rows = endpoint.ask(query, harvester.variables)
            journal.put(query, rows, day)
        yield from rows
        if len(rows) < PAGE_ROWS:
            return


def values_of(terms: Sequence[str]) -> Iterator[tuple[frozenset[str], str]]:
    """Texts in batches: which they are, and as serialised terms for a VALUES line."""
    for start in range(0, len(terms), BATCH_VALUES):
        chosen = terms[start : start + BATCH_VALUES]
        yield frozenset(chosen), " ".join(str(Literal(text)) for text in chosen)


def text_of(row: Solution, name: str) -> str:
    """The text of a literal in a row; "" for anything else."""
    term = row.get(name)
    return term.value if isinstance(term, Literal) else ""


def iri_of(row: Solution, name: str) -> str:
    """The IRI in a row; "" for anything else."""
    term = row.get(name)
    return term.value if isinstance(term, NamedNode) else ""
