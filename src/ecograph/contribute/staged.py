"""A contribution that has been read and checked, and what publishing it would change."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pyoxigraph import NamedNode, Quad

from ecograph.contribute import provenance
from ecograph.contribute.identity.ownership import CHANGES_KIND, FOREIGN_SPACE, judge, others_classes
from ecograph.contribute.locating import located
from ecograph.contribute.mapping import Mapped, Place, finding
from ecograph.contribute.reading.table import Table
from ecograph.contribute.rules import Rules
from ecograph.errors import Rejected
from ecograph.identifiers import COMMON, Space, graph_iri
from ecograph.messages import LANGUAGES, Language
from ecograph.namespaces import ID, PROV, PROVENANCE_GRAPH, RDF
from ecograph.rdf.patch import Patch, diff
from ecograph.shacl.impact import check
from ecograph.shacl.report import Finding, Report, Severity
from ecograph.shacl.validation import DEFAULT_BACKEND, Backend
from ecograph.store.base import Snapshot

Mode = Literal["merge", "replace", "whole"]
LeaveOut = Mapping[str, tuple[int | str, ...]]
"""By file, what does not go on: rows of a table by number, things of an RDF file by the end of their IRI."""


@dataclass(frozen=True)
class Staged:
    """
    A contribution that has been read and checked.

    Args:
        publisher: The publisher's slug.
        titles: What it is called, in each language.
        mode: What becomes of the publisher's things that it leaves out.
        quads: Its statements, in the publisher's graph.
        provenance: What is said about it and its graph.
        report: Every finding.
        mapped: Which cell each statement comes from.
        tables: The tables as they were read, without the rows that were left out.
        payload: The bytes that were contributed: the file, or a ZIP of several.
        licence: IRI of the licence.
        source: Where it was taken from.
        requires: Contributions that must be published before.
        space: Whose names it may give.
        written_in: The file of each thing that RDF files and the description describe.
        classes: The kinds that its files speak of.
        left_out: What does not go on.
        revision: The revision it was checked against.
        affected: How many things beside its own were checked.
        queued: Things that it may affect and that are still to be checked.
        at_fault: The rows and things that a violation is about, also where the report does not list it; None until
            the check has come to its end.
    """

    publisher: str
    titles: Mapping[Language, str]
    mode: Mode
    quads: tuple[Quad, ...]
    provenance: tuple[Quad, ...]
    report: Report
    mapped: Mapped
    tables: tuple[Table, ...]
    payload: bytes
    licence: str = ""
    source: str = ""
    requires: tuple[NamedNode, ...] = ()
    space: Space = COMMON
    written_in: Mapping[NamedNode, str] = field(default_factory=dict)
    classes: frozenset[NamedNode] = frozenset()
    left_out: LeaveOut = field(default_factory=dict)
    revision: int = 0
    affected: int = 0
    queued: tuple[NamedNode, ...] = ()
    at_fault: LeaveOut | None = None

    @property
    def graph(self) -> NamedNode:
        """The publisher's graph."""
        return graph_iri(self.publisher)

    @property
    def sha256(self) -> str:
        """Hex digest of the payload."""
        return hashlib.sha256(self.payload).hexdigest()

    @property
    def title(self) -> str:
        """What it is called, in one of our languages, English first."""
        return self.titles.get("en") or next(iter(self.titles.values()), self.publisher)

    @property
    def conforms(self) -> bool:
        """Whether nothing stops publication."""
        return self.report.conforms

    def require_publishable(self) -> None:
        """
        Stop here if something stops publication.

        Raises:
            Rejected: A finding is a violation.
        """
        if not self.conforms:
            rejected = Rejected(title=self.title, count=self.report.count(Severity.VIOLATION))
            rejected.findings = self.report.findings
            raise rejected

    def patch(self, snapshot: Snapshot | None, more: Iterable[Quad] = ()) -> Patch:
        """
        What publishing it changes in the graph that a snapshot shows.

        Args:
            snapshot: The graph; None for an empty one.
            more: What is said about this publication in the provenance graph.
        """
        size = provenance.Size.of(self.quads)
        if snapshot is None:
            about = provenance.graph_quads(self.publisher, self.sha256, size)
            return diff((), (*self.quads, *self.provenance, *about, *more))
        present = self._present(snapshot)
        if self.mode != "whole":
            size += provenance.Size.published(snapshot, self.graph) - provenance.Size.of(present)
        about = provenance.graph_quads(self.publisher, self.sha256, size)
        described = {quad.subject for quad in self.provenance} | {self.graph}
        said = (quad for node in described for quad in snapshot.quads(node, None, None, PROVENANCE_GRAPH))  # type: ignore[arg-type]
        replaced = [quad for quad in said if quad.predicate != PROV.wasGeneratedBy]
        return diff((*present, *replaced), (*self.quads, *self.provenance, *about, *more))

    def leaves_behind(self, snapshot: Snapshot) -> frozenset[NamedNode]:
        """The publisher's things that would go."""
        stays = {quad.subject for quad in self.quads}
        return frozenset(
            quad.subject
            for quad in self._present(snapshot)
            if quad.predicate == RDF.type and isinstance(quad.subject, NamedNode) and quad.subject not in stays
        )

    def rechecked(self, state: Snapshot, rules: Rules, backend: Backend = DEFAULT_BACKEND) -> Staged:
        """
        The same contribution, validated against another state of the graph; the files are not read again.

        Args:
            state: The graph as it is now.
            rules: What contributions are held against.
            backend: Which SHACL engine.
        """
        report = Report.of(self._misnamed(state, rules))
        return replace(self, report=report, revision=state.revision).checked(state, rules, backend).bounded()

    def checked(self, snapshot: Snapshot | None, rules: Rules, backend: Backend = DEFAULT_BACKEND) -> Staged:
        """
        The contribution with what validation finds in it, and in what it changes for others.

        Args:
            snapshot: What is published; None for nothing.
            rules: What contributions are held against.
            backend: Which SHACL engine.
        """
        data = (*self.quads, *self.provenance)
        change = self.patch(snapshot)
        impact = check(data, change, snapshot, rules.background, rules.shapes, backend=backend)
        report = located(impact.report, self.mapped, rules.shapes)
        findings = list(self.report.findings)
        findings += (item if item.file else replace(item, file=self._file_of(item)) for item in report.findings)
        if self.quads and not any(quad.graph_name == self.graph for quad in change.additions + change.removals):
            findings.append(finding("unchanged", Place("", 0), severity=Severity.INFO))
        return replace(self, report=Report.of(findings), affected=impact.affected, queued=impact.queued)

    def bounded(self) -> Staged:
        """The contribution with no more findings than anybody reads; what is at fault is known all the same."""
        return replace(self, report=self.report.bounded(), at_fault=faulty_rows(replace(self, at_fault=None)))

    def _file_of(self, item: Finding) -> str | None:
        return self.written_in.get(item.focus) if isinstance(item.focus, NamedNode) else None

    def _present(self, snapshot: Snapshot) -> tuple[Quad, ...]:
        """What is published in the publisher's graph and stays no longer as it is."""
        if self.mode == "whole":
            return tuple(snapshot.quads(None, None, None, self.graph))
        about: set[object] = {quad.subject for quad in self.quads}
        if self.mode == "replace":
            for cls in self.classes:
                about |= {quad.subject for quad in snapshot.quads(None, RDF.type, cls, self.graph)}
        return tuple(quad for node in about for quad in snapshot.quads(node, None, None, self.graph))  # type: ignore[arg-type]

    def _misnamed(self, state: Snapshot, rules: Rules) -> Iterator[Finding]:
        """Things of others' names that nobody publishes any more, or publishes as something else."""
        stated: dict[NamedNode, set[NamedNode]] = {}
        for quad in self.quads:
            if isinstance(quad.subject, NamedNode) and not self.space.holds(quad.subject):
                is_class = quad.predicate == RDF.type and isinstance(quad.object, NamedNode)
                stated.setdefault(quad.subject, set()).update([quad.object] if is_class else [])  # type: ignore[list-item]
        for iri, classes in stated.items():
            code = judge(iri, classes, self.space, self.graph, state)
            if code in (FOREIGN_SPACE, CHANGES_KIND):
                written = self.mapped.subjects.get(iri)
                place = written.place if written else Place(self.written_in.get(iri, ""), 0)
                found = others_classes(iri, self.graph, state)
                values = {"found": _names(found, rules), "wanted": _names(classes, rules)}
                yield finding(code, place, ID.local(iri), focus=iri, values=values)


