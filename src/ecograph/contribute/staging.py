"""
From files to something that can be published: read, mapped, validated, with every finding at its row and column.

Nothing is written. A folder *replaces* what its publisher has published; single files are *merged* into it: the things
they describe are replaced whole, everything else stays.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final, Literal

from pyoxigraph import NamedNode, Quad

from ecograph.contribute import provenance
from ecograph.contribute.admission import admit
from ecograph.contribute.headings import Headings
from ecograph.contribute.mapping import Mapped, Place, finding, located, map_tables
from ecograph.contribute.resolving import Resolver
from ecograph.contribute.table import Table, read
from ecograph.errors import ContributionError, MissingRequirement, Rejected
from ecograph.identifiers import COMMON, Space, graph_iri
from ecograph.messages import LANGUAGES, Language
from ecograph.namespaces import DCTERMS, ECO, ID, PROVENANCE_GRAPH, RDF, RDFS, SH, SKOS
from ecograph.rdf.parsing import media_type_of, normalised
from ecograph.rdf.patch import Patch, diff
from ecograph.shacl.contract import Contract, Template
from ecograph.shacl.extract import context
from ecograph.shacl.report import Finding, Report, Severity
from ecograph.shacl.shapes import Shapes
from ecograph.shacl.validation import Backend, validate
from ecograph.store.base import Snapshot
from ecograph.vocabulary.concepts import Concepts
from ecograph.vocabulary.ontology import Ontology

Mode = Literal["replace", "merge"]
_TABLES: Final = (".csv", ".xlsx", ".xlsm", ".tsv")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the oldest date a ZIP can hold: the same files give the same bytes


@dataclass(frozen=True, eq=False)
class Rules:
    """What contributions are held against: contract and shapes, vocabulary and class hierarchy."""

    contract: Contract
    shapes: Shapes
    ontology: Ontology
    concepts: Concepts

    @classmethod
    def load(cls, resources_dir: Path) -> Rules:
        """The rules that `shapes/` and `ontology/` state."""
        shapes, ontology = Shapes.load(resources_dir), Ontology.load(resources_dir)
        return cls(Contract.from_shapes(shapes), shapes, ontology, Concepts.from_quads(ontology.quads))

    @cached_property
    def headings(self) -> Headings:
        """Every heading of every template."""
        return Headings(self.contract)

    @cached_property
    def background(self) -> tuple[Quad, ...]:
        """The class hierarchy and the schemes of our concepts, which every check needs."""
        return tuple(quad for quad in self.ontology.quads if quad.predicate == RDFS.subClassOf)

    @cached_property
    def concept_quads(self) -> Mapping[object, tuple[Quad, ...]]:
        """Which schemes each concept of ours is in, for use before the vocabulary is published."""
        found: dict[object, tuple[Quad, ...]] = {}
        for quad in self.ontology.quads:
            if quad.predicate == SKOS.inScheme:
                found[quad.subject] = (*found.get(quad.subject, ()), quad)
        return found

    @cached_property
    def description_properties(self) -> frozenset[NamedNode]:
        """What may be said of a contribution."""
        shape = next((node for node in self.shapes.subjects(SH.targetClass, ECO.Contribution)), None)
        properties = self.shapes.nodes(shape, SH.property) if shape is not None else ()
        paths = (self.shapes.iri(node, SH.path) for node in properties)
        return frozenset(path for path in paths if path is not None)


@dataclass(frozen=True)
class SourceFile:
    """A file as it arrived."""

    name: str
    data: bytes

    @classmethod
    def at(cls, path: Path) -> SourceFile:
        """The file at a path."""
        return cls(path.name, path.read_bytes())


@dataclass(frozen=True)
class Staged:
    """
    A contribution that has been read and checked.

    Args:
        publisher: The publisher's slug.
        titles: What it is called, in each language.
        mode: Whether it replaces what the publisher has published, or is merged into it.
        quads: Its statements, in the publisher's graph.
        provenance: What is said about it and its graph.
        report: Every finding.
        mapped: Which cell each statement comes from.
        tables: The tables as they were read.
        payload: The bytes that were contributed: the file, or a ZIP of several.
        licence: IRI of the licence.
        source: Where it was taken from.
        requires: Contributions that must be published before.
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
    requires: tuple[NamedNode, ...] = field(default=())

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
            rejected = Rejected(title=self.title, count=len(self.report.violations))
            rejected.findings = self.report.findings
            raise rejected

    def patch(self, snapshot: Snapshot) -> Patch:
        """What publishing it changes in the graph that a snapshot shows."""
        present = tuple(snapshot.quads(None, None, None, self.graph))
        wanted = self.quads if self.mode == "replace" else self._merged(present)
        described = {quad.subject for quad in self.provenance} | {self.graph}
        said = [quad for subject in described for quad in snapshot.quads(subject, None, None, PROVENANCE_GRAPH)]  # type: ignore[arg-type]
        about_graph = provenance.graph_quads(self.publisher, self.sha256, wanted)
        return diff((*present, *said), (*wanted, *self.provenance, *about_graph))

    def _merged(self, present: Iterable[Quad]) -> tuple[Quad, ...]:
        replaced = {quad.subject for quad in self.quads}
        return (*(quad for quad in present if quad.subject not in replaced), *self.quads)


