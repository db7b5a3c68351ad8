"""
Another reader gets our statements from our CSV: csvw reads the tables, and the rules of csv2rdf make triples of them.

The rules are those of "Generating RDF from Tabular Data on the Web" (W3C Recommendation 2015), minimal mode, section 4.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from csvw import CSVW
from generation import NUMBER_OF_TEMPLATES, rules, templates, things
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Triple

from ecograph.contribute.templates import csvw
from ecograph.namespaces import RDF, XSD
from ecograph.rdf.parsing import normalised

SLUGS = [template.slug for template in templates()]
QUICK = ("need", "participation", "solution")
"""Classes that `make check` looks at too: texts, lists, references, numbers and dates are all in them."""

EXAMPLES = 15
STRINGS = ("string", None)


def triples_of(folder: Path, slug: str) -> set[Triple]:
    """The triples that csv2rdf makes of what csvw read."""
    group = CSVW(str(folder / f"{slug}.csv-metadata.json"), validate=True)
    assert group.is_valid, [str(warning.message) for warning in group.warnings]
    return {triple for table in group.tables for triple in _of_table(table)}


def _of_table(table: Any) -> Iterator[Triple]:
    columns = table.tableSchema.columns
    for number, row in enumerate(table.iterdicts(), start=1):
        for column in columns:
            if column.suppressOutput:
                continue
            value = row.get(column.name)
            if not column.virtual and (value is None or value == [] or value == ""):
                continue
            about = table.expand(column.inherit("aboutUrl"), row, _row=number, _name=column.name)
            path = table.expand(column.inherit("propertyUrl"), row, _row=number, _name=column.name)
            subject, predicate = NamedNode(about), NamedNode(path.replace("rdf:", RDF.iri))
            template = column.inherit("valueUrl")
            if template:
                yield Triple(subject, predicate, NamedNode(table.expand(template, row, _row=number, _name=column.name)))
                continue
            for item in value if isinstance(value, list) else [value]:
                yield Triple(subject, predicate, _literal(item, column))


def _literal(value: Any, column: Any) -> Literal:
    datatype = column.inherit("datatype")
    base = datatype.base if datatype else None
    lang = column.inherit("lang")
    if base in STRINGS and lang != "und":
        return Literal(value, language=lang)
    written = datatype.formatted(value) if datatype else value
    return Literal(written) if base in STRINGS else Literal(written, datatype=XSD[base])


def of_quads(quads: tuple[Quad, ...]) -> set[Triple]:
    return {quad.triple for quad in quads}


def test_no_class_is_lost() -> None:
    """
    Every class that has a template is described for CSV on the Web.
    """
    assert len(SLUGS) == NUMBER_OF_TEMPLATES


@pytest.mark.parametrize(
    "slug", [slug if slug in QUICK else pytest.param(slug, marks=pytest.mark.slow) for slug in SLUGS]
)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_another_reader_gets_the_same_triples(slug: str, data: st.DataObject) -> None:
    """
    What csvw reads from the tables and their metadata is, by csv2rdf, what was published: no triple more, none less.
    """
    template = rules().contract.template(slug)
    present = normalised(data.draw(things(template)))
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(io.BytesIO(csvw.package(present, template, rules().concepts))).extractall(folder)
        found = triples_of(Path(folder), slug)
    as_stored = normalised(Quad(t.subject, t.predicate, t.object) for t in found)  # type: ignore[arg-type]
    assert of_quads(as_stored) == of_quads(present)


@pytest.mark.parametrize("slug", SLUGS)
def test_metadata_describes_every_column_in_three_languages(slug: str) -> None:
    """
    The metadata names each column by its machine heading and by its headings in Danish, Swedish and English.
    """
    template = rules().contract.template(slug)
    first = json.loads(csvw.metadata_json(template))["tables"][0]["tableSchema"]["columns"]
    assert [column["name"] for column in first] == ["id", *(c.key for c in template.columns), "type"]
    for described, column in zip(first[1:-1], template.columns, strict=True):
        assert described["titles"] == {
            "und": column.key,
            **{lang: column.heading(lang) for lang in ("da", "sv", "en")},
        }
