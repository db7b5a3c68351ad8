"""
From files to something that can be published: read, mapped, validated, with every finding at its row and column.

Nothing is written. A folder is the *whole* of what its publisher publishes. Single files are *merged* into it: the
things they describe are replaced whole, everything else stays. To *replace* is to let go, too, of what the files leave
out and is of a kind they speak of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from pyoxigraph import NamedNode, Quad

from ecograph.contribute import provenance
from ecograph.contribute.admission import (
    admit,
    cell_findings,
    description_findings,
    name_finding,
    placed,
    unknown_things,
)
from ecograph.contribute.folders import files_of, in_order
from ecograph.contribute.identity import duplicates, misnumbered
from ecograph.contribute.identity.resolving import Resolver
from ecograph.contribute.limits import LIMITS
from ecograph.contribute.mapping import Place, finding, map_tables
from ecograph.contribute.packing import SourceFile, distinct, pack, unpack
from ecograph.contribute.reading.table import Table, read_tables
from ecograph.contribute.rules import Rules
from ecograph.contribute.staged import LeaveOut, Mode, Staged, faulty_rows, key_of
from ecograph.contribute.templates.example import without_example
from ecograph.errors import ContributionError
from ecograph.identifiers import COMMON, Space, graph_iri
from ecograph.messages import LANGUAGES
from ecograph.namespaces import DCTERMS, ID, PROVENANCE_GRAPH, RDF
from ecograph.rdf.documents import Document
from ecograph.rdf.parsing import media_type_of, normalised
from ecograph.shacl.contract import Template
from ecograph.shacl.report import Finding, Report, Severity
from ecograph.shacl.validation import DEFAULT_BACKEND, Backend
from ecograph.store.base import Snapshot

__all__ = [
    "FAULTY",
    "LeaveOut",
    "Mode",
    "Rules",
    "SourceFile",
    "Staged",
    "faulty_rows",
    "in_order",
    "pack",
    "stage",
    "stage_folder",
    "unpack",
]

FAULTY: Final = "faulty"
"""What is left out, where nobody names it: whatever has a violation, and whatever refers to that."""


def stage_folder(folder: Path, rules: Rules, snapshot: Snapshot | None, backend: Backend = DEFAULT_BACKEND) -> Staged:
    """
    Stage a publisher's folder: `dataset.ttl` and tables or Turtle, named after their templates.

    Args:
        folder: Its name is the publisher's slug.
        rules: What it is held against.
        snapshot: What is published; None for nothing.
        backend: Which SHACL engine.
    """
    return stage(files_of(folder), folder.name, rules, snapshot, mode="whole", backend=backend)


def stage(
    files: Sequence[SourceFile],
    publisher: str,
    rules: Rules,
    snapshot: Snapshot | None,
    *,
    mode: Mode = "merge",
    template: str | None = None,
    rows_only: bool = False,
    space: Space = COMMON,
    description: tuple[Quad, ...] = (),
    leave_out: LeaveOut | Literal["faulty"] | None = None,
    backend: Backend = DEFAULT_BACKEND,
) -> Staged:
    """
    Read, map and validate the files of one contribution. Nothing is written.

    Args:
        files: Tables, Turtle, and perhaps a `dataset.ttl`.
        publisher: Whose graph it is for.
        rules: What it is held against.
        snapshot: What is published; None for nothing.
        mode: `merge` into what the publisher has published; `replace` what is of the kinds that the files speak of; or
            the files are the `whole` of it.
        template: The template of every table; None lets file names and headings tell.
        rows_only: For a check of what files say, before it is decided who publishes them: no description is asked for.
        space: Whose names the contribution may give.
        description: What is known of the publisher's dataset; a `dataset.ttl` is not read then.
        leave_out: What does not go on; `faulty` leaves out what has a violation, and what refers to that.
        backend: Which SHACL engine.

    Returns:
        The statements and every finding, those of files that cannot be read at all among them.

    Source:
        docs/contributing-data.md.
    """
    job = _Job(publisher, rules, snapshot, mode, template, rows_only, space, description, backend)
    given = _read(distinct(files), job)
    if leave_out != FAULTY:
        return _stage(given, job, leave_out or {}).bounded()
    staged = _stage(given, job, {})
    while more := faulty_rows(staged):
        staged = _stage(given, job, _joined(staged.left_out, more))
    return staged.bounded()


@dataclass(frozen=True)
class _Job:
    """What is the same however much of the files goes on."""

    publisher: str
    rules: Rules
    snapshot: Snapshot | None
    mode: Mode
    template: str | None
    rows_only: bool
    space: Space
    description: tuple[Quad, ...]
    backend: Backend

    @property
    def graph(self) -> NamedNode:
        return graph_iri(self.publisher)


@dataclass
class _Given:
    """What was read from the files."""

    payload: bytes
    description: tuple[Quad, ...]
    tables: list[tuple[Table, Template]] = field(default_factory=list)
    stated: list[Quad] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    written_in: dict[NamedNode, str] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(len(table.rows) for table, _ in self.tables)

    @property
    def values(self) -> int:
        return sum(table.values for table, _ in self.tables)

    def note(self, quads: Iterable[Quad], file: str) -> None:
        for quad in quads:
            if isinstance(quad.subject, NamedNode):
                self.written_in.setdefault(quad.subject, file)

    def without(self, leave_out: LeaveOut) -> _Given:
        """What remains when some rows and things are left out."""
        things: set[object] = {ID[part] for parts in leave_out.values() for part in parts if isinstance(part, str)}
        return replace(
            self,
            tables=[(_without(table, leave_out), template) for table, template in self.tables],
            stated=[quad for quad in self.stated if quad.subject not in things],
            findings=[item for item in self.findings if item.focus not in things],
        )


def _read(files: Sequence[SourceFile], job: _Job) -> _Given:
    given = _Given(pack(files), job.description)
    try:
        LIMITS.check_files([file.name for file in files])
    except ContributionError as error:
        return replace(given, findings=[_file_finding(error, files[0])])
    for file in files:
        try:
            LIMITS.check_file(file.data, file.name)
            misnamed = name_finding(file.name)
            if misnamed:
                given.findings.append(misnamed)
            elif file.name == provenance.FILE_NAME:
                if job.description:
                    given.findings.append(finding("description-known", Place(file.name, 0), severity=Severity.INFO))
                    given.findings += _licence_findings(file, job)
                    continue
                properties = job.rules.description_properties
                given.description, found = provenance.read_description(file.data, job.publisher, properties, file.name)
                given.findings += found
                given.findings += description_findings(given.description, file.name, job.graph, job.snapshot)
                given.note(given.description, file.name)
            elif media_type_of(file.name):
                admitted = admit(file.name, file.data, job.graph, job.rules.contract, job.space, job.snapshot)
                LIMITS.check_triples(len(given.stated) + len(admitted.quads), file.name)
                given.stated += admitted.quads
                given.findings += admitted.findings
                given.note(admitted.quads, file.name)
                given.documents[file.name] = admitted.document
            else:
                headings = job.rules.headings
                chosen = _template(job.template, job.rules) if job.template else None
                tables = read_tables(file.data, file.name, headings.known, headings.is_template)
                for table in tables:
                    values = given.values + table.values
                    LIMITS.check_table(len(table.columns), given.rows + len(table.rows), values, file.name)
                    alone = chosen if len(tables) == 1 else None
                    of_table = alone or headings.template_for(table, chosen)
                    given.tables.append((without_example(table, of_table, job.rules), of_table))
        except ContributionError as error:
            given.findings.append(_file_finding(error, file))
    return given


def _stage(everything: _Given, job: _Job, leave_out: LeaveOut) -> Staged:
    given = everything.without(leave_out) if leave_out else everything
    rules, snapshot, graph = job.rules, job.snapshot, job.graph
    replaced = graph if job.mode == "whole" else None
    resolver = Resolver(rules.contract, rules.concepts, rules.ontology, snapshot, replaced)
    mapped = map_tables(given.tables, resolver, graph, rules.headings, job.space)
    findings = [*given.findings, *mapped.findings]
    findings += (item for table, _ in given.tables for item in cell_findings(table))
    described = given.description or tuple(_published_description(job.publisher, snapshot))
    dataset = provenance.describe(provenance.contribution_iri(job.publisher), described)
    if not described and not job.rows_only:
        findings.append(finding("missing-description", Place(provenance.FILE_NAME, 0), dataset.iri.value))
    data = normalised((*mapped.quads, *given.stated))
    if not data and not any(item.severity is Severity.VIOLATION for item in given.findings):
        findings.append(finding("nothing", Place("", 0)))
    things = frozenset(quad.subject for quad in data)
    findings += misnumbered.find(given.stated, rules.contract, given.written_in)
    findings += duplicates.find(data, resolver, mapped, given.written_in)
    findings += unknown_things(given.stated, things, rules.contract, snapshot, given.written_in)
    stated = {quad.object for quad in data if quad.predicate == RDF.type and isinstance(quad.object, NamedNode)}
    staged = Staged(
        publisher=job.publisher,
        titles=dataset.titles,
        mode=job.mode,
        quads=data,
        provenance=described,
        report=Report.of(findings),
        mapped=mapped,
        tables=tuple(table for table, _ in given.tables),
        payload=given.payload,
        licence=dataset.license.value if dataset.license else "",
        source=" ".join(dataset.sources),
        requires=dataset.requires,
        space=job.space,
        written_in=given.written_in,
        classes=frozenset(stated | {template.target_class for _, template in given.tables}),
        left_out=leave_out,
        revision=snapshot.revision if snapshot else 0,
    ).checked(snapshot, rules, job.backend)
    if given.documents:
        staged = replace(staged, report=placed(staged.report, given.documents))
    if snapshot is None or job.mode == "merge":
        return staged
    return replace(staged, report=Report.of((*staged.report.findings, *_left_behind(staged, snapshot))))


def _joined(one: LeaveOut, other: LeaveOut) -> LeaveOut:
    return {file: (*one.get(file, ()), *other.get(file, ())) for file in one.keys() | other.keys()}


def _without(table: Table, leave_out: LeaveOut) -> Table:
    """The table without the rows that are named with its file or, in a workbook, with its file and sheet."""
    numbers = {*leave_out.get(table.file, ()), *leave_out.get(key_of(table.file, table.sheet), ())}
    return replace(table, rows=tuple(row for row in table.rows if row.number not in numbers)) if numbers else table


def _template(name: str, rules: Rules) -> Template:
    """By its slug, or by its name in one of our languages."""
    return rules.headings.named(name) or rules.contract.template(name)


def _licence_findings(file: SourceFile, job: _Job) -> Iterator[Finding]:
    """A warning where a description that is not used states another licence than the partner agreed to."""
    try:
        stated, _ = provenance.read_description(file.data, job.publisher, job.rules.description_properties, file.name)
    except ContributionError:
        return  # It is not used.
    licences, agreed = (
        {q.object.value for q in quads if q.predicate == DCTERMS.license and isinstance(q.object, NamedNode)}
        for quads in (stated, job.description)
    )
    for other in sorted(licences - agreed):
        values = {"agreed": ", ".join(sorted(agreed))}
        yield finding("other-licence", Place(file.name, 0), other, severity=Severity.WARNING, values=values)


def _file_finding(error: ContributionError, file: SourceFile) -> Finding:
    line, column = error.values.get("line"), error.values.get("column")
    return Finding(
        severity=Severity.VIOLATION,
        code=error.code,
        messages={lang: error.message(lang) for lang in LANGUAGES},
        file=file.name,
        row=line if isinstance(line, int) else None,
        column=str(column) if column is not None else None,
    )


def _left_behind(staged: Staged, snapshot: Snapshot) -> Iterator[Finding]:
    """A warning for each thing that goes while others still refer to it, unless one of them breaks, which is said."""
    graph, broken = staged.graph, {item.focus for item in staged.report.violations}
    for gone in sorted(staged.leaves_behind(snapshot), key=str):
        if any(quad.graph_name != graph for quad in snapshot.quads(gone, RDF.type, None, None)):
            continue
        uses = [
            quad
            for quad in snapshot.quads(None, None, gone, None)
            if quad.graph_name not in (graph, PROVENANCE_GRAPH) and isinstance(quad.graph_name, NamedNode)
        ]
        if uses and not any(quad.subject in broken for quad in uses):
            users = sorted({provenance.slug_of(quad.graph_name) for quad in uses})  # type: ignore[arg-type]
            yield finding(
                "left-behind",
                Place("", 0),
                ID.local(gone),
                severity=Severity.WARNING,
                focus=gone,
                values={"users": ", ".join(users)},
            )


def _published_description(publisher: str, snapshot: Snapshot | None) -> Iterator[Quad]:
    if snapshot is None:
        return
    contribution = provenance.contribution_iri(publisher)
    for quad in snapshot.quads(contribution, None, None, PROVENANCE_GRAPH):
        yield quad
        if quad.predicate == DCTERMS.publisher and isinstance(quad.object, NamedNode):
            yield from snapshot.quads(quad.object, None, None, PROVENANCE_GRAPH)
