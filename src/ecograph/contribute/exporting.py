"""What a publisher has published, as the template that it can be edited in and sent back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pyoxigraph import NamedNode, Quad

from ecograph.contribute.identity.resolving import Resolver
from ecograph.contribute.rules import Rules
from ecograph.contribute.templates import csvw
from ecograph.contribute.templates.workbook import Sheet, build
from ecograph.contribute.writing import Cells, Writer, things_of, write_csv
from ecograph.identifiers import COMMON, Space, graph_iri
from ecograph.messages import Language
from ecograph.namespaces import RDF
from ecograph.shacl.contract import Template
from ecograph.store.base import Snapshot

Form = Literal["csv", "xlsx", "csvw"]


def export(
    snapshot: Snapshot,
    publisher: str,
    template: Template,
    rules: Rules,
    *,
    lang: Language | None = None,
    form: Form = "csv",
    space: Space = COMMON,
) -> bytes:
    """
    What a publisher has published of one class, as a filled-in template.

    Edited and sent back, it changes the graph by the edits and nothing else.

    Args:
        snapshot: What is published.
        publisher: The publisher's slug.
        template: Which class.
        rules: Labels, class hierarchy and templates.
        lang: Headings, labels and names in that language; None for machine headings, slugs and addresses.
        form: CSV; a workbook, where what belongs to the rows has sheets beside them; or a ZIP for readers of CSV on
            the Web, which has no language.
        space: Whose things have short ids.

    Returns:
        The rows in the order of their IRIs; the same graph gives the same CSV, byte by byte.

    Source:
        docs/templates.md, "Export".
    """
    if form == "csvw":
        return csvw.package(published(snapshot, publisher, template), template, rules.concepts)
    if form == "csv":
        return write_csv(template, published_rows(snapshot, publisher, template, rules, lang=lang, space=space), lang)
    beside = rules.contract.related(template, rules.ontology.superclasses(template.target_class))
    sheets = [
        Sheet(each, published_rows(snapshot, publisher, each, rules, lang=lang, space=space))
        for each in (template, *beside)
    ]
    shown = [sheet for sheet in sheets if sheet.rows or sheet.template == template]
    return build(shown, rules, lang or "en", machine=lang is None, revision=snapshot.revision)


def published_rows(
    snapshot: Snapshot,
    publisher: str,
    template: Template,
    rules: Rules,
    *,
    lang: Language | None = None,
    space: Space = COMMON,
) -> tuple[Cells, ...]:
    """The rows of an export."""
    resolver = Resolver(rules.contract, rules.concepts, rules.ontology, snapshot, space=space)

    def name_of(iri: NamedNode, classes: tuple[NamedNode, ...]) -> str | None:
        return resolver.writable(iri, lang, classes) if lang else None

    writer = Writer(rules.concepts, lang, name_of, space)
    return writer.rows(things_of(published(snapshot, publisher, template), template), template)


def published(snapshot: Snapshot, publisher: str, template: Template) -> Iterator[Quad]:
    """Everything that a publisher says of things of a template's class."""
    graph = graph_iri(publisher)
    for stated in snapshot.quads(None, RDF.type, template.target_class, graph):
        if isinstance(stated.subject, NamedNode):
            yield from snapshot.quads(stated.subject, None, None, graph)


def all_templates(snapshot: Snapshot, publisher: str, rules: Rules) -> tuple[Template, ...]:
    """The templates of which a publisher has published anything."""
    graph = graph_iri(publisher)
    return tuple(
        template
        for template in rules.contract.templates.values()
        if next(snapshot.quads(None, RDF.type, template.target_class, graph), None) is not None
    )
