"""
What everything published is called, and which numbers it has: gathered once per revision, graph by graph.

A graph's names are gathered anew only when the provenance graph says that the graph has changed, so that a thousand
checks of one revision gather once, and the next revision gathers one publisher's names.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import Literal, NamedNode, QuerySolutions
from rapidfuzz import fuzz, process

from ecograph.contribute.reading import code_forms
from ecograph.namespaces import DCTERMS, FOAF, ID, LEDGER_GRAPH, PROVENANCE_GRAPH, SKOS
from ecograph.shacl.contract import Contract
from ecograph.spelling import fold_name, loose_names
from ecograph.store.base import Snapshot

T = TypeVar("T")

NAMING: Final = (FOAF.name, SKOS.prefLabel, DCTERMS.title, SKOS.altLabel)
"""What things are called: official, displayed, and other or former names."""

Entry = tuple[NamedNode, NamedNode, str]
"""A thing, one of the properties that name or number it, and the value."""

_KEPT_GRAPHS: Final = 2_000  # graphs whose names stay in memory between revisions; a publisher has one
_KEPT_REVISIONS: Final = 4  # readers of the revision before may still be at work
_GRAM: Final = 3
_ALIKE: Final = 0.3  # share of letter groups in common, below which names are not worth comparing letter by letter
_COMPARED: Final = 40
_COMMON: Final = 500  # names with the same six letters, above which these say nothing: "kommun", "univer"
_ENDS: Final = 6  # one wrong letter in a name of twelve or more leaves its first or its last six as they were


Patterns = Mapping[NamedNode, str | None]
"""The properties whose values identify things and are no names, each with the pattern of its values."""


def patterns(contract: Contract) -> Patterns:
    """The identifying numbers that a contract knows."""
    columns = (column for template in contract.templates.values() for column in template.columns)
    found = {column.path: column.pattern for column in columns if column.identifying and column.path not in NAMING}
    return dict(sorted(found.items(), key=lambda pair: pair[0].value))


def key(text: str, pattern: str | None) -> str:
    """
    What all ways of writing a number have in common.

    Example:
        >>> key("169", "^[0-9]{4}$"), key("https://doi.org/10.1000/ABC", "^10[.][0-9]{4,9}/[^ ]+$")
        ('0169', '10.1000/abc')
    """
    return code_forms.normal(code_forms.pad(text, pattern)[0].casefold(), pattern).casefold()


class Block:
    """Names and numbers of some things, such as those of one graph."""

    def __init__(self, entries: Iterable[Entry], patterns: Patterns) -> None:
        named: dict[str, dict[NamedNode, None]] = defaultdict(dict)
        loose: dict[str, dict[NamedNode, None]] = defaultdict(dict)
        coded: dict[tuple[NamedNode, str], dict[NamedNode, None]] = defaultdict(dict)
        for iri, path, value in entries:
            if path in NAMING:
                named[fold_name(value)][iri] = None
                for form in loose_names(value):
                    loose[form][iri] = None
            else:
                coded[path, key(value, patterns.get(path))][iri] = None
        self._named = {name: tuple(iris) for name, iris in named.items()}
        self._loose = {name: tuple(iris) for name, iris in loose.items()}
        self._coded = {code: tuple(iris) for code, iris in coded.items()}

    def named(self, folded: str) -> tuple[NamedNode, ...]:
        """The things of that folded name."""
        return self._named.get(folded, ())

    def loosely(self, form: str) -> tuple[NamedNode, ...]:
        """The things one of whose loose names is that."""
        return self._loose.get(form, ())

    def coded(self, path: NamedNode, number: str) -> tuple[NamedNode, ...]:
        """The things with that number (as `key` has it)."""
        return self._coded.get((path, number), ())

    def alike(self, folded: str, least: float) -> list[tuple[float, NamedNode]]:
        """The things whose names look like a folded name at least so much (0 to 100)."""
        names, sizes, postings = self._grams
        grams = _grams(folded)
        if not names or not grams:
            return []
        shared = np.zeros(len(names), dtype=np.int32)
        for gram in grams:
            holders = postings.get(gram)
            if holders is not None:
                shared[holders] += 1
        likeness = 2.0 * shared / (sizes + len(grams))
        worth = np.flatnonzero(likeness >= _ALIKE)
        best = worth[np.argsort(-likeness[worth], kind="stable")[:_COMPARED]]
        found = process.extract(
            folded, [names[at] for at in best], scorer=fuzz.WRatio, score_cutoff=least, limit=_COMPARED
        )
        return [(score, iri) for name, score, _ in found for iri in self._named[name]]

    def nearly(self, folded: str, least: float) -> Iterator[tuple[str, tuple[NamedNode, ...]]]:
        """The names that differ from a folded name in few letters (likeness of at least `least`, 0 to 100)."""
        if len(folded) < 2 * _ENDS:
            return
        ends = (self._ends.get(end, ()) for end in (folded[:_ENDS], folded[-_ENDS:]))
        candidates = dict.fromkeys(name for names in ends if len(names) <= _COMMON for name in names)
        for name, _, _ in process.extract(folded, list(candidates), scorer=fuzz.ratio, score_cutoff=least, limit=None):
            if name != folded:
                yield name, self._named[name]

    @cached_property
    def _grams(self) -> tuple[list[str], NDArray[np.int32], Mapping[str, NDArray[np.int32]]]:
        names = list(self._named)
        holders: dict[str, list[int]] = defaultdict(list)
        sizes = np.zeros(len(names), dtype=np.int32)
        for at, name in enumerate(names):
            grams = _grams(name)
            sizes[at] = len(grams)
            for gram in grams:
                holders[gram].append(at)
        return names, sizes, {gram: np.array(places, dtype=np.int32) for gram, places in holders.items()}

    @cached_property
    def _ends(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for name in self._named:
            if len(name) >= 2 * _ENDS - 1:
                found[name[:_ENDS]][name] = None
                found[name[-_ENDS:]][name] = None
        return {end: tuple(names) for end, names in found.items()}


class Names:
    """
    Names and numbers of everything that a snapshot shows, by graph.

    Example:
        >>> from pyoxigraph import Quad
        >>> from ecograph.identifiers import graph_iri, thing_iri
        >>> from ecograph.store.oxigraph import MemorySnapshot
        >>> oresund, graph = thing_iri("network", "oresund"), graph_iri("example")
        >>> snapshot = MemorySnapshot([Quad(oresund, FOAF.name, Literal("Øresund"), graph)])
        >>> list(Names.of(snapshot, {}).named("Öresund")) == [oresund]
        True
    """

    def __init__(self, blocks: Mapping[NamedNode, Block]) -> None:
        self._blocks = blocks

    @classmethod
    def of(cls, snapshot: Snapshot | None, patterns: Patterns) -> Names:
        """
        The names of a snapshot; gathered at most once for each state of a graph.

        Args:
            snapshot: What is published; None for nothing.
            patterns: The properties that hold numbers.
        """
        return cls({}) if snapshot is None else _gathered(snapshot, patterns)

    def named(self, name: str, without: NamedNode | None = None) -> dict[NamedNode, None]:
        """The things of that name, letters folded; what only the graph `without` says does not count."""
        folded = fold_name(name)
        return {iri: None for block in self._but(without) for iri in block.named(folded)}

    def loosely(self, form: str, without: NamedNode | None = None) -> dict[NamedNode, None]:
        """The things one of whose loose names (`spelling.loose_names`) is that."""
        return {iri: None for block in self._but(without) for iri in block.loosely(form)}

    def coded(self, path: NamedNode, number: str, without: NamedNode | None = None) -> dict[NamedNode, None]:
        """The things with that number (as `key` has it)."""
        return {iri: None for block in self._but(without) for iri in block.coded(path, number)}

    def alike(self, name: str, least: float, without: NamedNode | None = None) -> list[tuple[float, NamedNode]]:
        """The things whose names look like a name at least so much (0 to 100), and how much."""
        folded = fold_name(name)
        return [pair for block in self._but(without) for pair in block.alike(folded, least)]

    def nearly(
        self, folded: str, least: float, without: NamedNode | None = None
    ) -> Iterator[tuple[str, tuple[NamedNode, ...]]]:
        """The names that differ from a folded name in few letters, and whose they are."""
        for block in self._but(without):
            yield from block.nearly(folded, least)

    def in_graph(self, graph: NamedNode) -> Block:
        """The names of one graph."""
        return self._blocks.get(graph, _NOTHING)

    def _but(self, without: NamedNode | None) -> Iterable[Block]:
        return (block for graph, block in self._blocks.items() if graph != without)


_NOTHING: Final = Block((), {})
_gathering: Final = threading.Lock()
_by_snapshot: Final[WeakKeyDictionary[Snapshot, Names]] = WeakKeyDictionary()
_by_revision: Final[OrderedDict[tuple[object, ...], Names]] = OrderedDict()
_by_state: Final[OrderedDict[tuple[object, ...], Block]] = OrderedDict()


def _gathered(snapshot: Snapshot, patterns: Patterns) -> Names:
    with _gathering:
        if snapshot.path is None:  # in memory, or the writer's own state: nobody else looks at it
            if snapshot not in _by_snapshot:
                _by_snapshot[snapshot] = _names(snapshot, patterns, _block)
            return _by_snapshot[snapshot]
        state = (snapshot.path, snapshot.revision, frozenset(patterns.items()))
        if state not in _by_revision:
            _by_revision[state] = _names(snapshot, patterns, _kept_block)
        return _recent(_by_revision, state, _KEPT_REVISIONS)


def _names(snapshot: Snapshot, patterns: Patterns, gather: Callable[[Snapshot, NamedNode, Patterns], Block]) -> Names:
    return Names({graph: gather(snapshot, graph, patterns) for graph in _graphs(snapshot)})


def _kept_block(snapshot: Snapshot, graph: NamedNode, patterns: Patterns) -> Block:
    """The names of a graph, from when it was last gathered if it is still as it was then."""
    assert snapshot.path is not None
    said = frozenset(snapshot.quads(graph, None, None, PROVENANCE_GRAPH))
    # What nobody described may change unseen: then only the same revision is the same state.
    state = (snapshot.path.parent, graph, frozenset(patterns.items()), said or snapshot.revision)
    if state not in _by_state:
        _by_state[state] = _block(snapshot, graph, patterns)
    return _recent(_by_state, state, _KEPT_GRAPHS)


def _recent(kept: OrderedDict[tuple[object, ...], T], key: tuple[object, ...], most: int) -> T:
    """What was kept under a key; what was asked for longest ago goes."""
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
    return kept[key]


def _graphs(snapshot: Snapshot) -> list[NamedNode]:
    """The publishers' graphs: they speak of things only, and vocabularies never do."""
    rows = snapshot.query("SELECT ?graph WHERE { GRAPH ?graph {} }")
    assert isinstance(rows, QuerySolutions)
    graphs = (row["graph"] for row in rows)
    return [graph for graph in graphs if isinstance(graph, NamedNode) and _is_about_things(graph, snapshot)]


def _is_about_things(graph: NamedNode, snapshot: Snapshot) -> bool:
    if graph in (PROVENANCE_GRAPH, LEDGER_GRAPH):
        return False
    first = next(snapshot.quads(None, None, None, graph), None)
    return first is not None and first.subject in ID


def _block(snapshot: Snapshot, graph: NamedNode, patterns: Patterns) -> Block:
    return Block(
        (
            (quad.subject, path, quad.object.value)
            for path in (*NAMING, *patterns)
            for quad in snapshot.quads(None, path, None, graph)
            if isinstance(quad.subject, NamedNode)
            and quad.subject in ID
            and isinstance(quad.object, Literal | NamedNode)
        ),
        patterns,
    )


def _grams(folded: str) -> frozenset[str]:
    """The groups of letters in a folded name, its beginning and end marked."""
    padded = f" {folded} "
    return frozenset(padded[at : at + _GRAM] for at in range(len(padded) - _GRAM + 1))
