"""
What it costs to keep the graph on a SPARQL server: time to project, memory, disk, and EcoGraph served from it.

    python benchmarks/projecting.py                       # the shipped data
    python benchmarks/projecting.py --triples 1000000     # with synthetic statements beside it

The same ledger is replayed into the embedded store and projected to an Oxigraph server and a Virtuoso 7 on loopback, in
one run. *Matcher* is the time to build the matching projection from the store; *a thing* the median time to read one
thing's statements, of a hundred. The memory is the server's, and for the embedded store that of this process.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path

import psutil
from pyoxigraph import NamedNode, Quad

import load
from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.contribute.publishing import Publisher
from ecograph.ledger.sql import Ledger
from ecograph.match.matcher import Matcher
from ecograph.namespaces import ECO, RDF
from ecograph.store.base import Projection, Snapshot
from ecograph.store.endpoint import Address
from ecograph.store.oxigraph import EmbeddedStore
from ecograph.store.remote import RemoteStore
from ecograph.vocabulary.concepts import Concepts

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import engines

_BUFFERS = 100_000
"""Pages of 8 kB for Virtuoso: 800 MB, which holds ten million triples."""


def seconds(job: Callable[[], object]) -> float:
    """How long a job takes."""
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def read(snapshot: Snapshot) -> tuple[float, float]:
    """Seconds to build the matcher, and the median to read one thing."""
    built = seconds(lambda: Matcher.build(snapshot, Concepts.from_snapshot(snapshot)))
    found = (quad.subject for quad in snapshot.quads(None, RDF.type, ECO.Project))
    things = list(islice((node for node in found if isinstance(node, NamedNode)), 100))
    return built, statistics.median(seconds(partial(_statements, snapshot, thing)) for thing in things)


def _statements(snapshot: Snapshot, thing: NamedNode) -> list[Quad]:
    return list(snapshot.quads(thing))


def size_mb(directory: Path) -> float:
    """What a directory takes on the disk; a file with several names counts once."""
    files = {(found.st_ino, found.st_size) for found in (path.stat() for path in directory.rglob("*"))}
    return sum(size for _, size in files) / 2**20


def show(name: str, projected: float, store: Projection, memory: int, disk: float) -> None:
    """One line of the table."""
    with store.snapshot() as snapshot:
        built, thing = read(snapshot)
        print(
            f"{name:<12}{len(snapshot):>12,}{projected:>9.1f} s{memory / 2**20:>8.0f} MB{disk:>7.0f} MB"
            f"{built:>9.1f} s{thing * 1000:>8.2f} ms",
            flush=True,
        )


def on_servers(ledger: Ledger, directory: Path) -> None:
    """Project to each server in turn, and read from it."""
    for name in ("oxigraph", "virtuoso"):
        place = directory / name
        started = engines.oxigraph(place) if name == "oxigraph" else engines.virtuoso(place, _BUFFERS)
        with started as engine:
            address = Address(engine.query, engine.update, engine.graphs, engine.user, engine.password)
            with closing(RemoteStore.open(address)) as store:
                took = seconds(Publisher(ledger, store).catch_up)
                show(name, took, store, psutil.Process(engine.pid).memory_info().rss, size_mb(place))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triples", type=int, default=0, help="statements, shipped and synthetic; 0: shipped only")
    parser.add_argument("--ledger", type=Path, help="a ledger.sqlite to project instead, such as a running service's")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        if options.ledger is None:
            with EcoGraph.open(Settings(data_dir=directory, embedder="none")) as ecograph:
                shipped = ecograph.load().triples
            if options.triples > shipped:
                load.fill_ledger(directory, options.triples - shipped)
        else:
            shutil.copy(options.ledger, directory / "ledger.sqlite")
        print(f"{'':<12}{'statements':>12}{'project':>11}{'memory':>11}{'disk':>10}{'matcher':>11}{'a thing':>11}")
        with closing(Ledger.open(f"sqlite:///{directory / 'ledger.sqlite'}")) as ledger:
            with closing(EmbeddedStore.open(directory / "again")) as embedded:
                took = seconds(Publisher(ledger, embedded).catch_up)
                disk = size_mb(directory / "again" / "generations")
                show("embedded", took, embedded, psutil.Process().memory_info().rss, disk)
            on_servers(ledger, directory)


if __name__ == "__main__":
    main()
