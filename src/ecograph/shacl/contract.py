"""
The shapes read as a contract: which classes have a template, and which columns it has.

This is the only place where a column list comes from. A column exists because a property shape says so.

Conventions of `shapes/*.ttl`, beside SHACL's own words:

- a node shape with `eco:templateSlug` is a template; `eco:iriKind` is the kind in its things' IRIs, and the list
  `eco:identifiedBy` names the property shapes whose values name a row that has no id of its own;
- a property shape is called `ecosh:{Class}-{key}`, and `key` is the column; `...-expected` only adds a minimum that
  informs the reviewer;
- `sh:languageIn` makes one column per language; `sh:node` of a shape that fixes `skos:inScheme` makes a concept column;
  `sh:class` makes a reference, and so does `eco:refersToAnyThing true`, to anything known;
- `eco:identifying true` marks values by which others may refer to the thing;
- `skos:example` is a value that the example row of a template shows, where none follows from the other rules.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, NamedNode

from ecograph.errors import UnknownTemplate
from ecograph.messages import LANGUAGES, Language, text
from ecograph.namespaces import CONCEPT, ECO, ECOSH, RDF, RDFS, SH, SKOS, XSD
from ecograph.shacl.columns import ID_COLUMN, Column, Kind, Template
from ecograph.shacl.report import Severity
from ecograph.shacl.shapes import Node, Shapes

__all__ = ["ID_COLUMN", "Column", "ColumnNote", "Contract", "Kind", "Template", "template_csv", "template_rows"]

_EXPECTED: Final = "-expected"
_KIND_OF_DATATYPE: Final[Mapping[NamedNode, Kind]] = {
    XSD.string: "string",
    XSD.anyURI: "iri",
    XSD.date: "date",
    XSD.gYear: "year",
    XSD.decimal: "decimal",
    XSD.integer: "integer",
    XSD.boolean: "boolean",
    RDF.langString: "text",
}
_SEVERITIES: Final = {SH.Violation: Severity.VIOLATION, SH.Warning: Severity.WARNING, SH.Info: Severity.INFO}


@dataclass(frozen=True)
class Contract:
    """
    Every template, by slug; the labels of the column groups; and what people call the concept schemes.
    """

    templates: Mapping[str, Template]
    groups: Mapping[NamedNode, Mapping[Language, str]]
    schemes: Mapping[str, Mapping[Language, str]]

    @classmethod
    def load(cls, resources_dir: Path) -> Contract:
        """
        The contract that `shapes/` states.

        Raises:
            SyntaxFault: A shapes file does not parse.
        """
        return cls.from_shapes(Shapes.load(resources_dir))

    @classmethod
    def from_shapes(cls, shapes: Shapes) -> Contract:
        """The contract of a shapes graph."""
        templates: dict[str, Template] = {}
        for node in shapes.subjects(ECO.templateSlug):
            if isinstance(node, NamedNode):
                template = _template(shapes, node)
                templates[template.slug] = template
        groups = {
            node: shapes.texts(node, RDFS.label)
            for node in shapes.subjects(RDF.type, SH.PropertyGroup)
            if isinstance(node, NamedNode)
        }
        schemes: dict[str, Mapping[Language, str]] = {}
        for node in shapes.subjects(SH.property):
            scheme = _own_scheme(shapes, node)
            if scheme:
                schemes.setdefault(scheme, shapes.texts(node, RDFS.label))
        return cls(dict(sorted(templates.items())), groups, schemes)

    def template(self, slug: str) -> Template:
        """
        The template called `slug`.

        Raises:
            UnknownTemplate: There is none.
        """
        try:
            return self.templates[slug]
        except KeyError:
            raise UnknownTemplate(name=slug, known=", ".join(self.templates)) from None

    @cached_property
    def by_class(self) -> Mapping[NamedNode, Template]:
        """Templates by the class of their rows."""
        return {template.target_class: template for template in self.templates.values()}

    def related(self, template: Template, superclasses: Iterable[NamedNode] = ()) -> tuple[Template, ...]:
        """
        The templates whose rows belong to a row of this one, such as participations to a project.

        Args:
            template: The template they belong to.
            superclasses: The classes above its own, for what belongs to any actor.
        """
        classes = {template.target_class, *superclasses}
        return tuple(
            other
            for other in self.templates.values()
            if other.owner is not None and not classes.isdisjoint(other.owner.classes)
        )

    @cached_property
    def properties(self) -> frozenset[NamedNode]:
        """Every property a contribution may use."""
        columns = (column for template in self.templates.values() for column in template.columns)
        return frozenset(column.path for column in columns) | {RDF.type}

    @cached_property
    def identifying(self) -> Mapping[NamedNode, frozenset[NamedNode]]:
        """Per class, the properties whose values identify a thing."""
        return {
            template.target_class: frozenset(column.path for column in template.columns if column.identifying)
            for template in self.templates.values()
        }


@dataclass(frozen=True)
class ColumnNote:
    """One line of a template's readable listing."""

    key: str
    heading: str
    required: bool
    expected: bool
    many: bool
    kind: str
    description: str


