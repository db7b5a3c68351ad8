"""
A process that publishes from many threads until it is killed, and acknowledges each publication on standard output.

    python publisher.py DIRECTORY THREADS [PER_THREAD]

A contribution is a handful of synthetic statements that say how many they are, so that a part of one can be told from
the whole. An acknowledgement is one line, `ack ID`, written by one system call after `publish` returned.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import uuid
from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.contribute.publishing import Publisher
from ecograph.identifiers import graph_iri, thing_iri
from ecograph.ledger.records import ContributionRecord, State
from ecograph.ledger.sql import Ledger
from ecograph.namespaces import BASE, XSD
from ecograph.rdf.patch import Patch
from ecograph.store.base import Snapshot
from ecograph.store.oxigraph import EmbeddedStore

GRAPH = graph_iri("synthetic")
SIZE = NamedNode(BASE + "synthetic#size")
ITEM = NamedNode(BASE + "synthetic#item")


def statements(name: str) -> tuple[Quad, ...]:
    """What one contribution says: its size, and that many items."""
    subject = thing_iri("synthetic", name)
    items = 2 + int(name[:2], 16) % 7
    size = Quad(subject, SIZE, Literal(str(items), datatype=XSD.integer), GRAPH)
    return size, *(Quad(subject, ITEM, Literal(f"del {number} på vej"), GRAPH) for number in range(items))


def halves(snapshot: Snapshot) -> tuple[set[str], list[str]]:
    """The contributions that a snapshot shows, and those of them that it shows in part."""
    items: dict[str, int] = defaultdict(int)
    sizes: dict[str, int] = {}
    for quad in snapshot.quads(graph=GRAPH):
        assert isinstance(quad.subject, NamedNode)
        assert isinstance(quad.object, Literal)
        name = quad.subject.value.rpartition("/")[2]
        if quad.predicate == SIZE:
            sizes[name] = int(quad.object.value)
        else:
            items[name] += 1
    return set(sizes), [name for name in sizes.keys() | items.keys() if sizes.get(name) != items[name]]


def open_all(directory: Path) -> tuple[Ledger, EmbeddedStore, Publisher]:
    """The ledger and the store in a directory, caught up."""
    store = EmbeddedStore.open(directory / "store")
    ledger = Ledger.open(f"sqlite:///{directory / 'ledger.sqlite'}")
    publisher = Publisher(ledger, store)
    publisher.catch_up()
    return ledger, store, publisher


def publish_one(ledger: Ledger, publisher: Publisher) -> str:
    """Take one synthetic contribution through the whole door."""
    name = uuid.uuid4().hex
    payload = name.encode()
    record = ContributionRecord(
        "synthetic", f"Synthetic {name}", "", "", hashlib.sha256(payload).hexdigest(), payload, "test"
    )
    contribution_id = ledger.receive(record)
    ledger.decide(contribution_id, State.APPROVED, "test")
    publisher.publish(contribution_id, Patch(statements(name)), "test")
    return name


def main(directory: Path, threads: int, per_thread: int | None) -> None:
    """Publish from all threads; without a number per thread, until killed."""
    ledger, store, publisher = open_all(directory)
    os.write(1, b"ready\n")

    def work() -> None:
        rounds: Iterator[int] = count() if per_thread is None else iter(range(per_thread))
        for _ in rounds:
            os.write(1, f"ack {publish_one(ledger, publisher)}\n".encode())

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    store.close()
    ledger.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None)
