"""
How long it takes to check a contribution against everything that is published, and how much memory.

    python benchmarks/validate.py                                          # up to 10,000 rows, 100 k and 1 M triples
    python benchmarks/validate.py --triples 10000000 --rows 1000 --peer 0

The rows are synthetic needs, the graph is `growth.py`'s beside our own model. *Ours* reads the rows (N-Quads), looks up
what changes, and checks it with `shacl.impact`: the findings are those of a check of the whole graph. The peer is
pyshacl on that whole graph; it is run up to `--peer` triples, and 'not run' beyond. *A hub* is the municipality that
most things point to, losing its type. Each figure is taken in a process of its own. The times (by the clock, and of the
processor) leave out what a service does once: imports and compiled shapes; the memory is the process's peak.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from multiprocessing.connection import Connection
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse, serialize

import growth
from ecograph.config import Settings
from ecograph.contribute.rules import Rules
from ecograph.identifiers import concept_iri, graph_iri, thing_iri
from ecograph.namespaces import DCTERMS, ECO, RDF, XSD
from ecograph.rdf.patch import Patch, diff
from ecograph.shacl import impact
from ecograph.shacl.validation import results
from ecograph.store.oxigraph import StoreSnapshot

_SEED = 1813
_PLACES = 40
"""Municipalities that the needs are raised by: all of them are in the smallest graph."""
_GRAPH = graph_iri("synthetic-needs")
_SMALL_PEER = 100_000
"""pyshacl takes most of a minute for so many triples, and ten times that for ten times as many."""


@dataclass(frozen=True)
class Measured:
    """What a job took, and what it counted."""

    seconds: float
    cpu_seconds: float
    counted: int
    peak_bytes: int = 0


Job = Callable[[Path, int], Measured]


class _Clock:
    """Runs from when it is made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def stop(self, counted: int) -> Measured:
        return Measured(time.perf_counter() - self._wall, time.process_time() - self._cpu, counted)


def needs(count: int, resources_dir: Path) -> Iterator[Quad]:
    """Synthetic needs as a municipality would state them, thirteen statements each."""
    chance = random.Random(_SEED)
    topics = growth.topics(resources_dir)
    for number in range(count):
        topic = chance.choice(topics)
        place = thing_iri("municipality", f"synthetic-m{chance.randrange(_PLACES)}")
        values: list[tuple[NamedNode, NamedNode | Literal]] = [
            (RDF.type, ECO.Need),
            *((DCTERMS.title, Literal(f"{label} {number}", language=lang)) for lang, label in topic.labels.items()),
            (DCTERMS.description, Literal(f"Syntetisk behov {number}", language="da")),
            (ECO.topic, concept_iri("topic", topic.slug)),
            (ECO.country, concept_iri("country", "dk")),
            (ECO.budget, Literal(str(chance.randrange(10, 900) * 1000), datatype=XSD.decimal)),
            (ECO.currency, concept_iri("currency", "dkk")),
            (ECO.deadline, Literal(f"2027-{chance.randint(1, 12):02d}-15", datatype=XSD.date)),
            (ECO.raisedBy, place),
            (DCTERMS.spatial, place),
        ]
        subject = thing_iri("need", f"synthetic-n{number}")
        yield from (Quad(subject, path, value, _GRAPH) for path, value in values)


def published(count: int, resources_dir: Path) -> Iterator[Quad]:
    """About `count` statements: our own model, and synthetic growth for the rest."""
    model = Rules.load(resources_dir).ontology.quads
    return chain(model, growth.quads(count - len(model), resources_dir))


def prepare(directory: Path, count: int) -> Measured:
    """Fill the store in `directory`."""
    clock = _Clock()
    store = Store(str(directory / "store"))
    store.bulk_extend(published(count, Settings().resources_dir))
    store.flush()
    return clock.stop(len(store))