def stage_folder(folder: Path, rules: Rules, snapshot: Snapshot | None, backend: Backend = "turbo") -> Staged:
    """
    Stage a publisher's folder: `dataset.ttl` and tables or Turtle, named after their templates.

    Args:
        folder: Its name is the publisher's slug.
        rules: What it is held against.
        snapshot: What is published; None for nothing.
        backend: Which SHACL engine.
    """
    files = [SourceFile.at(path) for path in sorted(folder.iterdir()) if _is_data(path)]
    return stage(files, folder.name, rules, snapshot, mode="replace", backend=backend)


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
    backend: Backend = "turbo",
) -> Staged:
    """
    Read, map and validate the files of one contribution. Nothing is written.

    Args:
        files: Tables, Turtle, and perhaps a `dataset.ttl`.
        publisher: Whose graph it is for.
        rules: What it is held against.
        snapshot: What is published; None for nothing.
        mode: `replace` what the publisher has published, or `merge` into it.
        template: The template of every table; None lets file names and headings tell.
        rows_only: For a check of what files say, before it is decided who publishes them: no description is asked for.
        space: Whose names the contribution may give.
        backend: Which SHACL engine.

    Returns:
        The statements and every finding, those of files that cannot be read at all among them.

    Source:
        docs/contributing-data.md.
    """
    graph = graph_iri(publisher)
    replaced = graph if mode == "replace" else None
    tables: list[tuple[Table, Template]] = []
    stated: list[Quad] = []
    described: tuple[Quad, ...] = ()
    findings: list[Finding] = []
    written_in: dict[object, str] = {}
    for file in files:
        try:
            if file.name == provenance.FILE_NAME:
                described, found = provenance.read_description(
                    file.data, publisher, rules.description_properties, file.name
                )
                findings += found
                written_in |= dict.fromkeys((quad.subject for quad in described), file.name)
            elif media_type_of(file.name):
                kept, refused = admit(file.name, file.data, graph, rules.contract, space, snapshot)
                stated += kept
                findings += refused
                written_in |= dict.fromkeys((quad.subject for quad in kept), file.name)
            else:
                table = read(file.data, file.name, rules.headings.known)
                chosen = rules.contract.template(template) if template else None
                tables.append((table, chosen or rules.headings.template_of(file.name, table.columns)))
        except ContributionError as error:
            findings.append(_file_finding(error, file))
    resolver = Resolver(rules.contract, rules.concepts, rules.ontology, snapshot, replaced)
    mapped = map_tables(tables, resolver, graph, rules.headings, space)
    findings += mapped.findings
    if not described:
        described = tuple(_published_description(publisher, snapshot))
    dataset = provenance.describe(provenance.contribution_iri(publisher), described)
    if not described and not rows_only:
        findings.append(finding("missing-description", Place(provenance.FILE_NAME, 0), dataset.iri.value))
    data = normalised((*mapped.quads, *stated))
    checked = (*data, *described)
    known = (*rules.background, *_schemes(data, rules), *context(checked, rules.shapes, snapshot, replaced))
    report = located(validate(checked, known, rules.shapes, backend), mapped, rules.shapes)
    findings += [found if found.file else replace(found, file=written_in.get(found.focus)) for found in report.findings]
    if not data:
        findings.append(finding("nothing", Place("", 0)))
    if mode == "replace" and snapshot is not None:
        findings += _left_behind(graph, data, snapshot)
    payload = pack(files)
    return Staged(
        publisher=publisher,
        titles=dataset.titles,
        mode=mode,
        quads=data,
        provenance=described,
        report=Report.of(findings),
        mapped=mapped,
        tables=tuple(table for table, _ in tables),
        payload=payload,
        licence=dataset.license.value if dataset.license else "",
        source=" ".join(dataset.sources),
        requires=dataset.requires,
    )


