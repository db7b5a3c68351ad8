"""What is in the files of contributions, read where they can do no harm, and kept while somebody works with it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final, Literal

from pyoxigraph import Quad

from ecograph.contribute import provenance
from ecograph.contribute.mapping import finding
from ecograph.contribute.options import Options
from ecograph.contribute.packing import SourceFile, distinct, pack, unpack
from ecograph.contribute.staged import LeaveOut, Staged
from ecograph.contribute.tasks import Runner
from ecograph.errors import WrongState
from ecograph.identifiers import Space, graph_iri
from ecograph.ledger.partners import Partner
from ecograph.ledger.records import Contribution, State
from ecograph.ledger.sql import Ledger
from ecograph.shacl.report import Severity
from ecograph.store.base import Projection, Snapshot

NOBODY: Final = "nobody--yet"
"""The publisher of files that are checked before anybody has said whose they are; no partner can have that name."""

_KEPT: Final = 4
"""Checked contributions kept in memory: a reviewer goes back and forth between a few, and each may take 70 MB."""


class Uploads:
    """
    The files of contributions, checked against what is published; safe to use from several threads.

    Args:
        ledger: Where they are kept.
        projection: What they are checked against.
        run: Runs the tasks of `contribute.tasks` on uploaded bytes.
    """

    def __init__(self, ledger: Ledger, projection: Projection, run: Runner) -> None:
        self._ledger = ledger
        self._projection = projection
        self._run = run
        self._kept: OrderedDict[tuple[object, ...], Staged] = OrderedDict()
        self._keeping = threading.Lock()

    def check(
        self,
        files: Sequence[SourceFile],
        options: Options,
        partner: Partner | None,
        leave_out: LeaveOut | Literal["faulty"] | None = None,
        issued: date | None = None,
    ) -> Staged:
        """
        What is in files, with every finding.

        Args:
            files: The files.
            options: How to read them.
            partner: Whose they are; None for somebody who has not said.
            leave_out: What does not go on; None for what the options say.
            issued: The day they came; None for this one.

        Raises:
            ContributionTimeout, ContributionTooBig, ContributionBusy: They could not be checked.
        """
        with self._projection.snapshot() as snapshot:
            staged = check(files, options, partner, snapshot, self._run, leave_out=leave_out, issued=issued)
            return self._since_export(staged, snapshot)

    def of(
        self,
        contribution: Contribution,
        options: Options | None = None,
        leave_out: LeaveOut | Literal["faulty"] | None = None,
    ) -> Staged:
        """
        What is in the files of a contribution, checked against what is published now.

        Args:
            contribution: A contribution that was received.
            options: How to read them; None for what is kept with it.
            leave_out: What does not go on; None for what the options say.

        Raises:
            WrongState: The files were erased with a person's data.
            ContributionTimeout, ContributionTooBig, ContributionBusy: They could not be checked.
        """
        options = options or Options.from_json(contribution.options)
        leave_out = options.leave_out if leave_out is None else leave_out
        with self._projection.snapshot() as snapshot:
            key = (contribution.id, snapshot.revision, repr(leave_out))
            with self._keeping:
                kept = self._kept.get(key)
            if kept is None:
                payload = self._ledger.payload(contribution.id)
                if payload is None:
                    raise WrongState(id=contribution.id, state=contribution.state, wanted=State.CHECKED)
                files = unpack(payload, contribution.file_name)
                partner = self._ledger.partners.get(contribution.publisher)
                issued = options.issued or contribution.received_at.date()
                kept = check(files, options, partner, snapshot, self._run, leave_out=leave_out, issued=issued)
                kept = self._since_export(kept, snapshot)
            self.keep(contribution, kept, leave_out)
            return kept

    def keep(
        self, contribution: Contribution, staged: Staged, leave_out: LeaveOut | Literal["faulty"] | None = None
    ) -> None:
        """Have a contribution at hand for the next step, in place of the one that nobody has asked for longest."""
        left_out = staged.left_out if leave_out is None else leave_out
        with self._keeping:
            key = (contribution.id, staged.revision, repr(left_out))
            self._kept[key] = staged
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def _since_export(self, staged: Staged, snapshot: Snapshot) -> Staged:
        """The same with a warning for each row of an exported workbook that would undo what was published since."""
        shown = [table.marker.revision for table in staged.tables if table.marker and table.marker.revision is not None]
        if not shown or min(shown) >= snapshot.revision:
            return staged
        since = {
            quad.subject
            for revision in self._ledger.revisions(after=min(shown))
            if revision.publisher == staged.publisher and revision.number <= snapshot.revision
            for quad in (*revision.patch.additions, *revision.patch.removals)
        }
        change = staged.patch(snapshot)
        undone = {quad.subject for quad in (*change.additions, *change.removals)} & since
        found = [
            finding(
                "changed-since-export",
                subject.place,
                staged.space.short(iri),
                severity=Severity.WARNING,
                focus=iri,
            )
            for iri, subject in staged.mapped.subjects.items()
            if iri in undone
        ]
        return replace(staged, report=staged.report.including(found)) if found else staged

    def publication(self, contribution: Contribution, options: Options, reviewer: str | None) -> tuple[Quad, ...]:
        """
        What the provenance graph says of the publication of a contribution: organisations, and no person.

        Args:
            contribution: The contribution.
            options: What its contributor said of it.
            reviewer: Slug of the partner whose reviewer approves it; None for the operator.
        """
        partners = self._ledger.partners
        return provenance.publication_quads(
            contribution.id,
            partners.get(contribution.publisher),
            partners.get(reviewer) if reviewer else None,
            contribution.sha256 or "",
            datetime.now(UTC),
            (options.source,) if options.source else (),
        )


def check(
    files: Sequence[SourceFile],
    options: Options,
    partner: Partner | None,
    snapshot: Snapshot,
    run: Runner,
    *,
    leave_out: LeaveOut | Literal["faulty"] | None = None,
    issued: date | None = None,
) -> Staged:
    """
    What is in files, against what a snapshot shows; the arguments are those of `Uploads.check`.

    Raises:
        ContributionTimeout, ContributionTooBig, ContributionBusy: They could not be checked.
    """
    slug = partner.slug if partner else NOBODY
    description = _description(partner, options, issued, snapshot) if partner else ()
    arguments: dict[str, Any] = {
        "files": distinct(files),
        "publisher": slug,
        "mode": options.mode,
        "template": options.template,
        "rows_only": partner is None,
        "space": Space(slug),
        "description": description,
        "leave_out": options.leave_out if leave_out is None else leave_out,
    }
    staged = run("stage", snapshot, **arguments)
    # A worker that a file has taken over could say anything: what is published is the partner's own, or nothing.
    graph = graph_iri(slug)
    if any(quad.graph_name != graph for quad in staged.quads):
        raise RuntimeError("a contribution was read into a graph that is not its publisher's")
    checked: Staged = replace(
        staged,
        publisher=slug,
        space=Space(slug),
        mode=options.mode,
        provenance=description or staged.provenance,
        payload=pack(distinct(files)),
        revision=snapshot.revision,
    )
    return checked


def _description(partner: Partner, options: Options, issued: date | None, snapshot: Snapshot) -> tuple[Quad, ...]:
    day = issued or options.issued or datetime.now(UTC).date()
    sources = (options.source,) if options.source else ()
    present = provenance.datasets(snapshot).get(graph_iri(partner.slug))
    return provenance.described_partner(partner, day, sources, present)
