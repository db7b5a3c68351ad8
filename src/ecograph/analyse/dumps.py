"""
The whole graph as files: N-Quads, TriG, Turtle per graph, GraphML and tables for Gephi.

Statements go from the store to the disk one by one, so that a large graph takes time and no memory.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from uuid import uuid4

from pyoxigraph import NamedNode, Quad, QuerySolutions, RdfFormat, Triple, serialize

from ecograph.analyse import network
from ecograph.errors import BadParameter
from ecograph.identifiers import graph_iri
from ecograph.namespaces import GRAPH, PREFIXES
from ecograph.rdf.formats import CSV, N_QUADS, TRIG, TURTLE, Format
from ecograph.store.base import Snapshot, room_in

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer


class Out(Protocol):
    """Where a dump is written to."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""
        ...

    def flush(self) -> object:
        """Hold nothing back."""
        ...


KEPT: Final = 3
"""Revisions whose dumps stay on the disk: whoever is fetching one, or compares it with the one before, can finish."""

_PIECE: Final = 1 << 16
_MADE: Final = "building-"
_SEPARATOR: Final = "--"
"""For the slash in a graph's name; no slug holds two hyphens."""

GRAPHML: Final = Format("graphml", "application/graphml+xml", "graphml")


@dataclass(frozen=True, slots=True)
class Kind:
    """
    One way of dumping.

    Args:
        name: On the command line.
        suffix: Of the file.
        format: What is in it, unpacked.
        packed: Whether the file is compressed by gzip.
        per_graph: Whether it holds one graph, and not all of them.
    """

    name: str
    suffix: str
    format: Format
    packed: bool = False
    per_graph: bool = False

    @property
    def media_type(self) -> str:
        """Of the file as it is."""
        return "application/gzip" if self.packed else self.format.media_type