def in_order(folders: Sequence[Path], rules: Rules, published: Iterable[NamedNode] = ()) -> tuple[Path, ...]:
    """
    Folders in the order in which they must be loaded (`dcterms:requires`), alphabetically where it does not matter.

    Args:
        folders: One per publisher.
        rules: Which properties a description may have.
        published: Contributions that are there already.

    Raises:
        MissingRequirement: Something required is nowhere, or two folders require each other.
        SyntaxFault: A description does not parse.
    """
    by_name = {folder.name: folder for folder in sorted(folders)}
    there = {provenance.slug_of(iri) for iri in published}
    graph: dict[str, set[str]] = {}
    for name, folder in by_name.items():
        path = folder / provenance.FILE_NAME
        quads: tuple[Quad, ...] = ()
        if path.is_file():
            quads, _ = provenance.read_description(
                path.read_bytes(), name, rules.description_properties | {DCTERMS.requires}, f"{name}/{path.name}"
            )
        dataset = provenance.describe(provenance.contribution_iri(name), quads)
        needed = {provenance.slug_of(iri) for iri in dataset.requires}
        missing = sorted(needed - by_name.keys() - there)
        if missing:
            raise MissingRequirement(title=name, missing=", ".join(missing))
        graph[name] = needed & by_name.keys()
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError as error:
        raise MissingRequirement(title=error.args[1][0], missing=", ".join(error.args[1][1:])) from error
    ordered: list[Path] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered += [by_name[name] for name in ready]
        sorter.done(*ready)
    return tuple(ordered)


def pack(files: Sequence[SourceFile]) -> bytes:
    """The bytes of a contribution: the file itself, or a ZIP that is the same for the same files."""
    if len(files) == 1:
        return files[0].data
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(files, key=lambda item: item.name):
            archive.writestr(zipfile.ZipInfo(file.name, _EPOCH), file.data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpack(payload: bytes, name: str) -> tuple[SourceFile, ...]:
    """The files that `pack` packed; a single file gets `name`."""
    if not zipfile.is_zipfile(io.BytesIO(payload)) or name.lower().endswith((".xlsx", ".xlsm")):
        return (SourceFile(name, payload),)
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        return tuple(SourceFile(member, archive.read(member)) for member in archive.namelist())


def _is_data(path: Path) -> bool:
    is_known = path.suffix.lower() in _TABLES or media_type_of(path.name) is not None
    return path.is_file() and is_known and not path.name.startswith((".", "~"))


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


def _left_behind(graph: NamedNode, data: Iterable[Quad], snapshot: Snapshot) -> Iterator[Finding]:
    """A warning for each thing that the contribution leaves out while others still refer to it."""
    stays = {quad.subject for quad in data}
    for gone in snapshot.quads(None, RDF.type, None, graph):
        if gone.subject in stays or not isinstance(gone.subject, NamedNode):
            continue
        if any(quad.graph_name != graph for quad in snapshot.quads(gone.subject, RDF.type, None, None)):
            continue
        users = {quad.graph_name for quad in snapshot.quads(None, None, gone.subject, None)} - {graph, PROVENANCE_GRAPH}
        if users:
            yield finding(
                "left-behind",
                Place("", 0),
                ID.local(gone.subject),
                severity=Severity.WARNING,
                focus=gone.subject,
                values={"users": ", ".join(sorted(provenance.slug_of(user) for user in users))},  # type: ignore[arg-type]
            )


def _schemes(data: Iterable[Quad], rules: Rules) -> Iterator[Quad]:
    for node in {quad.object for quad in data}:
        yield from rules.concept_quads.get(node, ())


def _published_description(publisher: str, snapshot: Snapshot | None) -> Iterator[Quad]:
    if snapshot is None:
        return
    contribution = provenance.contribution_iri(publisher)
    for quad in snapshot.quads(contribution, None, None, PROVENANCE_GRAPH):
        yield quad
        if quad.predicate == DCTERMS.publisher and isinstance(quad.object, NamedNode):
            yield from snapshot.quads(quad.object, None, None, PROVENANCE_GRAPH)
