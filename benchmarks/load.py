"""
How long it takes to get the graph in, and how much memory: through the door, and from the ledger.

    python benchmarks/load.py                                  # the shipped data 1x and 10x, rebuilt, and 1 M triples
    python benchmarks/load.py --door --rebuild 10000000        # only 10 M triples from the ledger

*Through the door* is everything that a partner's file goes through, for all of `data/`; 10x adds nine synthetic folders
of the size of `data/`. *From the ledger* replays a ledger into a new store; its peer is a bare pyoxigraph `bulk_load`
of the same statements from one N-Quads file, in the same run. Each figure is taken in a process of its own; the memory
is that process's peak.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

from pyoxigraph import RdfFormat, Store, serialize

import growth
from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.contribute import system
from ecograph.contribute.publishing import Publisher
from ecograph.ledger.records import ContributionRecord, State
from ecograph.ledger.sql import Ledger
from ecograph.rdf.patch import Patch
from ecograph.store.oxigraph import EmbeddedStore

_CONTRIBUTION = 100_000
"""Statements in one synthetic contribution: about as many as the largest of ours."""


def through_the_door(directory: Path, times: int) -> int:
    """Load `data/`, and `times` - 1 synthetic folders of its size; returns the statements in the graph."""
    settings = Settings(data_dir=directory)
    with EcoGraph.open(settings) as ecograph:
        shipped = ecograph.load().triples
        folders = []
        for part in range(1, times):
            folders.append(directory / f"{growth.PUBLISHER}-{part}")
            growth.write_folder(folders[-1], _contributed(ecograph, shipped), settings.resources_dir, part)
        return ecograph.load(folders).triples if folders else shipped


def _contributed(ecograph: EcoGraph, triples: int) -> int:
    """How many of the statements came through the door, and not with the software."""
    own = sum(len(revision.patch) for revision in ecograph.ledger.revisions() if revision.publisher == system.PUBLISHER)
    return triples - own


def fill_ledger(directory: Path, count: int) -> int:
    """A ledger with `count` synthetic statements, and no store."""
    resources = Settings().resources_dir
    quads = growth.quads(count, resources)
    with Ledger.open(f"sqlite:///{directory / 'ledger.sqlite'}") as ledger:
        while some := tuple(islice(quads, _CONTRIBUTION)):
            payload = str(ledger.head).encode()
            digest = hashlib.sha256(payload).hexdigest()
            record = ContributionRecord(growth.PUBLISHER, "Synthetic", "", "", digest, payload, "benchmark")
            contribution_id = ledger.receive(record)
            ledger.decide(contribution_id, State.APPROVED, "benchmark")
            ledger.publish(contribution_id, Patch(some), "benchmark")
        return ledger.head


def rebuild(directory: Path, _: int) -> int:
    """Replay the ledger in `directory` into a new store; returns the statements in it."""
    with (
        closing(EmbeddedStore.open(directory / "rebuilt")) as store,
        Ledger.open(f"sqlite:///{directory / 'ledger.sqlite'}") as ledger,
    ):
        Publisher(ledger, store).rebuild()
        with store.snapshot() as snapshot:
            return len(snapshot)


def verify(directory: Path, _: int) -> int:
    """Check the chain and compare the rebuilt store with a replay; returns the statements compared."""
    with (
        closing(EmbeddedStore.open(directory / "rebuilt")) as store,
        Ledger.open(f"sqlite:///{directory / 'ledger.sqlite'}") as ledger,
    ):
        return Publisher(ledger, store).verify().statements


def dump(directory: Path, _: int) -> int:
    """Write the rebuilt store as one N-Quads file, for the peer."""
    with EmbeddedStore.reader(directory / "rebuilt").snapshot() as snapshot:
        serialize(snapshot.quads(), str(directory / "all.nq"), RdfFormat.N_QUADS)
        return len(snapshot)


def bare(directory: Path, _: int) -> int:
    """The peer: nothing but the engine's own bulk loader."""
    store = Store(str(directory / "bare"))
    store.bulk_load(path=str(directory / "all.nq"))
    store.flush()
    return len(store)


Job = Callable[[Path, int], int]


def measure(job: Job, directory: Path, argument: int = 0) -> tuple[float, int, int]:
    """Run a job in a process of its own; returns seconds, peak bytes, and what the job returned."""
    spawn = multiprocessing.get_context("spawn")
    receiving, sending = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_run, args=(job, directory, argument, sending))
    process.start()
    sending.close()
    try:
        seconds, peak, found = receiving.recv()
    except EOFError:
        sys.exit(f"{job.__name__} failed")
    process.join()
    return seconds, peak, found


def _run(job: Job, directory: Path, argument: int, report: Connection) -> None:
    started = time.perf_counter()
    found = job(directory, argument)
    seconds = time.perf_counter() - started
    report.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, found))


def show(what: str, seconds: float, peak: int, triples: int, note: str = "") -> None:
    """One line of the table."""
    print(f"{what:<34}{triples:>12,}{seconds:>10.1f} s{peak / 2**20:>9.0f} MB  {note}", flush=True)


def from_the_ledger(name: str, directory: Path, checked: bool) -> None:
    """Rebuild the ledger in `directory`, beside the peer."""
    ours = measure(rebuild, directory)
    measure(dump, directory)
    peer = measure(bare, directory)
    show(f"from the ledger, {name}", *ours, f"{ours[0] / peer[0]:.2f} times the peer")
    show("  peer: bare bulk_load", *peer)
    if checked:
        show("  verify (chain and store)", *measure(verify, directory))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--door", type=int, nargs="*", default=[1, 10], help="how many times the shipped data")
    parser.add_argument("--rebuild", type=int, nargs="*", default=[1_000_000], help="how many synthetic triples")
    parser.add_argument("--verify", action="store_true", help="verify each rebuilt store as well")
    options = parser.parse_args()
    print(f"{'':<34}{'triples':>12}{'time':>12}{'peak':>12}")
    for times in options.door:
        with tempfile.TemporaryDirectory() as directory:
            show(f"through the door, {times}x", *measure(through_the_door, Path(directory), times))
            from_the_ledger(f"{times}x", Path(directory), options.verify)
    for count in options.rebuild:
        with tempfile.TemporaryDirectory() as directory:
            measure(fill_ledger, Path(directory), count)
            from_the_ledger(f"{count / 1e6:g} M synthetic", Path(directory), options.verify)


if __name__ == "__main__":
    main()
