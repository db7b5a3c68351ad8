"""
What a contribution may say: our classes and properties, about things, in the publisher's own graph.

What is refused here could not be said in a table either. Every refused statement has a finding, with line and column
where the document tells them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.contribute.identity.ownership import CHANGES_KIND, CLAIM, judge, others_classes
from ecograph.contribute.limits import LIMITS
from ecograph.contribute.mapping import Place, finding, table_place
from ecograph.contribute.reading.table import Table
from ecograph.identifiers import COMMON, Space, kind_and_slug
from ecograph.messages import LANGUAGES, Language, text
from ecograph.namespaces import BASE, DCTERMS, FOAF, ID, PROV, PROVENANCE_GRAPH, RDF
from ecograph.rdf.documents import Document, read
from ecograph.rdf.parsing import media_type_of
from ecograph.rdf.positions import Position
from ecograph.rdf.skolemising import SKOLEM_KIND
from ecograph.rdf.terms import iri_fault, text_fault, visible
from ecograph.shacl.contract import Contract, Template
from ecograph.shacl.report import Finding, Report, Severity
from ecograph.store.base import Snapshot

_MAX_NAME: Final = 200  # characters of a file's name: what every file system takes
_IN_TEXT: Final = "[ ]"  # how a document writes what it gives no name


class Admitted(NamedTuple):
    """What came of an RDF file: the statements let in, a finding for each of the others, and the file as read."""

    quads: tuple[Quad, ...]
    findings: tuple[Finding, ...]
    document: Document


def admit(
    name: str,
    data: bytes,
    graph: NamedNode,
    contract: Contract,
    space: Space = COMMON,
    snapshot: Snapshot | None = None,
    most: int = LIMITS.triples,
) -> Admitted:
    """
    The statements of a Turtle or N-Triples file that may be contributed, and a finding for each of the others.

    Args:
        name: The file's name; its ending tells the format.
        data: Its bytes.
        graph: The publisher's graph, the only one that is written to.
        contract: Which classes and properties there are.
        space: Whose names the publisher may give.
        snapshot: What is published.
        most: How many statements the file may hold.

    Raises:
        SyntaxFault: It does not parse; with line and column.
        RefusedFormat: A format that is for output only.
        TooLarge: Over a limit that can be told before it is read, or more than `most` statements.

    Source:
        docs/contributing-data.md, "Turtle and N-Triples"; docs/limits.md.
    """
    document = read(data, media_type_of(name) or "", graph, file=name, space=space, most=most)
    check = _Check(name, document, graph, contract, space, snapshot)
    kept = tuple(check.statements())
    return Admitted(kept, tuple(check.findings), document)


def cell_findings(table: Table) -> Iterator[Finding]:
    """A finding for each cell with a text that is too long, or that shows something else than it says."""
    for row in table.rows:
        for at, cell in enumerate(row.cells):
            code = text_fault(cell) if cell else None
            if code:
                heading = table.columns[at] if at < len(table.columns) else None
                yield finding(code, table_place(table, row.number, heading), visible(cell))


def name_finding(name: str) -> Finding | None:
    """What is wrong with the name of a file: folders in it, or characters that nobody sees."""
    hidden = visible(name, _MAX_NAME) != name
    if hidden or not name.strip(". ") or "/" in name or "\\" in name:
        return finding("bad-file-name", Place(visible(name), 0), visible(name))
    return None


def unknown_things(
    stated: Iterable[Quad],
    things: frozenset[object],
    contract: Contract,
    snapshot: Snapshot | None,
    written_in: Mapping[NamedNode, str],
) -> Iterator[Finding]:
    """
    A finding for each reference to anything at all that leads to nothing; a shape can only ask for a class.

    Args:
        stated: The statements of RDF files.
        things: What the contribution describes, in whichever file.
        contract: Which properties refer to anything.
        snapshot: What is published.
        written_in: The file of each thing.
    """
    anywhere = {
        (template.target_class, column.path)
        for template in contract.templates.values()
        for column in template.columns
        if column.kind == "reference" and not column.classes
    }
    paths = {path for _, path in anywhere}
    for quad in stated:
        if quad.predicate not in paths or quad.object in things or not isinstance(quad.subject, NamedNode):
            continue
        if _is_published(quad.object, snapshot):
            continue
        yield finding(
            "unknown-thing",
            Place(written_in.get(quad.subject, ""), 0),
            _shown(quad.object),
            focus=quad.subject,
            path=quad.predicate,
            values={"wanted": {lang: text("contribution.kind.anything", lang) for lang in LANGUAGES}},
        )


def description_findings(
    description: Iterable[Quad], file: str, graph: NamedNode, snapshot: Snapshot | None
) -> Iterator[Finding]:
    """
    A finding for each address or text of a description that is not what it seems, and for a publisher whom others know
    by another name: what names a publisher is shared by all its contributions.

    Args:
        description: What a `dataset.ttl` says.
        file: Its name.
        graph: The publisher's graph.
        snapshot: What is published.
    """
    for quad in description:
        code = _value_fault(quad.object)
        if code is not None:
            yield finding(code, Place(file, 0), _shown(quad.object), focus=quad.subject, path=quad.predicate)  # type: ignore[arg-type]
        if quad.predicate == FOAF.name and snapshot is not None and isinstance(quad.subject, NamedNode):
            named = {said.object.value for said in snapshot.quads(quad.subject, FOAF.name, None, PROVENANCE_GRAPH)}  # type: ignore[union-attr]
            if named and quad.object.value not in named and _is_shared(quad.subject, graph, snapshot):  # type: ignore[union-attr]
                values = {"known": ", ".join(sorted(named))}
                place = Place(file, 0)
                yield finding("publisher-named-otherwise", place, visible(quad.subject.value), values=values)


def placed(report: Report, documents: Mapping[str, Document]) -> Report:
    """
    The report with line and column on the findings about what RDF files state.

    Args:
        report: What was found.
        documents: The files as they were read, by name.
    """
    return Report.of(_at_its_place(item, documents) for item in report.findings)


@dataclass
class _Check:
    """One document against the contract."""

    name: str
    document: Document
    graph: NamedNode
    contract: Contract
    space: Space
    snapshot: Snapshot | None
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._kinds = {template.iri_kind for template in self.contract.templates.values()} | {SKOLEM_KIND}
        self._stated: dict[object, set[NamedNode]] = {}
        for quad in self.document.quads:
            classes = self._stated.setdefault(quad.subject, set())
            if quad.predicate == RDF.type and isinstance(quad.object, NamedNode):
                classes.add(quad.object)
        self._paths: dict[object, frozenset[NamedNode] | None] = {}

    def statements(self) -> Iterator[Quad]:
        """What is let in; `findings` is complete when this has run to its end."""
        described: dict[object, bool] = {}
        for at, quad in enumerate(self.document.quads):
            if quad.subject not in described:
                described[quad.subject] = self._may_describe(at, quad)
            if described[quad.subject]:
                kept = self._admitted(at, quad)
                if kept is not None:
                    yield kept

    def _may_describe(self, at: int, quad: Quad) -> bool:
        """Whether the publisher may say anything of a thing."""
        subject, place = quad.subject, self.document.subject_at(at)
        if not isinstance(subject, NamedNode):
            return False
        code = iri_fault(subject.value) if subject.value.startswith(("http:", "https:")) else "foreign-subject"
        kind = (kind_and_slug(subject) or ("", ""))[0]
        if code is None and kind not in self._kinds:
            code = "foreign-subject"
        if code is not None:
            self._say(code, place, visible(subject.value), focus=subject)
            return False
        classes = self._stated[subject]
        code = judge(subject, self._known(classes), self.space, self.graph, self.snapshot)
        if code == CHANGES_KIND:
            found = others_classes(subject, self.graph, self.snapshot)
            values = {"found": self._names(found), "wanted": self._names(classes - found)}
            self._say(code, place, _shown(subject), focus=subject, values=values)
        elif code == CLAIM:
            self._say(code, place, _shown(subject), focus=subject, severity=Severity.INFO)
        elif code is not None:
            self._say(code, place, _shown(subject), focus=subject)
        elif not classes:
            self._say("no-class", place, _shown(subject), focus=subject)
        return code in (None, CLAIM)

    def _admitted(self, at: int, quad: Quad) -> Quad | None:
        """The statement as it is let in; None with a finding for one that is not."""
        predicate, value = quad.predicate, quad.object
        if predicate not in self.contract.properties:
            self._refuse("foreign-term", self.document.predicate_at(at), visible(predicate.value), quad)
            return None
        if predicate == RDF.type:
            if self._may_be(quad):
                return quad
            self._refuse("foreign-class", self.document.object_at(at), _shown(value), quad)
            return None
        paths = self._paths_of(quad.subject)
        if paths is not None and predicate not in paths:
            place, thing = self.document.predicate_at(at), {"thing": _shown(quad.subject)}
            self._refuse("not-in-template", place, visible(predicate.value), quad, values=thing)
            return None
        code = _value_fault(value)
        if code is not None:
            self._refuse(code, self.document.object_at(at), _shown(value), quad)
            return None
        return _composed(quad)

    def _may_be(self, quad: Quad) -> bool:
        """Whether a thing may have the class: it has a template, and its kind is the one in the thing's IRI."""
        template = self.contract.by_class.get(quad.object) if isinstance(quad.object, NamedNode) else None
        kind = (kind_and_slug(quad.subject) or ("", ""))[0] if isinstance(quad.subject, NamedNode) else ""
        return template is not None and kind in (template.iri_kind, SKOLEM_KIND)

    def _known(self, classes: Iterable[NamedNode]) -> frozenset[NamedNode]:
        """Those of the classes that have a template; the others are refused by themselves."""
        return frozenset(cls for cls in classes if cls in self.contract.by_class)

    def _paths_of(self, subject: object) -> frozenset[NamedNode] | None:
        """The properties of the templates of a thing's classes; None if it has no class with a template."""
        if subject not in self._paths:
            classes = set(self._stated[subject])
            if isinstance(subject, NamedNode):
                classes |= others_classes(subject, self.graph, self.snapshot)
            templates = [self.contract.by_class[cls] for cls in self._known(classes)]
            self._paths[subject] = _paths(templates) if templates else None
        return self._paths[subject]

    def _names(self, classes: Iterable[NamedNode]) -> Mapping[Language, str]:
        """What classes are called, in each language."""
        ordered: Sequence[NamedNode] = sorted(classes, key=str)
        return {
            lang: ", ".join(
                self.contract.by_class[cls].names.get(lang, "")
                if cls in self.contract.by_class
                else visible(cls.value.removeprefix(f"{BASE}ns#"))
                for cls in ordered
            )
            for lang in LANGUAGES
        }

    def _refuse(
        self,
        code: str,
        place: Position | None,
        value: str,
        quad: Quad,
        values: Mapping[str, str | Mapping[Language, str]] | None = None,
    ) -> None:
        focus = quad.subject if isinstance(quad.subject, NamedNode) else None
        path = None if quad.predicate == RDF.type else quad.predicate
        self._say(code, place, value, focus=focus, path=path, values=values)

    def _say(
        self,
        code: str,
        place: Position | None,
        value: str,
        *,
        focus: NamedNode | None,
        path: NamedNode | None = None,
        severity: Severity = Severity.VIOLATION,
        values: Mapping[str, str | Mapping[Language, str]] | None = None,
    ) -> None:
        at = Place(self.name, place.line, str(place.column)) if place else Place(self.name, 0)
        self.findings.append(finding(code, at, value, severity=severity, focus=focus, path=path, values=values))


