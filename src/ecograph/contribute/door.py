"""
The whole journey of contributions that need no reviewer: stage, record, approve, publish.

`data/` goes through this door, and so does what an operator loads from the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Quad

from ecograph.contribute import provenance
from ecograph.contribute.folders import in_order
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.publishing import PatchMaker, Publisher
from ecograph.contribute.rules import Rules
from ecograph.contribute.staged import Staged
from ecograph.contribute.staging import stage, stage_folder
from ecograph.errors import Rejected
from ecograph.identifiers import COMMON, Space
from ecograph.ledger.records import ContributionRecord, Revision, State
from ecograph.ledger.sql import Ledger
from ecograph.rdf.patch import Patch
from ecograph.shacl.validation import DEFAULT_BACKEND, Backend
from ecograph.store.base import Projection, Snapshot

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what is being done)."""


@dataclass(frozen=True)
class Outcome:
    """
    What became of one contribution.

    Args:
        staged: What was read and found.
        contribution_id: Its number in the ledger; None if nothing had to be recorded.
        revision: The revision it became; None if it changed nothing or was rejected.
    """

    staged: Staged
    contribution_id: str | None = None
    revision: Revision | None = None

    @property
    def accepted(self) -> bool:
        """Whether nothing stopped it: it is published, or was published already."""
        return self.staged.conforms


def load(
    folders: Sequence[Path],
    rules: Rules,
    ledger: Ledger,
    projection: Projection,
    publisher: Publisher,
    *,
    who: str,
    progress: Progress | None = None,
    backend: Backend = DEFAULT_BACKEND,
) -> tuple[Outcome, ...]:
    """
    Publish folders, each as one contribution that replaces what its publisher had; readers are switched at the end.

    A folder that changes nothing leaves no trace. The first one with a violation stops the rest, which may build on it.

    Args:
        folders: One per publisher, in any order.
        rules: What they are held against.
        ledger: Where they are recorded.
        projection: The store; this thread is its only writer meanwhile.
        publisher: The writer of both.
        who: Who brings and approves them.
        progress: Called before each folder, and at the end.
        backend: Which SHACL engine.

    Returns:
        One outcome per folder that was tried; the last one may be rejected.

    Raises:
        MissingRequirement: A folder builds on one that is nowhere.
        SyntaxFault: A `dataset.ttl` does not parse.
    """
    outcomes: list[Outcome] = []
    with publisher.batch():
        published = [dataset.iri for dataset in provenance.datasets(projection.state()).values()]
        ordered = in_order(folders, rules, published)
        for done, folder in enumerate(ordered):
            if progress:
                progress(done, len(ordered), folder.name)
            staged = stage_folder(folder, rules, projection.state(), backend)
            outcomes.append(_admit(staged, rules, ledger, projection, publisher, who))
            if not outcomes[-1].accepted:
                break
        else:
            if progress:
                progress(len(ordered), len(ordered), "")
    return tuple(outcomes)


def contribute(
    files: Sequence[SourceFile],
    slug: str,
    rules: Rules,
    ledger: Ledger,
    projection: Projection,
    publisher: Publisher,
    *,
    who: str,
    template: str | None = None,
    space: Space = COMMON,
    backend: Backend = DEFAULT_BACKEND,
) -> Outcome:
    """
    Publish single files, merged into what their publisher has published.

    Args:
        files: Tables, Turtle, and for a new publisher a `dataset.ttl`.
        slug: The publisher's slug.
        rules: What they are held against.
        ledger: Where they are recorded.
        projection: The store.
        publisher: The writer of both.
        who: Who brings and approves them.
        template: The template of every table; None lets file names and headings tell.
        space: Whose names the contribution may give.
        backend: Which SHACL engine.
    """
    # Within a batch readers are behind; outside of it the writer's state is not for us.
    behind = projection.shown != projection.revision
    with projection.state() if behind else projection.snapshot() as snapshot:
        staged = stage(files, slug, rules, snapshot, template=template, space=space, backend=backend)
    return _admit(staged, rules, ledger, projection, publisher, who)


def require(outcomes: Sequence[Outcome]) -> None:
    """
    Stop if one of the contributions was rejected.

    Raises:
        Rejected: The first one with a violation.
    """
    for outcome in outcomes:
        outcome.staged.require_publishable()


def publishable(staged: Staged, rules: Rules, ledger: Ledger, more: Iterable[Quad] = ()) -> PatchMaker:
    """
    What makes the patch of a contribution from the state that it meets.

    Two contributions may each be right alone and wrong together. So the writer checks the second one again, where
    anything was published since it was checked.

    Args:
        staged: A contribution without violations, as far as it was checked.
        rules: What it is held against.
        ledger: Where things wait that are still to be checked because of it.
        more: What the provenance graph says of this publication.

    Returns:
        A function of the writer's state that raises `Rejected` where there is a violation by now.
    """

    def make(state: Snapshot) -> Patch:
        now = staged if state.revision == staged.revision else staged.rechecked(state, rules)
        now.require_publishable()
        if now.queued:
            ledger.queue_checks(now.queued, state.revision + 1)
        return now.patch(state, more)

    return make


def _admit(
    staged: Staged, rules: Rules, ledger: Ledger, projection: Projection, publisher: Publisher, who: str
) -> Outcome:
    try:
        staged.require_publishable()
    except Rejected as rejected:
        contribution_id = ledger.receive(_record(staged, who))
        ledger.decide(contribution_id, State.RETURNED, who, rejected.message("en"))
        return Outcome(staged, contribution_id)
    with projection.state() as state:
        if not staged.patch(state):
            return Outcome(staged)
    contribution_id = ledger.receive(_record(staged, who))
    ledger.decide(contribution_id, State.APPROVED, who)
    make_patch = publishable(staged, rules, ledger)
    return Outcome(staged, contribution_id, publisher.publish(contribution_id, make_patch, who))


def _record(staged: Staged, who: str) -> ContributionRecord:
    return ContributionRecord(
        publisher=staged.publisher,
        title=staged.title,
        licence=staged.licence,
        source=staged.source,
        sha256=staged.sha256,
        payload=staged.payload,
        submitted_by=who,
    )
