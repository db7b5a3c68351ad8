"""
A service in which partners contribute until it is killed: through the desk, with files read in worker processes.

    python partner_service.py DIRECTORY PARTNERS

Each contribution is a table of a few synthetic needs that say how many they are, so that a part of one can be told
from the whole. `ack NAME TIME` is written when its approval has returned, by one system call; TIME is the machine's
monotonic clock. `fault ...` is written when a reader of this process sees what it must not.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import uuid
from collections import defaultdict
from pathlib import Path

from pyoxigraph import Literal, Quad

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.contribute.desk import OPERATOR, Options, Who
from ecograph.contribute.packing import SourceFile
from ecograph.errors import ContributionBusy, PartnerExists
from ecograph.identifiers import graph_iri
from ecograph.ledger.partners import Role
from ecograph.ledger.records import State
from ecograph.namespaces import DCTERMS
from ecograph.store.base import Snapshot

RESOURCES = Path(__file__).parents[2]
HEADER = "id,title_da,description_da,topic,country\n"


def slug(number: int) -> str:
    """The slug of a partner."""
    return f"synthetic-{number:02}"


def table(name: str) -> bytes:
    """One contribution: two to eight needs, each of which says of how many it is one."""
    size = 2 + int(name[:2], 16) % 7
    rows = (f"{name}-{each},Del {each} af {size} på vej,Opdigtet.,cloudburst,dk\n" for each in range(size))
    return (HEADER + "".join(rows)).encode()


def seen(snapshot: Snapshot, partners: int) -> tuple[set[str], list[str]]:
    """The contributions that a snapshot shows, and those of them that it shows in part."""
    found: dict[str, int] = defaultdict(int)
    sizes: dict[str, int] = {}
    for number in range(partners):
        for quad in snapshot.quads(None, DCTERMS.title, None, graph_iri(slug(number))):
            assert isinstance(quad.object, Literal)
            name = str(quad.subject).rpartition("_")[2].partition("-")[0]
            found[name] += 1
            sizes[name] = int(quad.object.value.split()[3])
    return set(found), [name for name in found if found[name] != sizes[name]]


def say(line: str) -> None:
    """One line to whoever watches."""
    os.write(1, f"{line}\n".encode())


def contribute(ecograph: EcoGraph, partner: str) -> None:
    """Take one contribution through the whole door, and look at it."""
    name, who = uuid.uuid4().hex, Who(f"{partner}/test", partner, Role.CONTRIBUTOR)
    try:
        case = ecograph.desk.receive([SourceFile("need.csv", table(name))], Options(), who)
        ecograph.desk.submit(case.contribution.id, who)
        done = ecograph.desk.approve(case.contribution.id, OPERATOR)
    except ContributionBusy:
        return  # said to be tried again later
    assert done.contribution.state is State.PUBLISHED
    if f"{name}-0" not in {str(quad.subject).rpartition("_")[2].strip("<>") for quad in _titles(ecograph, partner)}:
        say(f"fault {name} was published and not seen at the next read")
    say(f"ack {name} {time.monotonic_ns()}")


def _titles(ecograph: EcoGraph, partner: str) -> list[Quad]:
    return list(ecograph.view().snapshot.quads(None, DCTERMS.title, None, graph_iri(partner)))


def read(ecograph: EcoGraph, partners: int) -> None:
    """Look at every view, as a page does."""
    last, before = 0, set[str]()
    while True:
        view = ecograph.view()
        whole, half = seen(view.snapshot, partners)
        if half:
            say(f"fault half of {half}")
        if view.revision < last or not before <= whole:
            say(f"fault time went back from revision {last} to {view.revision}")
        last, before = view.revision, whole
        time.sleep(0.05)


def main(directory: Path, partners: int) -> None:
    """Contribute from all partners at once, until killed."""
    with EcoGraph.open(
        Settings(data_dir=directory, resources_dir=RESOURCES, contribution_queue=2 * partners)
    ) as served:
        for number in range(partners):
            try:
                served.ledger.partners.add(
                    slug(number), f"Synthetic {number}", "https://example.org/", "https://example.org/licence"
                )
            except PartnerExists:
                break
        served.desk.check([SourceFile("need.csv", table("00"))], Options(), None)  # starts the workers
        say("ready")

        def work(partner: str) -> None:
            while True:
                contribute(served, partner)

        threads = [threading.Thread(target=work, args=(slug(number),)) for number in range(partners)]
        threads.append(threading.Thread(target=read, args=(served, partners)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