KINDS: Final = (
    Kind("nq", "nq.gz", N_QUADS, packed=True),
    Kind("trig", "trig.gz", TRIG, packed=True),
    Kind("ttl", "ttl", TURTLE, per_graph=True),
    Kind("graphml", "graphml", GRAPHML),
    Kind("nodes", "nodes.csv", CSV),
    Kind("edges", "edges.csv", CSV),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    A dump by name: `ecograph-2026-11-22-r18.nq.gz`, `ecograph-2026-11-22-r18-vocabulary--cpv.ttl`.

    Args:
        revision: Which revision it shows.
        day: When that was published, `2026-11-22`.
        kind: The format.
        graph: The name of its only graph below `.../graph/`; None for all of them.
    """

    revision: int
    day: str
    kind: Kind
    graph: str | None = None

    @property
    def file_name(self) -> str:
        """
        The name of the file.

        Example:
            >>> Wanted(18, "2026-11-22", KINDS[2], "vocabulary/cpv").file_name
            'ecograph-2026-11-22-r18-vocabulary--cpv.ttl'
        """
        ending = "" if self.graph is None else f"-{self.graph.replace('/', _SEPARATOR)}"
        return f"ecograph-{self.day}-r{self.revision}{ending}.{self.kind.suffix}"

    @classmethod
    def named(cls, name: str) -> Wanted | None:
        """
        The dump that a file name means, or None.

        Example:
            >>> Wanted.named("ecograph-2026-11-22-r18-ror.ttl").graph, Wanted.named("ecograph.nq")
            ('ror', None)
            >>> Wanted.named("ecograph-undated-r18.nq.gz").day
            'undated'
        """
        found = _NAME.fullmatch(name)
        if found is None:
            return None
        kind = next(each for each in KINDS if each.suffix == found["suffix"])
        if kind.per_graph != (found["graph"] is not None):
            return None
        graph = found["graph"].replace(_SEPARATOR, "/") if found["graph"] else None
        return cls(int(found["revision"]), found["day"], kind, graph)


_NAME: Final = re.compile(
    r"ecograph-(?P<day>\d{4}-\d{2}-\d{2}|undated)-r(?P<revision>\d{1,9})(?:-(?P<graph>[a-z0-9]+(?:--?[a-z0-9]+)*))?"
    rf"\.(?P<suffix>{'|'.join(re.escape(each.suffix) for each in KINDS)})"
)


@dataclass(frozen=True, slots=True)
class Made:
    """A dump on the disk, whole, with the SHA-256 of its bytes in hex."""

    path: Path
    sha256: str

    @property
    def size_bytes(self) -> int:
        """How large it is."""
        return self.path.stat().st_size


class Source(Protocol):
    """What holds the revision that is dumped."""

    @property
    def snapshot(self) -> Snapshot:
        """The revision."""
        ...


class Dumps:
    """
    The dumps of the last few revisions: made when first asked for, one at a time, and seen by others when whole.

    Safe to use from several threads; several processes may share the directory.

    Args:
        directory: Where they are kept.
        kept: How many revisions at most.
    """

    def __init__(self, directory: Path, kept: int = KEPT) -> None:
        self._directory = directory
        self._kept = kept
        self._changing = threading.Lock()
        self._making: dict[str, Future[Made]] = {}
        self._erased = 0
        self._worker = ThreadPoolExecutor(1, "dumps")

    def found(self, wanted: Wanted) -> Made | None:
        """A dump that has been made already."""
        path = self._place(wanted) / wanted.file_name
        try:
            return Made(path, _beside(path).read_text(encoding="ascii").split()[0]) if path.is_file() else None
        except (OSError, IndexError):
            return None

    def make(self, wanted: Wanted, source: Source) -> Future[Made]:
        """
        Have a dump made, unless it is there or being made.

        Args:
            wanted: Which one.
            source: What holds the revision; it is held until the dump is made.
        """
        with self._changing:
            running = self._making.get(wanted.file_name)
            if running is None:
                running = self._worker.submit(self._made, wanted, source)
                self._making[wanted.file_name] = running
                running.add_done_callback(lambda _: self._making.pop(wanted.file_name, None))
        return running

    def clean(self, erased: int = 0) -> None:
        """
        Remove the dumps of old revisions, and those from before an erasure: they hold what was erased.

        Args:
            erased: The number of the newest erasure.
        """
        self._erased = max(self._erased, erased)
        for number, (revision, path) in enumerate(sorted(self._places(), reverse=True)):
            if number >= self._kept or revision < self._erased:
                shutil.rmtree(path, ignore_errors=True)

    def close(self) -> None:
        """Finish what is being made, and make nothing more."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _made(self, wanted: Wanted, source: Source) -> Made:
        if found := self.found(wanted):
            return found
        place = self._place(wanted)
        place.mkdir(parents=True, exist_ok=True)
        building = place / f"{_MADE}{uuid4().hex[:8]}"
        try:
            with room_in(self._directory):
                with building.open("wb") as file:
                    digest = _Digesting(file)
                    write(source.snapshot, wanted.kind, digest, wanted.graph)
                path = place / wanted.file_name
                # First the digest: who finds the dump finds what it can be checked against.
                note = building.with_suffix(".sha256")
                note.write_text(f"{digest.hex}  {wanted.file_name}\n", encoding="ascii")
                note.rename(_beside(path))
                building.rename(path)
        finally:
            building.unlink(missing_ok=True)
        self.clean()
        return Made(path, digest.hex)

    def _place(self, wanted: Wanted) -> Path:
        return self._directory / f"r{wanted.revision}-{wanted.day}"

    def _places(self) -> Iterator[tuple[int, Path]]:
        for path in self._directory.glob("r*-*") if self._directory.is_dir() else ():
            number = path.name[1:].partition("-")[0]
            if number.isdigit():
                yield int(number), path


def day_of(published_at: datetime | None) -> str:
    """The day in the names of a revision's dumps; a server that `project` fills does not say when it was."""
    return published_at.date().isoformat() if published_at else "undated"


def graphs(snapshot: Snapshot) -> tuple[str, ...]:
    """The names of all graphs below `.../graph/`, in alphabetical order."""
    rows = snapshot.query("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")
    assert isinstance(rows, QuerySolutions)
    found = [row["g"] for row in rows]
    return tuple(sorted(GRAPH.local(each) for each in found if isinstance(each, NamedNode) and each in GRAPH))


def kind_named(name: str) -> Kind:
    """
    The kind of dump that a name or the end of a file name means.

    Raises:
        BadParameter: There is none.

    Example:
        >>> kind_named("nq.gz").name, kind_named("edges").suffix
        ('nq', 'edges.csv')
    """
    for kind in KINDS:
        if name.lower() in (kind.name, kind.suffix, kind.format.name):
            return kind
    raise BadParameter(name="format", value=name[:100], expected=", ".join(kind.name for kind in KINDS))


def write(snapshot: Snapshot, kind: Kind, out: Out, graph: str | None = None, *, packed: bool | None = None) -> None:
    """
    Write a dump.

    Args:
        snapshot: The revision.
        kind: The format.
        out: Where to.
        graph: The only graph to write; None for all, where the format can hold several.
        packed: Whether to compress it; None for what the kind says.

    Raises:
        BadParameter: The format holds one graph, and none was named; or there is no such graph.
    """
    if graph is not None and next(iter(snapshot.quads(graph=graph_iri(graph))), None) is None:
        raise BadParameter(name="graph", value=graph[:100], expected=", ".join(graphs(snapshot)))
    if kind.per_graph and graph is None:
        raise BadParameter(name="graph", value="–", expected=", ".join(graphs(snapshot)))
    if kind.packed if packed is None else packed:
        # Without time and name, so that the same graph gives the same bytes.
        with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=out, mtime=0) as file:
            _write(snapshot, kind, file, graph)
    else:
        _write(snapshot, kind, out, graph)


