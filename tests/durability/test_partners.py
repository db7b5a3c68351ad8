"""Sixteen partners publish at once in a service that is killed again and again; reads are held against the history."""

from __future__ import annotations

import multiprocessing
import random
import time
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event as EventType
from pathlib import Path

import pytest
from partner_service import seen
from publisher import open_all
from publishing_process import PublisherProcess

from ecograph.errors import NotLoaded
from ecograph.store.oxigraph import EmbeddedStore

PARTNERS = 16
SECONDS = 60.0
READERS = 2
# A life of the service is long enough to publish and short enough for several in a minute.
LIFE_S = (2.0, 14.0)
SERVICE = Path(__file__).with_name("partner_service.py")


@dataclass(frozen=True)
class Read:
    """What one read saw: when it began on the machine's clock, at which revision, and how many contributions."""

    began_ns: int
    revision: int
    whole: frozenset[str]
    half: tuple[str, ...]


@dataclass(frozen=True)
class History:
    """
    What was acknowledged when, and what each reader saw in its order.

    Args:
        acknowledged: Contributions by name, with the moment after their approval had returned.
        reads: The reads of each reader.
    """

    acknowledged: dict[str, int]
    reads: tuple[tuple[Read, ...], ...]

    def lost(self, shown: set[str]) -> set[str]:
        """What was acknowledged and is not there in the end."""
        return self.acknowledged.keys() - shown

    def late(self) -> list[str]:
        """What was acknowledged before a read began that did not see it."""
        return [
            name
            for reads in self.reads
            for read in reads
            for name, at in self.acknowledged.items()
            if at < read.began_ns and name not in read.whole
        ]

    def half(self) -> list[str]:
        """What was seen in part."""
        return [name for reads in self.reads for read in reads for name in read.half]

    def backwards(self) -> list[tuple[int, int]]:
        """Reads that saw an older revision, or less, than the reader had seen before."""
        return [
            (before.revision, after.revision)
            for reads in self.reads
            for before, after in pairwise(reads)
            if after.revision < before.revision or not before.whole <= after.whole
        ]

    def contradicting(self) -> list[int]:
        """Revisions that two readers saw with different content."""
        found: dict[int, frozenset[str]] = {}
        every = [read for reads in self.reads for read in reads]
        return [read.revision for read in every if found.setdefault(read.revision, read.whole) != read.whole]


def watch(directory: Path, stop: EventType, report: Connection) -> None:
    """Read every generation that comes by, in another process than the service."""
    reads: list[Read] = []
    last = -1
    while not stop.is_set():
        began = time.monotonic_ns()
        try:
            store = EmbeddedStore.reader(directory / "store")
        except NotLoaded:
            time.sleep(0.05)
            continue
        with store.snapshot() as snapshot:
            if snapshot.revision != last:
                whole, half = seen(snapshot, PARTNERS)
                reads.append(Read(began, snapshot.revision, frozenset(whole), tuple(half)))
                last = snapshot.revision
        store.close()
        time.sleep(0.02)
    report.send(reads)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_sixteen_partners_for_a_minute_with_kills(tmp_path: Path) -> None:
    """
    Sixteen partners contribute and publish at once for a minute while the service is killed several times: nothing that
    was acknowledged is lost or unseen by a later read, no read sees half a contribution, none goes back in time, and
    ledger and store verify.
    """
    chance = random.Random(20171)
    spawn = multiprocessing.get_context("spawn")
    stop = spawn.Event()
    pipes = [spawn.Pipe(duplex=False) for _ in range(READERS)]
    readers = [spawn.Process(target=watch, args=(tmp_path, stop, sending)) for _, sending in pipes]
    for reader in readers:
        reader.start()
    acknowledged: dict[str, int] = {}
    faults: list[str] = []
    lives, remaining_s = 0, SECONDS
    while remaining_s > 0:
        service = PublisherProcess(tmp_path, PARTNERS, script=SERVICE)
        life_s = min(chance.uniform(*LIFE_S), remaining_s)
        try:
            assert service.ready.wait(60)
            time.sleep(life_s)
        finally:
            acknowledged.update(_told(line) for line in service.kill())
        faults += service.faults
        remaining_s -= life_s
        lives += 1
    stop.set()
    history = History(acknowledged, tuple(tuple(receiving.recv()) for receiving, _ in pipes))
    for reader in readers:
        reader.join()
    ledger, store, publisher = open_all(tmp_path)
    with store.snapshot() as snapshot:
        shown, half = seen(snapshot, PARTNERS)
    publisher.verify()
    store.close()
    ledger.close()
    assert lives > 3
    assert len(history.acknowledged) > PARTNERS, "too few publications to prove anything"
    assert history.lost(shown) == set()
    assert half == []
    assert history.half() == []
    assert history.late() == []
    assert history.backwards() == []
    assert history.contradicting() == []
    assert faults == []


def _told(line: str) -> tuple[str, int]:
    name, _, at = line.partition(" ")
    return name, int(at)


class TestHistory:
    """The checker notices what it is there for."""

    def read(self, began: int, revision: int, *whole: str) -> Read:
        return Read(began, revision, frozenset(whole), ())

    def test_lost_and_late(self) -> None:
        """
        A publication that was acknowledged and is missing is lost; one that a later read does not show is late.
        """
        history = History({"a": 10, "b": 20}, ((self.read(15, 1, "a"), self.read(25, 1, "a")),))
        assert history.lost({"a"}) == {"b"}
        assert history.late() == ["b"]

    def test_backwards_and_contradicting(self) -> None:
        """
        An older revision after a newer, or less than before, is a read back in time; two contents of one revision
        contradict each other.
        """
        history = History({}, ((self.read(1, 2, "a"), self.read(2, 1, "a"), self.read(3, 2)),))
        assert history.backwards() == [(2, 1), (1, 2)]
        assert history.contradicting() == [2]
