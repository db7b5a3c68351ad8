"""What validation found, at the row and column where it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pyoxigraph import Literal, NamedNode

from ecograph.contribute.mapping import Mapped, Subject
from ecograph.namespaces import CONCEPT, ID, SH
from ecograph.shacl.report import Finding, Report, Term
from ecograph.shacl.shapes import Node, Shapes


def located(report: Report, mapped: Mapped, shapes: Shapes) -> Report:
    """
    The report with file, row and column on each finding, without what mapping has said already.

    Args:
        report: What validation found.
        mapped: Where everything was written.
        shapes: For findings without a path: the property their shape is about.
    """
    return Report.of(finding for finding in _located(report.findings, mapped, shapes))


def _located(findings: Iterable[Finding], mapped: Mapped, shapes: Shapes) -> Iterator[Finding]:
    spoken_of: dict[tuple[Node | None, str], tuple[NamedNode, ...]] = {}
    for found in findings:
        subject = mapped.subjects.get(found.focus) if isinstance(found.focus, NamedNode) else None
        if subject is None or not isinstance(found.focus, NamedNode):
            yield found
            continue
        asked = (found.shape, subject.template.slug)
        if found.path is None and asked not in spoken_of:
            spoken_of[asked] = tuple(_paths_of(shapes, found.shape, subject))
        paths = spoken_of[asked] if found.path is None else (found.path,)
        about_a_value = found.path is not None and found.term is not None
        if not about_a_value and any((found.focus, path) in mapped.faulty for path in paths):
            continue
        place = subject.place
        if paths:
            place = replace(place, column=subject.heading(paths[0]))
            if about_a_value and isinstance(found.term, NamedNode | Literal):
                place = mapped.origins.get((found.focus, paths[0], found.term), place)
        value = _written(found.term) if about_a_value else None
        yield replace(found, file=place.file, sheet=place.sheet, row=place.row, column=place.column, value=value)


def _written(term: Term | None) -> str | None:
    """A value as it is written in a cell."""
    if isinstance(term, NamedNode) and term in ID:
        return ID.local(term)
    if isinstance(term, NamedNode) and term in CONCEPT:
        return CONCEPT.local(term).partition("/")[2]
    return None if term is None else term.value


def _paths_of(shapes: Shapes, shape: Node | None, subject: Subject) -> Iterator[NamedNode]:
    """The properties that a shape without a path speaks of and the thing's template has."""
    pending = [shape] if shape is not None else []
    for node in pending:
        for path in shapes.nodes(node, SH.path):
            if isinstance(path, NamedNode) and path in subject.template.by_path:
                yield path
        pending += [inner for inner in shapes.inner(node) if inner not in pending]
