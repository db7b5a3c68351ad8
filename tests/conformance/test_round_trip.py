"""For every class: what is exported and imported again is what was there, and an edit of a cell is that edit only."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import pytest
from generation import GRAPH, NUMBER_OF_TEMPLATES, PUBLISHER, rules, snapshot, templates, things
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad

from ecograph.contribute import exporting
from ecograph.contribute.exporting import Form
from ecograph.contribute.identity.resolving import Resolver
from ecograph.contribute.mapping import Mapped, map_tables
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.reading.table import read_tables
from ecograph.contribute.staging import stage
from ecograph.identifiers import COMMON, Space, thing_iri
from ecograph.messages import LANGUAGES, Language
from ecograph.namespaces import DCTERMS
from ecograph.rdf.parsing import normalised
from ecograph.shacl.contract import Template
from ecograph.shacl.report import Severity

EXAMPLES = 10
"""Per class and form: 36 classes and 8 forms make 2,900 round trips in a few minutes."""

EDIT = "https://example.org/edited"
SLUGS = [template.slug for template in templates()]

FORMS = [("csv", None)] + [
    pytest.param(form, lang, marks=pytest.mark.slow)
    for form in ("csv", "xlsx")
    for lang in (None, *LANGUAGES)
    if (form, lang) != ("csv", None)
]

each_template = pytest.mark.parametrize("slug", SLUGS)
quick = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
few = settings(quick, max_examples=2)


def read_back(data: bytes, form: str, template: Template, present: tuple[Quad, ...], space: Space) -> Mapped:
    rule, shown = rules(), snapshot(*present)
    headings = rule.headings
    tables = read_tables(data, f"{template.slug}.{form}", headings.known, headings.is_template)
    resolver = Resolver(rule.contract, rule.concepts, rule.ontology, shown)
    return map_tables([(table, headings.template_for(table)) for table in tables], resolver, GRAPH, headings, space)


def drawn(template: Template, data: st.DataObject, space: Space = COMMON) -> tuple[Quad, ...]:
    return normalised(data.draw(things(template, space)))


def test_no_class_is_lost() -> None:
    """
    Every class that has a template goes through the round trip.
    """
    assert len(SLUGS) == NUMBER_OF_TEMPLATES


@each_template
@pytest.mark.parametrize(("form", "lang"), FORMS)
@quick
@given(data=st.data())
def test_export_and_import_give_the_same_graph(
    form: Form, lang: Language | None, slug: str, data: st.DataObject
) -> None:
    """
    Whatever a publisher has published comes back from its export, in every form and language, statement by statement.
    """
    template = rules().contract.template(slug)
    space = data.draw(st.sampled_from([COMMON, Space(PUBLISHER)]))
    present = drawn(template, data, space)
    exported = exporting.export(snapshot(*present), PUBLISHER, template, rules(), lang=lang, form=form, space=space)
    mapped = read_back(exported, form, template, present, space)
    assert [found.as_json() for found in mapped.findings if found.severity is Severity.VIOLATION] == []
    assert set(normalised(mapped.quads)) == set(present)


@each_template
@few
@given(data=st.data())
def test_an_edit_of_a_cell_is_that_edit_and_nothing_else(slug: str, data: st.DataObject) -> None:
    """
    A cell that is changed in an export changes the graph by that value alone.
    """
    template = rules().contract.template(slug)
    present = drawn(template, data)
    before = snapshot(*present)
    exported = exporting.export(before, PUBLISHER, template, rules()).decode()
    rows = list(csv.reader(io.StringIO(exported, newline="")))
    rows[1][rows[0].index("source")] = EDIT
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    file = SourceFile(f"{slug}.csv", out.getvalue().encode())
    patch = stage([file], PUBLISHER, rules(), before, rows_only=True).patch(before)
    edited = thing_iri(*rows[1][0].split("/"))
    assert of_graph(patch.additions) == {Quad(edited, DCTERMS.source, NamedNode(EDIT), GRAPH)}
    assert of_graph(patch.removals) == {
        quad for quad in present if quad.subject == edited and quad.predicate == DCTERMS.source
    }


def of_graph(quads: Iterable[Quad]) -> set[Quad]:
    return {quad for quad in quads if quad.graph_name == GRAPH}
