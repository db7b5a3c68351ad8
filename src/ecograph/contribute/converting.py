"""Tables to Turtle and Turtle to tables, without a graph to look things up in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from typing import Literal as LiteralType

from pyoxigraph import NamedNode, Quad

from ecograph.contribute.identity.resolving import Known, Resolver
from ecograph.contribute.mapping import Place, finding, map_tables
from ecograph.contribute.packing import SourceFile, pack
from ecograph.contribute.reading import cells
from ecograph.contribute.reading.table import Table, read_tables
from ecograph.contribute.rules import Rules
from ecograph.contribute.templates.example import without_example
from ecograph.contribute.templates.workbook import Sheet, build
from ecograph.contribute.writing import Writer, things_of, write_csv
from ecograph.identifiers import COMMON, Space, graph_iri, kind_and_slug, thing_iri
from ecograph.messages import Language
from ecograph.namespaces import ID, RDF
from ecograph.rdf.formats import TURTLE
from ecograph.rdf.parsing import media_type_of, parse
from ecograph.rdf.serializing import write_graph
from ecograph.shacl.contract import Column, Template
from ecograph.shacl.report import Finding, Report
from ecograph.store.base import Snapshot

Target = LiteralType["ttl", "csv", "xlsx"]
_GRAPH: Final = graph_iri("converted")  # statements need a graph until they are written; Turtle does not show it
_ADDRESS: Final = ("http://", "https://")


@dataclass(frozen=True)
class Converted:
    """
    A file in another form.

    Args:
        name: What it is called: the old name with another ending, or the template's.
        data: Its bytes.
        report: What could not be carried over. Empty means that nothing was lost.
    """

    name: str
    data: bytes
    report: Report


def convert(
    data: bytes,
    name: str,
    to: Target,
    rules: Rules,
    snapshot: Snapshot | None = None,
    *,
    lang: Language | None = None,
    template: str | None = None,
    space: Space = COMMON,
) -> Converted:
    """
    A table as Turtle, or Turtle as tables; a table in another form of table too.

    Args:
        data: The file.
        name: Its name: the ending tells Turtle and N-Triples, the beginning the template of a table.
        to: `ttl`, `csv` or `xlsx`.
        rules: Templates and vocabulary.
        snapshot: What names and codes may refer to; without it, only addresses and `kind/slug` are taken for things.
        lang: Headings and labels of tables in that language; None for machine headings.
        template: The template of a CSV.
        space: Whose names the rows get.

    Returns:
        For CSV a ZIP where the things are of several classes.

    Raises:
        ContributionError: The file cannot be read at all.

    Source:
        docs/templates.md, "Converting".
    """
    stem = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or name
    if media_type_of(name):
        quads: Sequence[Quad] = parse(data, media_type_of(name) or "", _GRAPH, file=name)
        findings: tuple[Finding, ...] = ()
    else:
        quads, findings = _mapped(data, name, rules, snapshot, template, space)
    if to == "ttl":
        return Converted(f"{stem}.ttl", turtle(quads), Report.of(findings))
    lost = tuple(_left_out(quads, rules, name))
    return _tables(quads, stem, to, rules, lang, space, Report.of((*findings, *lost)))


def turtle(quads: Iterable[Quad]) -> bytes:
    """
    Statements as Turtle for people: prefixes, each thing once, its class first, in an order that stays.

    Example:
        >>> need = ID["need/n1"]
        >>> print(turtle([Quad(need, RDF.type, NamedNode("urn:Need"))]).decode().splitlines()[-1])
        <https://w3id.org/ecograph/id/need/n1> a <urn:Need> .
    """
    ordered = sorted(
        quads,
        key=lambda quad: (str(quad.subject), quad.predicate != RDF.type, quad.predicate.value, str(quad.object)),
    )
    return write_graph(ordered, TURTLE)


def _mapped(
    data: bytes, name: str, rules: Rules, snapshot: Snapshot | None, template: str | None, space: Space
) -> tuple[Sequence[Quad], tuple[Finding, ...]]:
    headings = rules.headings
    chosen = rules.contract.template(template) if template else None
    tables: list[tuple[Table, Template]] = []
    read = read_tables(data, name, headings.known, headings.is_template)
    for table in read:
        of_table = (chosen if len(read) == 1 else None) or headings.template_for(table, chosen)
        tables.append((without_example(table, of_table, rules), of_table))
    named = [known for table, of_table in tables for known in _addressed(table, of_table, rules)]
    resolver = Resolver(rules.contract, rules.concepts, rules.ontology, snapshot, own=named)
    mapped = map_tables(tables, resolver, _GRAPH, headings, space)
    return mapped.quads, mapped.findings


def _addressed(table: Table, template: Template, rules: Rules) -> Iterator[Known]:
    """The things that cells name by address: without a graph to ask, they are taken at their word."""
    columns = rules.headings.columns(template, table.columns)
    for at, column in enumerate(columns):
        if column is None or column.kind != "reference":
            continue
        for row in table.rows:
            cell = row.cells[at] if at < len(row.cells) else ""
            for part in cells.split(cell) if column.many else (cell,):
                iri = _iri(part)
                classes = _classes(iri, column, rules) if iri is not None else frozenset()
                if iri is not None and classes:
                    yield Known(iri, classes)


def _iri(cell: str) -> NamedNode | None:
    try:
        if cell.startswith(_ADDRESS):
            return NamedNode(cell)
        kind, slash, slug = cell.partition("/")
        return thing_iri(kind, slug) if kind and slash and slug and " " not in cell else None
    except ValueError:
        return None


def _classes(iri: NamedNode, column: Column, rules: Rules) -> frozenset[NamedNode]:
    """What a thing of that address can be: the classes of its kind, or for an address elsewhere what is asked for."""
    parts = kind_and_slug(iri)
    if parts is None:
        return frozenset(column.classes)
    return frozenset(each.target_class for each in rules.contract.templates.values() if each.iri_kind == parts[0])


def _tables(
    quads: Sequence[Quad],
    stem: str,
    to: Target,
    rules: Rules,
    lang: Language | None,
    space: Space,
    report: Report,
) -> Converted:
    writer = Writer(rules.concepts, lang, space=space)
    found: dict[str, Mapping[NamedNode, Sequence[Quad]]] = {}
    for slug, template in rules.contract.templates.items():
        things = things_of(quads, template)
        if things:
            found[slug] = things
    sheets = [
        Sheet(rules.contract.templates[slug], writer.rows(things, rules.contract.templates[slug]))
        for slug, things in found.items()
    ]
    if to == "xlsx":
        sheets = sheets or [Sheet(next(iter(rules.contract.templates.values())))]
        return Converted(f"{stem}.xlsx", build(sheets, rules, lang or "en", machine=lang is None), report)
    files = [SourceFile(f"{sheet.template.slug}.csv", write_csv(sheet.template, sheet.rows, lang)) for sheet in sheets]
    if len(files) == 1:
        return Converted(files[0].name, files[0].data, report)
    return Converted(f"{stem}.zip", pack(files), report)


def _left_out(quads: Iterable[Quad], rules: Rules, name: str) -> Iterator[Finding]:
    """A finding for each statement that no table has a place for."""
    classes: dict[object, list[Template]] = {}
    stated = list(quads)
    for quad in stated:
        template = rules.contract.by_class.get(quad.object) if quad.predicate == RDF.type else None  # type: ignore[arg-type]
        if template is not None and isinstance(quad.object, NamedNode):
            classes.setdefault(quad.subject, []).append(template)
    for quad in stated:
        templates = classes.get(quad.subject, [])
        if quad.predicate == RDF.type and isinstance(quad.object, NamedNode) and quad.object in rules.contract.by_class:
            continue
        if not any(quad.predicate in template.by_path for template in templates):
            subject = quad.subject if isinstance(quad.subject, NamedNode) else None
            shown = ID.local(subject) if subject is not None else str(quad.subject)
            yield finding("not-in-a-table", Place(name, 0), f"{shown}: {quad.predicate.value}", focus=subject)