def template_rows(template: Template, lang: Language) -> tuple[ColumnNote, ...]:
    """What each column of a template is for, in the reader's language."""
    identity = ColumnNote(
        key=ID_COLUMN,
        heading=ID_COLUMN,
        required=template.id_required,
        expected=False,
        many=False,
        kind=text("contribution.kind.id", lang),
        description=text("contribution.id-description", lang),
    )
    return (identity, *(_note(column, lang) for column in template.columns))


def template_csv(template: Template, lang: Language | None = None) -> bytes:
    """
    An empty table to fill in: the header row.

    Args:
        template: Which class.
        lang: Headings in that language, for Excel (semicolon, byte order mark); None gives the machine headings (RFC
            4180).
    """
    out = io.StringIO()
    headings = [column.heading(lang) if lang else column.key for column in template.columns]
    csv.writer(out, delimiter=";" if lang else ",").writerow([ID_COLUMN, *headings])
    return out.getvalue().encode("utf-8-sig" if lang else "utf-8")


def _note(column: Column, lang: Language) -> ColumnNote:
    wanted = ", ".join(_local(node) for node in column.classes) or text("contribution.kind.anything", lang)
    return ColumnNote(
        key=column.key,
        heading=column.heading(lang),
        required=column.required,
        expected=column.min_count > 0 and not column.required,
        many=column.many,
        kind=text(f"contribution.kind.{column.kind}", lang, scheme=column.scheme or "", wanted=wanted),
        description=column.descriptions.get(lang, ""),
    )


def _template(shapes: Shapes, node: NamedNode) -> Template:
    slug = shapes.text(node, ECO.templateSlug)
    target = shapes.iri(node, SH.targetClass)
    if slug is None or target is None:
        raise ValueError(f"{node.value}: a template needs eco:templateSlug and sh:targetClass")
    expected: dict[NamedNode, Severity] = {}
    columns: list[Column] = []
    for shape in _property_shapes(shapes, node):
        path = shapes.iri(shape, SH.path)
        if path is None:
            continue
        if shape.value.endswith(_EXPECTED):
            expected[path] = _severity(shapes, shape)
        elif shape in ECOSH and not shapes.flag(shape, SH.deactivated):
            columns += _columns(shapes, shape, path)
    columns = [
        replace(column, min_count=1, severity=expected[column.path])
        if column.path in expected and not column.min_count
        else column
        for column in columns
    ]
    group_order = {group: shapes.number(group, SH.order) or 0.0 for group in {c.group for c in columns if c.group}}
    place = {lang: position for position, lang in enumerate(LANGUAGES)}
    columns.sort(
        key=lambda c: (group_order.get(c.group, 0.0) if c.group else 0.0, c.order, c.base_key, place.get(c.lang, 0))  # type: ignore[arg-type]
    )
    lists = shapes.nodes(node, ECO.identifiedBy)
    identified_by = [_key(item) for head in lists for item in shapes.items(head) if isinstance(item, NamedNode)]
    return Template(
        slug=slug,
        target_class=target,
        iri_kind=shapes.text(node, ECO.iriKind) or slug,
        shape=node,
        columns=tuple(columns),
        identified_by=tuple(identified_by),
        names=shapes.texts(node, RDFS.label),
        descriptions=shapes.texts(node, RDFS.comment),
    )