def _is_published(thing: object, snapshot: Snapshot | None) -> bool:
    if snapshot is None or not isinstance(thing, NamedNode):
        return False
    return any(snapshot.quads(thing, RDF.type, None, None))


def _is_shared(publisher: NamedNode, graph: NamedNode, snapshot: Snapshot) -> bool:
    """Whether others than the graph's publisher are published by it, so that its name is not theirs alone."""
    contributions = {quad.subject for quad in snapshot.quads(None, DCTERMS.publisher, publisher, PROVENANCE_GRAPH)}
    own = {quad.object for quad in snapshot.quads(graph, PROV.wasDerivedFrom, None, PROVENANCE_GRAPH)}
    return not contributions <= own


def _at_its_place(item: Finding, documents: Mapping[str, Document]) -> Finding:
    document = documents.get(item.file or "")
    if document is None or item.row is not None:
        return item
    place = document.where(item.focus, item.path, item.term)
    return replace(item, row=place.line, column=str(place.column)) if place else item


def _value_fault(value: object) -> str | None:
    if isinstance(value, NamedNode):
        return iri_fault(value.value)
    if isinstance(value, Literal):
        return "text-direction" if value.direction is not None else text_fault(value.value)
    return "bad-iri"


def _composed(quad: Quad) -> Quad:
    """The statement with its letters composed, as keyboards write them: what is one letter is one character."""
    value = quad.object
    if not isinstance(value, Literal) or unicodedata.is_normalized("NFC", value.value):
        return quad
    composed = unicodedata.normalize("NFC", value.value)
    literal = (
        Literal(composed, language=value.language) if value.language else Literal(composed, datatype=value.datatype)
    )
    return Quad(quad.subject, quad.predicate, literal, quad.graph_name)


def _paths(templates: Iterable[Template]) -> frozenset[NamedNode]:
    return frozenset(path for template in templates for path in template.by_path)


def _shown(term: object) -> str:
    """A term in a message: our own by its short name, others as they are, none by a name that we made up."""
    if isinstance(term, NamedNode) and term in ID:
        local = ID.local(term)
        return _IN_TEXT if local.startswith(f"{SKOLEM_KIND}/") else visible(local)
    return visible(getattr(term, "value", str(term)))