def faulty_rows(staged: Staged) -> LeaveOut:
    """
    The rows of tables and the things of RDF files that a violation is about, by file; rows of a sheet by `file#sheet`.

    What refers to them is faulty in turn when they are left out; `stage` with `leave_out="faulty"` goes on until what
    remains conforms, or until nothing that is left can be blamed on a row.
    """
    if staged.at_fault is not None:
        return staged.at_fault
    rows = {key_of(table.file, table.sheet): {row.number for row in table.rows} for table in staged.tables}
    found: dict[str, set[int | str]] = defaultdict(set)
    for violation in staged.report.violations:
        file, focus = violation.file or "", violation.focus
        key = key_of(file, violation.sheet)
        if violation.row in rows.get(key, ()):
            found[key].add(violation.row)  # type: ignore[arg-type]
        elif isinstance(focus, NamedNode) and focus in ID and staged.written_in.get(focus) == file:
            found[file].add(ID.local(focus))
    return {file: tuple(sorted(parts, key=str)) for file, parts in found.items()}


def key_of(file: str, sheet: str | None) -> str:
    """What rows are left out by: the file, and in a workbook the sheet."""
    return f"{file}#{sheet}" if sheet else file


def _names(classes: Iterable[NamedNode], rules: Rules) -> Mapping[Language, str]:
    return {lang: ", ".join(sorted(rules.ontology.label(cls, lang) or "" for cls in classes)) for lang in LANGUAGES}
