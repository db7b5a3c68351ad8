"""Facts about dumps: whole, checkable, the same for the same graph, and gone when they must be."""

from __future__ import annotations

import gzip
import hashlib
import io
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from ecograph.analyse import dumps
from ecograph.analyse.dumps import KINDS, Dumps, Wanted, kind_named
from ecograph.errors import BadParameter
from ecograph.identifiers import graph_iri, thing_iri
from ecograph.namespaces import ECO, RDF
from ecograph.rdf.patch import Patch
from ecograph.store.base import Snapshot
from ecograph.store.oxigraph import EmbeddedStore

ONE, DEEP = graph_iri("one"), graph_iri("vocabulary/deep")
SAID = NamedNode("urn:said")
QUADS = frozenset(
    Quad(NamedNode(f"urn:s{number}"), SAID, Literal(f"Ærø {number}", language="da"), graph)
    for number in range(50)
    for graph in (ONE, DEEP)
)
NQ, TRIG, TTL = KINDS[:3]


@dataclass(frozen=True)
class Held:
    """A revision that is held."""

    snapshot: Snapshot


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    store = EmbeddedStore.open(tmp_path / "store")
    store.apply(1, Patch(tuple(QUADS)))
    store.switch()
    with store.snapshot() as found:
        yield Held(found)
    store.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Dumps]:
    found = Dumps(tmp_path / "dumps", kept=2)
    yield found
    found.close()


def wanted(revision: int = 1, kind: dumps.Kind = NQ, graph: str | None = None) -> Wanted:
    return Wanted(revision, "2026-11-22", kind, graph)


class TestDumps:
    def test_loaded_again_it_is_the_same_graph(self, held: Held, shelf: Dumps) -> None:
        """
        N-Quads and TriG give back each statement in its graph, and no others but the mark of the revision.
        """
        whole = set(held.snapshot.quads())
        assert whole >= QUADS
        for kind, written in ((NQ, RdfFormat.N_QUADS), (TRIG, RdfFormat.TRIG)):
            made = shelf.make(wanted(kind=kind), held).result()
            assert set(parse(gzip.decompress(made.path.read_bytes()), written)) == whole

    def test_one_graph_as_turtle(self, held: Held, shelf: Dumps) -> None:
        """
        A graph's own file holds its statements, whatever slashes its name has.
        """
        made = shelf.make(wanted(kind=TTL, graph="vocabulary/deep"), held).result()
        assert made.path.name == "ecograph-2026-11-22-r1-vocabulary--deep.ttl"
        assert len({*parse(made.path.read_bytes(), RdfFormat.TURTLE)}) == 50

    def test_digest_is_beside_it(self, held: Held, shelf: Dumps) -> None:
        """
        The file of the digest is in the form that sha256sum checks, and a dump that was made is found again.
        """
        made = shelf.make(wanted(), held).result()
        digest = hashlib.sha256(made.path.read_bytes()).hexdigest()
        assert made.path.with_name(f"{made.path.name}.sha256").read_text() == f"{digest}  {made.path.name}\n"
        assert shelf.found(wanted()) == made
        assert {path.name.partition(".")[2] for path in made.path.parent.iterdir()} == {"nq.gz", "nq.gz.sha256"}

    def test_same_graph_gives_the_same_bytes(self, held: Held) -> None:
        """
        Nothing in a dump tells when or where it was written.
        """
        written = []
        for _ in range(2):
            out = io.BytesIO()
            dumps.write(held.snapshot, NQ, out)
            written.append(out.getvalue())
        assert written[0] == written[1]

    @pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.per_graph], ids=lambda kind: kind.name)
    def test_size_costs_no_memory(self, tmp_path: Path, kind: dumps.Kind) -> None:
        """
        Statements go from the store to the disk one by one: writing megabytes takes a fraction of them in memory.
        """
        store = EmbeddedStore.open(tmp_path / "store")
        said = [
            Quad(thing_iri("need", f"n{number}"), predicate, value, ONE)
            for number in range(4000)
            for predicate, value in (
                (RDF.type, ECO.Need),
                (SAID, Literal("Ærø " * 50)),
                (SAID, thing_iri("need", "n0")),
            )
        ]
        store.apply(1, Patch(tuple(said)))
        store.switch()
        with store.snapshot() as snapshot, (tmp_path / "dump").open("wb") as file:
            tracemalloc.start()
            dumps.write(snapshot, kind, file, packed=False)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            size = file.tell()
        store.close()
        assert size > 250_000
        assert peak < 800_000  # what is gathered before it is written

    def test_few_revisions_are_kept(self, held: Held, shelf: Dumps) -> None:
        """
        The dumps of the last few revisions stay; those from before an erasure go at once.
        """
        for revision in (1, 2, 3):
            shelf.make(wanted(revision), held).result()
        assert [shelf.found(wanted(revision)) is not None for revision in (1, 2, 3)] == [False, True, True]
        shelf.clean(erased=3)
        assert [shelf.found(wanted(revision)) is not None for revision in (2, 3)] == [False, True]
        shelf.make(wanted(2), held).result()  # of somebody who still holds the revision
        assert shelf.found(wanted(2)) is None

    def test_what_cannot_be_written(self, held: Held) -> None:
        """
        A format that holds one graph needs its name, and a graph must be there; what there is is named.
        """
        for graph in (None, "none"):
            with pytest.raises(BadParameter, match="vocabulary/deep"):
                dumps.write(held.snapshot, TTL, io.BytesIO(), graph)
        with pytest.raises(BadParameter, match="graphml"):
            kind_named("xlsx")

    def test_other_names_mean_nothing(self) -> None:
        """
        A name that no dump has leads nowhere, and so to no other file.
        """
        for name in ("", "../ledger.sqlite", "ecograph-2026-11-22-r1.ttl", "ecograph-2026-11-22-r1-one.nq.gz"):
            assert Wanted.named(name) is None
        assert Wanted.named(wanted(18, TTL, "vocabulary/deep").file_name) == wanted(18, TTL, "vocabulary/deep")