def _property_shapes(shapes: Shapes, node: Node) -> Iterator[NamedNode]:
    """The named property shapes of a node shape, and of the node shapes it includes by `sh:node`, each once."""
    seen: set[Node] = set()
    pending: list[Node] = [node]
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        for shape in shapes.nodes(current, SH.property):
            if isinstance(shape, NamedNode) and shape not in seen:
                seen.add(shape)
                yield shape
        pending += shapes.nodes(current, SH.node)


def _columns(shapes: Shapes, shape: NamedNode, path: NamedNode) -> Iterator[Column]:
    kind, datatype = _kind(shapes, shape)
    key = _key(shape)
    min_count, max_count = shapes.number(shape, SH.minCount), shapes.number(shape, SH.maxCount)
    column = Column(
        key=key,
        base_key=key,
        path=path,
        kind=kind,
        datatype=datatype,
        classes=_classes(shapes, shape) if kind == "reference" else (),
        scheme=_scheme(shapes, shape) if kind == "concept" else None,
        min_count=int(min_count or 0),
        max_count=None if max_count is None else int(max_count),
        severity=_severity(shapes, shape),
        pattern=shapes.text(shape, SH.pattern),
        minimum=shapes.number(shape, SH.minInclusive),
        maximum=shapes.number(shape, SH.maxInclusive),
        example=shapes.text(shape, SKOS.example),
        names=shapes.texts(shape, SH.name),
        descriptions=shapes.texts(shape, SH.description),
        group=shapes.iri(shape, SH.group),
        order=shapes.number(shape, SH.order) or 0.0,
        shape=shape,
        identifying=shapes.flag(shape, ECO.identifying),
    )
    if kind != "text":
        yield column
        return
    for lang in LANGUAGES:
        yield replace(column, key=f"{key}_{lang}", lang=lang)


def _kind(shapes: Shapes, shape: NamedNode) -> tuple[Kind, NamedNode | None]:
    if shapes.values(shape, SH.languageIn) or shapes.flag(shape, SH.uniqueLang):
        return "text", RDF.langString
    datatype = shapes.iri(shape, SH.datatype)
    if datatype is not None:
        return _KIND_OF_DATATYPE[datatype], datatype
    if _scheme(shapes, shape):
        return "concept", None
    if shapes.flag(shape, ECO.refersToAnyThing) or _classes(shapes, shape):
        return "reference", None
    datatypes = {shapes.iri(option, SH.datatype) for option in shapes.alternatives(shape)} - {None}
    if datatypes:
        if datatypes <= {XSD.date, XSD.gYearMonth, XSD.gYear}:
            return "partial_date", None
        raise ValueError(f"{shape.value}: no column kind for a choice between these datatypes")
    if shapes.iri(shape, SH.nodeKind) == SH.IRI:
        return "iri", None
    return "string", None


def _scheme(shapes: Shapes, shape: Node) -> str | None:
    """The scheme a property shape fixes, directly or by the shape it names with `sh:node`."""
    owners = (shape, *shapes.nodes(shape, SH.node))
    return next((scheme for scheme in (_own_scheme(shapes, owner) for owner in owners) if scheme), None)


def _own_scheme(shapes: Shapes, node: Node) -> str | None:
    for inner in shapes.nodes(node, SH.property):
        if shapes.iri(inner, SH.path) == SKOS.inScheme:
            scheme = shapes.iri(inner, SH.hasValue)
            if scheme is not None:
                return CONCEPT.local(scheme)
    return None


def _classes(shapes: Shapes, shape: NamedNode) -> tuple[NamedNode, ...]:
    owners: list[Node] = [shape, *shapes.alternatives(shape)]
    found = [value for owner in owners for value in shapes.values(owner, SH["class"])]
    return tuple(dict.fromkeys(value for value in found if isinstance(value, NamedNode)))


def _severity(shapes: Shapes, shape: Node) -> Severity:
    stated = shapes.iri(shape, SH.severity)
    return _SEVERITIES.get(stated, Severity.VIOLATION) if stated else Severity.VIOLATION


def _key(shape: NamedNode | BlankNode) -> str:
    """
    The column key in a property shape's name.

    Example:
        >>> _key(NamedNode("https://w3id.org/ecograph/shapes#FundingStatement-stated_in"))
        'stated_in'
    """
    return shape.value.rpartition("#")[2].partition("-")[2].removesuffix(_EXPECTED)


def _local(node: NamedNode) -> str:
    return node.value.rpartition("#")[2] or node.value
