"""A full disk loses nothing: what was acknowledged stays, the message says what to do, and work goes on afterwards."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from publisher import halves, open_all, publish_one

from ecograph.errors import DiskFull, StoreBehind
from lacking import lacking


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        lacking("this machine may not mount a small file system; the unit tests fill the database instead")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.slow
def test_publishing_until_the_disk_is_full(small_disk: Path) -> None:
    """
    Publishing on a disk that fills up ends with an error that says so; with room again, everything acknowledged is
    there, and publishing goes on in the same process and in the next.
    """
    ledger, store, publisher = open_all(small_disk)
    acknowledged: set[str] = set()

    def publish_many() -> None:
        for _ in range(2000):
            acknowledged.add(publish_one(ledger, publisher))

    for _ in range(4):
        with pytest.raises((DiskFull, StoreBehind)):
            publish_many()
    assert acknowledged
    with store.snapshot() as snapshot:
        whole, half = halves(snapshot)
    assert acknowledged <= whole
    assert half == []
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    acknowledged.add(publish_one(ledger, publisher))
    publisher.verify()
    store.close()
    ledger.close()
    ledger, store, publisher = open_all(small_disk)
    acknowledged.add(publish_one(ledger, publisher))
    with store.snapshot() as snapshot:
        whole, half = halves(snapshot)
    assert acknowledged <= whole
    assert half == []
    publisher.verify()
    store.close()
    ledger.close()
