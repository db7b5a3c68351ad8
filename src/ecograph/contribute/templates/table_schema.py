"""Table Schema (Frictionless): the machine-heading CSV of a template, described for data packages."""

from __future__ import annotations

import json
from typing import Any, Final

from ecograph.messages import Language, text
from ecograph.shacl.contract import ID_COLUMN, Column, Template
from ecograph.vocabulary.concepts import Concepts

PROFILE: Final = "https://datapackage.org/profiles/2.0/tableschema.json"
_TYPES: Final = {"decimal": "number", "integer": "integer", "boolean": "boolean", "date": "date", "year": "year"}
_ID_PATTERN: Final = "([a-z-]+/)?[a-z0-9_-]+"


def table_schema(template: Template, concepts: Concepts, lang: Language = "en") -> dict[str, Any]:
    """
    The `{slug}.schema.json` of a template.

    Args:
        template: Which class.
        concepts: What columns with a list may hold.
        lang: Of titles and descriptions.

    Source:
        Table Schema 2.0; docs/templates.md, "Table Schema".
    """
    return {
        "$schema": PROFILE,
        "title": template.names.get(lang, template.slug),
        "description": template.descriptions.get(lang, ""),
        "fields": [_id_field(template, lang), *(_field(column, concepts, lang) for column in template.columns)],
        "missingValues": [""],
    }


def table_schema_json(template: Template, concepts: Concepts, lang: Language = "en") -> bytes:
    """The schema as bytes."""
    return (json.dumps(table_schema(template, concepts, lang), ensure_ascii=False, indent=1) + "\n").encode()


def _id_field(template: Template, lang: Language) -> dict[str, Any]:
    constraints: dict[str, Any] = {"unique": True, "pattern": _ID_PATTERN}
    if template.id_required:
        constraints["required"] = True
    return {
        "name": ID_COLUMN,
        "type": "string",
        "description": text("contribution.id-description", lang),
        "constraints": constraints,
    }


def _field(column: Column, concepts: Concepts, lang: Language) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": column.key,
        "title": column.heading(lang),
        "description": column.descriptions.get(lang, ""),
        "rdfType": column.path.value,
    }
    constraints: dict[str, Any] = {}
    if column.required and column.lang is None:
        constraints["required"] = True
    if column.many:
        found |= {"type": "list", "delimiter": "|", "itemType": "string"}
    else:
        found["type"] = _TYPES.get(column.kind, "string")
        constraints |= _value_constraints(column, concepts)
        if column.kind == "iri":
            found["format"] = "uri"
    if constraints:
        found["constraints"] = constraints
    return found


def _value_constraints(column: Column, concepts: Concepts) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if column.scheme:
        found["enum"] = [iri.value.rpartition("/")[2] for iri in concepts.in_scheme(column.scheme)]
    if column.pattern:
        found["pattern"] = column.pattern
    if column.minimum is not None:
        found["minimum"] = column.minimum
    if column.maximum is not None:
        found["maximum"] = column.maximum
    return found