def ours(directory: Path, count: int) -> Measured:
    """Check `count` needs; returns the seconds, and how many findings there are."""
    resources_dir = Settings().resources_dir
    rules = Rules.load(resources_dir)
    snapshot = StoreSnapshot(Store.read_only(str(directory / "store")), 1)
    data = serialize(needs(count, resources_dir), format=RdfFormat.N_QUADS)
    assert data is not None
    warm = tuple(needs(1, resources_dir))
    impact.check(warm, Patch(warm), None, rules.background, rules.shapes)
    clock = _Clock()
    contribution = tuple(parse(data, RdfFormat.N_QUADS))
    change = diff(snapshot.quads(None, None, None, _GRAPH), contribution)
    found = impact.check(contribution, change, snapshot, rules.background, rules.shapes)
    return clock.stop(len(found.report.findings))


def hub(directory: Path, _: int) -> Measured:
    """Take the type from the municipality that most things point to; returns how many things that touches."""
    rules = Rules.load(Settings().resources_dir)
    store = Store.read_only(str(directory / "store"))
    pointed = Counter(quad.object for quad in store.quads_for_pattern(None, ECO.locatedIn, None, None))
    place = pointed.most_common(1)[0][0]
    assert isinstance(place, NamedNode)
    snapshot = StoreSnapshot(store, 1)
    change = Patch(removals=tuple(snapshot.quads(place, RDF.type)))
    warm = tuple(needs(1, Settings().resources_dir))
    impact.check(warm, Patch(warm), None, rules.background, rules.shapes)
    clock = _Clock()
    found = impact.check((), change, snapshot, rules.background, rules.shapes)
    return clock.stop(found.affected + len(found.queued))


def peer(directory: Path, count: int) -> Measured:
    """pyshacl on the whole graph with `count` needs in it."""
    resources_dir = Settings().resources_dir
    rules = Rules.load(resources_dir)
    whole = Store.read_only(str(directory / "store"))
    contribution = tuple(needs(count, resources_dir))
    own = {quad.subject for quad in contribution}
    clock = _Clock()
    found = results((*whole, *contribution, *rules.background), rules.shapes, "pyshacl")
    return clock.stop(sum(1 for result in found if result.focus in own))


def measure(job: Job, directory: Path, argument: int = 0) -> Measured:
    """Run a job in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    receiving, sending = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_run, args=(job, directory, argument, sending))
    process.start()
    sending.close()
    try:
        found = receiving.recv()
    except EOFError:
        sys.exit(f"{job.__name__} failed")
    process.join()
    assert isinstance(found, Measured)
    return found


def _run(job: Job, directory: Path, argument: int, report: Connection) -> None:
    found = job(directory, argument)
    # The parent stays small: a process that it starts is said to have had at least the parent's memory.
    report.send(replace(found, peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))


def show(what: str, triples: int, found: Measured | None, note: str = "") -> None:
    """One line of the table."""
    figures = f"{'not run':>12}"
    if found is not None:
        figures = f"{found.seconds:>10.2f} s{found.cpu_seconds:>8.2f} s{found.peak_bytes / 2**20:>8.0f} MB"
    print(f"{what:<30}{triples:>12,}{figures}  {note}".rstrip(), flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triples", type=int, nargs="*", default=[100_000, 1_000_000], help="sizes of the graph")
    parser.add_argument("--rows", type=int, nargs="*", default=[10, 100, 1_000, 10_000], help="rows of a contribution")
    parser.add_argument("--peer", type=int, default=_SMALL_PEER, help="largest graph that pyshacl is run on")
    parser.add_argument("--in", dest="parent", type=Path, default=None, help="where the stores are made")
    options = parser.parse_args()
    print(f"{'':<30}{'triples':>12}{'time':>12}{'cpu':>10}{'peak':>11}")
    for triples in options.triples:
        with tempfile.TemporaryDirectory(dir=options.parent) as directory:
            held = measure(prepare, Path(directory), triples).counted
            for rows in options.rows:
                found = measure(ours, Path(directory), rows)
                whole = measure(peer, Path(directory), rows) if triples <= options.peer else None
                note = f"{whole.cpu_seconds / found.cpu_seconds:,.0f} times as fast, by cpu" if whole else ""
                assert whole is None or found.counted <= whole.counted
                show(f"{rows:,} rows", held, found, note)
                show("  peer: pyshacl, whole graph", held, whole)
            touched = measure(hub, Path(directory))
            note = f"{touched.counted:,} things touched, {impact.AFFECTED_CAP:,} checked at most"
            show("a hub", held, touched, note)


if __name__ == "__main__":
    main()
