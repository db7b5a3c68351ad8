"""Killed anywhere, nothing acknowledged is lost and nothing half-published is seen."""

from __future__ import annotations

import multiprocessing
import random
import time
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event as EventType
from pathlib import Path

import pytest
from publisher import halves, open_all
from publishing_process import PublisherProcess

from ecograph.errors import NotLoaded
from ecograph.store.oxigraph import EmbeddedStore

KILLS = 20
PUBLISHERS = 16
READERS = 2
# Long enough to be somewhere in the middle of publishing, short enough for twenty rounds in a minute.
LIFE_S = (0.05, 1.5)


def watch(directory: Path, stop: EventType, report: Connection) -> None:
    """Read every generation that comes by; report how many, the half-published ones, and how often time went back."""
    looked, partial, backwards, last = 0, list[str](), 0, 0
    while not stop.is_set():
        try:
            store = EmbeddedStore.reader(directory / "store")
        except NotLoaded:
            time.sleep(0.05)
            continue
        with store.snapshot() as snapshot:
            if snapshot.revision != last:
                looked += 1
                backwards += snapshot.revision < last
                last = snapshot.revision
                partial += halves(snapshot)[1]
        store.close()
        time.sleep(0.02)
    report.send((looked, partial, backwards))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_twenty_kills_during_sixteen_publishers(tmp_path: Path) -> None:
    """
    A process with sixteen publishers is killed twenty times at random moments: every acknowledged contribution is
    there afterwards and whole, readers never saw half of one nor an older revision after a newer, and ledger and store
    verify.
    """
    chance = random.Random(20171)
    spawn = multiprocessing.get_context("spawn")
    stop = spawn.Event()
    pipes = [spawn.Pipe(duplex=False) for _ in range(READERS)]
    readers = [spawn.Process(target=watch, args=(tmp_path, stop, sending)) for _, sending in pipes]
    for reader in readers:
        reader.start()
    acknowledged: set[str] = set()
    lost: set[str] = set()
    partial: list[str] = []
    for _ in range(KILLS):
        process = PublisherProcess(tmp_path, PUBLISHERS)
        assert process.ready.wait(60)
        time.sleep(chance.uniform(*LIFE_S))
        acknowledged.update(process.kill())
        ledger, store, publisher = open_all(tmp_path)
        with store.snapshot() as snapshot:
            whole, half = halves(snapshot)
        lost |= acknowledged - whole
        partial += half
        publisher.verify()
        store.close()
        ledger.close()
    stop.set()
    reports = [receiving.recv() for receiving, _ in pipes]
    for reader in readers:
        reader.join()
    assert len(acknowledged) > KILLS, "too few publications to prove anything"
    assert lost == set()
    assert partial == []
    for looked, half, backwards in reports:
        assert looked > KILLS
        assert half == []
        assert backwards == 0
