"""
What an operator brings in from the disk, past the desk and through the door: what comes with the software, folders as
any partner would contribute them, and single files.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ecograph.contribute import door, provenance, staging, system
from ecograph.contribute.door import Progress
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.publishing import Publisher
from ecograph.contribute.rights import OPERATOR
from ecograph.contribute.rules import Rules
from ecograph.contribute.staged import Staged
from ecograph.contribute.uploads import NOBODY
from ecograph.identifiers import COMMON, Space
from ecograph.ledger.sql import Ledger
from ecograph.shacl.report import Finding
from ecograph.store.base import Projection, Snapshot

_COLLECT_AFTER: Final = 20_000  # objects; 700 is usual


@dataclass(frozen=True)
class Loaded:
    """What a load did: the revision it ended at, what was new or changed, and every finding on the way."""

    revision: int
    published: int
    triples: int
    findings: tuple[Finding, ...]


def load(
    paths: Iterable[Path],
    slug: str | None,
    resources_dir: Path,
    rules: Rules,
    ledger: Ledger,
    projection: Projection,
    publisher: Publisher,
    *,
    progress: Progress | None = None,
) -> Loaded:
    """
    Publish what comes with the software, then folders, then single files.

    Args:
        paths: Folders with a `dataset.ttl`, or single files.
        slug: Whose data single files are; None for the operator's own.
        resources_dir: What comes with the software.
        rules: What contributions are held against.
        ledger: Where they are recorded.
        projection: The store.
        publisher: The writer of both.
        progress: Called as the work goes on.

    Raises:
        Rejected: A contribution has a violation. What was published before it stays.
        DiskFull: The ledger could not be written; what was published before stays.
    """
    given, who = list(paths), OPERATOR.name
    with _collecting_seldom(), publisher.batch():
        published = _load_system(resources_dir, rules, ledger, projection, publisher, progress)
        folders = [path for path in given if path.is_dir()]
        outcomes = list(door.load(folders, rules, ledger, projection, publisher, who=who, progress=progress))
        door.require(outcomes)
    if files := [SourceFile.at(path) for path in given if not path.is_dir()]:
        # After the switch: they may refer to what the folders brought.
        whose, space = slug or who, space_of(slug or who, resources_dir)
        outcomes.append(door.contribute(files, whose, rules, ledger, projection, publisher, who=who, space=space))
        door.require(outcomes)
    published += sum(outcome.revision is not None for outcome in outcomes)
    findings = tuple(finding for outcome in outcomes for finding in outcome.staged.report.findings)
    with projection.snapshot() as snapshot:
        return Loaded(snapshot.revision, published, len(snapshot), findings)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """What a load makes is needed to its end; to look through it for what is not would take a fifth of its time."""
    usual = gc.get_threshold()
    gc.set_threshold(_COLLECT_AFTER, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def check(
    paths: Sequence[Path],
    slug: str | None,
    resources_dir: Path,
    rules: Rules,
    snapshot: Snapshot,
    *,
    template: str | None = None,
    mode: staging.Mode = "merge",
) -> Staged:
    """
    Everything that is found in a folder or in files, against what is published; nothing is written.

    Args:
        paths: One folder with a `dataset.ttl`, or files.
        slug: Whose data the files are; None checks the rows alone, for those who have not published yet.
        resources_dir: What comes with the software.
        rules: What they are held against.
        snapshot: What is published.
        template: The template of every table; None lets file names and headings tell.
        mode: What becomes of the publisher's things that the files leave out.
    """
    if len(paths) == 1 and paths[0].is_dir():
        return staging.stage_folder(paths[0], rules, snapshot)
    return staging.stage(
        [SourceFile.at(path) for path in paths],
        slug or NOBODY,
        rules,
        snapshot,
        mode=mode,
        template=template,
        rows_only=slug is None,
        space=space_of(slug or NOBODY, resources_dir),
    )


def shipped(resources_dir: Path) -> list[Path]:
    """The contribution folders that come with the software."""
    found = (resources_dir / "data").glob(f"*/{provenance.FILE_NAME}")
    return sorted(path.parent for path in found)


def space_of(publisher: str, resources_dir: Path) -> Space:
    """Whose names a publisher gives: a register that is shipped the common ones, everybody else their own."""
    return COMMON if publisher in {folder.name for folder in shipped(resources_dir)} else Space(publisher)


def _load_system(
    resources_dir: Path,
    rules: Rules,
    ledger: Ledger,
    projection: Projection,
    publisher: Publisher,
    progress: Progress | None,
) -> int:
    """Publish each graph that comes with the software and is not what the store holds; returns how many."""
    published = 0
    graphs = list(system.graphs(resources_dir, rules))
    for done, graph in enumerate(graphs):
        if progress:
            progress(done, len(graphs), graph.title)
        if graph.patch(projection.state()):
            publisher.publish(graph.approved(ledger, OPERATOR.name), graph.patch, OPERATOR.name)
            published += 1
    return published