def _write(snapshot: Snapshot, kind: Kind, out: Out, graph: str | None) -> None:
    writers: dict[str, Callable[[Snapshot], Iterator[bytes]]] = {
        "graphml": network.write_graphml,
        "nodes": network.write_nodes,
        "edges": network.write_edges,
    }
    if kind.name in writers:
        for piece in writers[kind.name](snapshot):
            out.write(piece)
        return
    names = [graph] if graph else graphs(snapshot)
    quads = (quad for name in names for quad in snapshot.quads(graph=graph_iri(name)))
    if kind.per_graph:
        serialize_graph((quad.triple for quad in quads), kind.format, out)
    else:
        serialize_graph(quads, kind.format, out)


def serialize_graph(statements: Iterable[Triple] | Iterable[Quad], target: Format, out: Out) -> None:
    """
    Write statements as they come, without holding them.

    Args:
        statements: Triples, or quads where the format has graphs.
        target: An RDF format.
        out: Where to.
    """
    buffer = _Gathering(out)
    engine = target.engine
    assert isinstance(engine, RdfFormat)
    serialize(statements, buffer, engine, prefixes=PREFIXES)  # type: ignore[arg-type]
    buffer.flush()


class _Gathering:
    """Gathers the small writes of an engine into larger ones."""

    def __init__(self, out: Out) -> None:
        self._out = out
        self._held = bytearray()

    def write(self, data: Buffer, /) -> int:
        """Keep, and pass on what has gathered."""
        self._held += data
        if len(self._held) >= _PIECE:
            self.flush()
        return len(memoryview(data))

    def flush(self) -> None:
        """Pass on what has gathered."""
        self._out.write(bytes(self._held))
        self._held.clear()


class _Digesting:
    """A file whose bytes are digested as they are written."""

    def __init__(self, file: Out) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    @property
    def hex(self) -> str:
        """The digest of what was written so far."""
        return self._digest.hexdigest()

    def write(self, data: bytes, /) -> int:
        """Pass on, and digest."""
        self._digest.update(data)
        self._file.write(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")
