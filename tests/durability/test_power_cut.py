"""
A power cut loses nothing acknowledged: whatever the disk had not been told to keep may vanish, the ledger may not.

Two proofs. One reads the system calls of a publisher: at each acknowledgement nothing written to the ledger is still
unsynced. The other, where this machine may mount, copies the disk under a publisher and looks at the copy.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from publisher import halves, open_all
from publishing_process import PublisherProcess

from lacking import lacking

WRITES = {"write", "pwrite64", "writev", "pwritev", "ftruncate"}
SYNCS = {"fsync", "fdatasync"}
CALL = re.compile(r"^(?P<pid>\d+)\s+(?P<name>\w+)\((?P<fd>\d+)<(?P<path>[^>]*)>")
BEGUN = re.compile(r"^(?P<pid>\d+)\s+(?P<name>\w+)\((?P<fd>\d+)<(?P<path>[^>]*)>.*<unfinished \.\.\.>$")
RESUMED = re.compile(r"^(?P<pid>\d+)\s+<\.\.\. (?P<name>\w+) resumed>")


class Trace:
    """
    What a trace proves: `acknowledged`, how many acknowledgements it holds, `unsynced`, those with ledger bytes not
    on the disk yet, and `unsafe`, generations named as current before their files were on the disk.
    """

    def __init__(self, lines: list[str]) -> None:
        self.acknowledged = 0
        self.syncs = 0
        self.unsynced: list[str] = []
        dirty: set[str] = set()
        running: dict[str, tuple[str, str, set[str]]] = {}
        for line in lines:
            if resumed := RESUMED.match(line):
                name, path, covered = running.pop(resumed["pid"], ("", "", set()))
                if name in SYNCS and line.rstrip().endswith("= 0"):
                    self.syncs += 1
                    dirty -= covered
                continue
            if not (call := CALL.match(line)):
                continue
            path, name, pid = call["path"], call["name"], call["pid"]
            ledger = "ledger.sqlite" in path and not path.endswith("-shm")
            begun = BEGUN.match(line) is not None
            if name in WRITES and ledger:
                dirty.add(path)
                # A sync that began before this write does not cover it.
                for _, _, covered in running.values():
                    covered.discard(path)
            elif name in SYNCS and ledger and begun:
                running[pid] = (name, path, {path})
            elif name in SYNCS and ledger and line.rstrip().endswith("= 0"):
                self.syncs += 1
                dirty.discard(path)
            elif name == "write" and call["fd"] == "1" and '"ack ' in line:
                self.acknowledged += 1
                if dirty:
                    self.unsynced.append(line)


@pytest.mark.slow
def test_every_acknowledgement_comes_after_the_sync(tmp_path: Path, strace: str) -> None:
    """
    In the system calls of a publishing process, every byte written to the ledger is synced before the acknowledgement
    of that publication is written.
    """
    trace = tmp_path / "trace"
    calls = ",".join(sorted(WRITES | SYNCS))
    prefix = (strace, "-f", "-y", "-s", "16", "-e", f"trace={calls}", "-o", str(trace))
    # One publisher: with several, another one's bytes may rightly be on their way while this one's are safe.
    process = PublisherProcess(tmp_path / "data", 1, "25", prefix=prefix)
    acknowledged = process.wait()
    found = Trace(trace.read_text(errors="replace").splitlines())
    assert len(acknowledged) == found.acknowledged == 25
    # Receiving, deciding and publishing are a commit each.
    assert found.syncs >= 3 * 25
    assert found.unsynced == []


def test_the_proof_notices_a_missing_sync() -> None:
    """
    The reading of system calls is itself tried: an acknowledgement before the sync, or after a sync that began before
    the write, is found.
    """
    write = '7  pwrite64(5</d/ledger.sqlite-wal>, "x", 1, 0) = 1'
    sync = "7  fdatasync(5</d/ledger.sqlite-wal>) = 0"
    acknowledge = '7  write(1<pipe:[1]>, "ack 1\\n", 6) = 6'
    begun, ended = "8  fdatasync(5</d/ledger.sqlite-wal> <unfinished ...>", "8  <... fdatasync resumed>) = 0"
    assert Trace([write, sync, acknowledge]).unsynced == []
    assert len(Trace([write, acknowledge, sync]).unsynced) == 1
    assert len(Trace([sync, write, acknowledge]).unsynced) == 1
    assert len(Trace([begun, write, ended, acknowledge]).unsynced) == 1
    assert Trace([write, begun, ended, acknowledge]).unsynced == []


def _mounted(image: Path, place: Path) -> bool:
    place.mkdir()
    if os.geteuid() != 0 or not shutil.which("mkfs.ext4", path=f"{os.environ['PATH']}:/sbin:/usr/sbin"):
        return False
    with image.open("wb") as file:
        file.truncate(256 << 20)
    mkfs = shutil.which("mkfs.ext4", path=f"{os.environ['PATH']}:/sbin:/usr/sbin")
    subprocess.run([str(mkfs), "-q", "-F", str(image)], check=True)
    return subprocess.run(["mount", "-o", "loop", str(image), str(place)], capture_output=True).returncode == 0


@pytest.mark.slow
def test_copied_disk_holds_what_was_acknowledged(tmp_path: Path) -> None:
    """
    The image of a file system is copied while its writer is stopped, without telling the kernel to write anything: the
    copy, mounted as after a power cut, holds every acknowledged contribution, whole, and verifies.
    """
    image, place = tmp_path / "disk", tmp_path / "mounted"
    if not _mounted(image, place):
        lacking("this machine may not mount an image; the proof by system calls above always runs")
    cuts = 5
    try:
        process = PublisherProcess(place, 4)
        assert process.ready.wait(60)
        copies = []
        for number in range(cuts):
            time.sleep(0.7)
            os.killpg(process.process.pid, signal.SIGSTOP)
            time.sleep(0.1)
            acknowledged = set(process.acknowledged)
            copy = tmp_path / f"copy-{number}"
            # What the block device holds now; pages that only the file system's cache holds are not in it.
            subprocess.run(["cp", "--sparse=always", str(image), str(copy)], check=True)
            copies.append((copy, acknowledged))
            os.killpg(process.process.pid, signal.SIGCONT)
        process.kill()
    finally:
        subprocess.run(["umount", str(place)], check=True)
    assert len(copies[-1][1]) > cuts
    for copy, acknowledged in copies:
        subprocess.run(["mount", "-o", "loop", str(copy), str(place)], check=True)
        try:
            ledger, store, publisher = open_all(place)
            with store.snapshot() as snapshot:
                whole, half = halves(snapshot)
            publisher.verify()
            store.close()
            ledger.close()
        finally:
            subprocess.run(["umount", str(place)], check=True)
        assert acknowledged - whole == set()
        assert half == []
