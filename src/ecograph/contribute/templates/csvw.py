"""
CSV on the Web: metadata from which any CSVW processor gets our statements from our CSV.

A column of CSVW gives one IRI per cell and one datatype for all of them. What a column of ours says beyond that
(several references, dates that may be a year) stands once more in a second table, one value per row. Both tables are
described by one metadata document.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.contribute.packing import SourceFile, pack
from ecograph.contribute.writing import Cells, Writer, address, things_of, write_csv
from ecograph.messages import LANGUAGES
from ecograph.namespaces import CONCEPT, ID, XSD
from ecograph.shacl.contract import ID_COLUMN, Column, Template
from ecograph.vocabulary.concepts import Concepts

CONTEXT: Final = ["http://www.w3.org/ns/csvw", {"@language": "en"}]
_BASES: Final[Mapping[str, str]] = {
    "decimal": "decimal",
    "integer": "integer",
    "boolean": "boolean",
    "date": "date",
    "year": "gYear",
}
_VALUE_COLUMNS: Final[Mapping[str, str]] = {
    "text": "string",
    "date": "date",
    "month": "gYearMonth",
    "year": "gYear",
    "decimal": "decimal",
    "integer": "integer",
    "boolean": "boolean",
}
"""The columns of the table of values that hold literals, each with its datatype."""
_COLUMN_OF: Final = {XSD[datatype].value: name for name, datatype in _VALUE_COLUMNS.items()}
_VALUES_HEADER: Final = (ID_COLUMN, "property", "link", *_VALUE_COLUMNS)


def metadata(template: Template) -> dict[str, Any]:
    """
    The metadata document `{slug}.csv-metadata.json` of a template.

    Source:
        Metadata Vocabulary for Tabular Data (W3C Recommendation 2015); Generating RDF from Tabular Data on the Web,
        section 4; docs/templates.md, "CSV on the Web".
    """
    return {
        "@context": CONTEXT,
        "tables": [
            {
                "url": f"{template.slug}.csv",
                "dc:title": {lang: template.names[lang] for lang in LANGUAGES if lang in template.names},
                "dc:description": {lang: template.descriptions[lang] for lang in LANGUAGES if lang in template.names},
                "tableSchema": {
                    "aboutUrl": f"{ID.iri}{{+{ID_COLUMN}}}",
                    "primaryKey": ID_COLUMN,
                    "columns": [
                        _id_column(),
                        *(_column(column) for column in template.columns),
                        {
                            "name": "type",
                            "virtual": True,
                            "propertyUrl": "rdf:type",
                            "valueUrl": template.target_class.value,
                        },
                    ],
                },
            },
            {
                "url": f"{template.slug}-values.csv",
                "tableSchema": {
                    "aboutUrl": f"{ID.iri}{{+{ID_COLUMN}}}",
                    "propertyUrl": "{+property}",
                    "columns": [
                        _id_column(),
                        _named("property", suppressOutput=True, required=True),
                        _named("link", valueUrl="{+link}"),
                        *(_named(name, datatype=datatype) for name, datatype in _VALUE_COLUMNS.items()),
                    ],
                },
            },
        ],
    }


def metadata_json(template: Template) -> bytes:
    """The metadata document as bytes."""
    return (json.dumps(metadata(template), ensure_ascii=False, indent=1) + "\n").encode()


def package(quads: Iterable[Quad], template: Template, concepts: Concepts) -> bytes:
    """
    A ZIP with the two tables and their metadata.

    Args:
        quads: What is published; only things of the template's class are written.
        template: Which class.
        concepts: The concept schemes.

    Returns:
        `{slug}.csv`, `{slug}-values.csv` and `{slug}.csv-metadata.json`. Cells are written as they are, without a guard
        against formulas: the tables are for programs.
    """
    things = things_of(quads, template)
    rows = _Plain(concepts).rows(things, template)
    return pack(
        [
            SourceFile(f"{template.slug}.csv", write_csv(template, rows, plain=True)),
            SourceFile(f"{template.slug}-values.csv", _values(things, template)),
            SourceFile(f"{template.slug}.csv-metadata.json", metadata_json(template)),
        ]
    )


class _Plain(Writer):
    """Writes no value in a column of one reference that its template could not bring back; the second table has it."""

    def row(self, iri: NamedNode, said: Iterable[Quad], template: Template) -> Cells:
        columns = template.by_path
        return super().row(
            iri, [quad for quad in said if not _is_elsewhere(quad, columns.get(quad.predicate, ()))], template
        )


def _values(things: Mapping[NamedNode, Iterable[Quad]], template: Template) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_VALUES_HEADER)
    columns = template.by_path
    for iri in sorted(things, key=lambda iri: iri.value):
        for quad in sorted(things[iri], key=str):
            found = columns.get(quad.predicate, ())
            if found and (_in_values(found[0]) or _is_elsewhere(quad, found)):
                writer.writerow([address(iri), quad.predicate.value, *_value_cells(quad)])
    return out.getvalue().encode()


def _value_cells(quad: Quad) -> Iterator[str]:
    value = quad.object
    name = "link" if isinstance(value, NamedNode) else ""
    if isinstance(value, Literal):
        name = _COLUMN_OF[value.datatype.value]
    for column in _VALUES_HEADER[2:]:
        yield value.value if column == name and isinstance(value, NamedNode | Literal) else ""


def _in_values(column: Column) -> bool:
    """Whether what a column says stands in the table of values."""
    return column.many or column.kind == "partial_date"


def _is_elsewhere(quad: Quad, columns: tuple[Column, ...]) -> bool:
    """Whether a single value does not begin as its column's `valueUrl` does."""
    base = next((_value_base(column) for column in columns if not _in_values(column)), None)
    return base is not None and isinstance(quad.object, NamedNode) and not quad.object.value.startswith(base)


def _value_base(column: Column) -> str | None:
    match column.kind:
        case "concept":
            return f"{CONCEPT.iri}{column.scheme}/"
        case "reference":
            return ID.iri
        case "iri":
            return ""
        case _:
            return None


def _id_column() -> dict[str, Any]:
    return _named(ID_COLUMN, suppressOutput=True, required=True)


def _named(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "titles": name, **more}


def _column(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": column.key,
        "titles": {"und": column.key, **{lang: column.heading(lang) for lang in LANGUAGES}},
        "dc:description": {lang: column.descriptions[lang] for lang in LANGUAGES if lang in column.descriptions},
    }
    if column.required and column.lang is None:
        found["required"] = True
    if _in_values(column):
        found["suppressOutput"] = True
        if column.many:
            found["separator"] = "|"
        return found
    found["propertyUrl"] = column.path.value
    base = _value_base(column)
    if base is not None:
        found["valueUrl"] = f"{base}{{+{column.key}}}"
    elif column.lang:
        found |= {"lang": column.lang, "datatype": "string"}
    else:
        found["datatype"] = _datatype(column)
    return found


def _datatype(column: Column) -> Any:
    found: dict[str, Any] = {"base": _BASES.get(column.kind, "string")}
    if column.pattern and found["base"] == "string":
        found["format"] = column.pattern
    if column.minimum is not None:
        found["minimum"] = f"{column.minimum:g}"
    if column.maximum is not None:
        found["maximum"] = f"{column.maximum:g}"
    return found if len(found) > 1 else found["base"]
