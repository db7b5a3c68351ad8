"""For every class: what is exported and imported again is what was there, and an edit of a cell is that edit only."""

from __future__ import annotations

import csv
import io

import pytest
from generation import GRAPH, NUMBER_OF_TEMPLATES, PUBLISHER, rules, snapshot, templates, things
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad

from ecograph.contribute import exporting
from ecograph.contribute.exporting import Form
from ecograph.contribute.mapping import Mapped, map_tables
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.resolving import Resolver
from ecograph.contribute.staging import stage
from ecograph.contribute.table import read_tables
from ecograph.messages import LANGUAGES, Language
from ecograph.namespaces import DCTERMS, ID
from ecograph.rdf.parsing import normalised
from ecograph.shacl.contract import Template
from ecograph.shacl.report import Severity

EXAMPLES = 10
"""Per class and form: 36 classes and 7 forms make 2,500 round trips in a few minutes."""

EDIT = "https://example.org/edited"
SLUGS = [template.slug for template in templates()]

FORMS = [("csv", None), *(("csv", lang) for lang in LANGUAGES), ("xlsx", None), ("xlsx", "da"), ("xlsx", "en")]

each_template = pytest.mark.parametrize("slug", SLUGS)
quick = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
few = settings(quick, max_examples=2)


def read_back(data: bytes, form: str, template: Template, present: tuple[Quad, ...]) -> Mapped:
    rule, shown = rules(), snapshot(*present)
    headings = rule.headings
    tables = read_tables(data, f"{template.slug}.{form}", headings.known, headings.is_template)
    resolver = Resolver(rule.contract, rule.concepts, rule.ontology, shown)
    return map_tables([(table, headings.template_for(table)) for table in tables], resolver, GRAPH, headings)


def drawn(template: Template, data: st.DataObject) -> tuple[Quad, ...]:
    return normalised(data.draw(things(template)))


def test_no_class_is_lost() -> None:
    """
    Every class that has a template goes through the round trip.
    """
    assert len(SLUGS) == NUMBER_OF_TEMPLATES


@each_template
@pytest.mark.parametrize(("form", "lang"), FORMS)
@quick
@given(data=st.data())
def test_export_and_import_give_the_same_graph(form: Form, lang: Language | None, slug: str, data: st.DataObject) -> None:
    """
    Whatever a publisher has published comes back from its export, in every form and language, statement by statement.
    """
    template = rules().contract.template(slug)
    present = drawn(template, data)
    exported = exporting.export(snapshot(*present), PUBLISHER, template, rules(), lang=lang, form=form)
    mapped = read_back(exported, form, template, present)
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
    rows = list(csv.reader(io.StringIO(exporting.export(snapshot(*present), PUBLISHER, template, rules()).decode(), newline="")))
    at = rows[0].index("source")
    rows[1][at] = EDIT
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    file = SourceFile(f"{slug}.csv", out.getvalue().encode())
    staged = stage([file], PUBLISHER, rules(), snapshot(*present), rows_only=True)
    patch = staged.patch(snapshot(*present))
    edited = {quad for quad in present if quad.subject.value.endswith(rows[1][0])}
    assert {(quad.subject.value, quad.predicate, quad.object.value) for quad in patch.additions if quad.graph_name == GRAPH} == {
        (ID.iri + rows[1][0], DCTERMS.source, EDIT)
    }
    assert {quad for quad in patch.removals if quad.graph_name == GRAPH} == {
        quad for quad in edited if quad.predicate == DCTERMS.source
    }
