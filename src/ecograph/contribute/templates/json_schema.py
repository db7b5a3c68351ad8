"""JSON Schema of a template's row, for entry forms and for rows sent as JSON."""

from __future__ import annotations

import json
from typing import Any, Final

from ecograph.messages import Language, text
from ecograph.namespaces import BASE
from ecograph.shacl.contract import ID_COLUMN, Column, Template
from ecograph.vocabulary.concepts import Concepts

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_ID_PATTERN: Final = "^([a-z-]+/)?[a-z0-9_-]+$"
_DAY: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_PARTIAL: Final = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
_YEAR: Final = "^[0-9]{4}$"


def json_schema(template: Template, concepts: Concepts, lang: Language = "en") -> dict[str, Any]:
    """
    What one row may be, by machine heading.

    Args:
        template: Which class.
        concepts: What columns with a list may hold.
        lang: Of titles and descriptions.

    Source:
        JSON Schema 2020-12; docs/templates.md, "JSON Schema".
    """
    columns = template.columns
    found: dict[str, Any] = {
        "$schema": DIALECT,
        "$id": f"{BASE}templates/{template.slug}.json",
        "title": template.names.get(lang, template.slug),
        "description": template.descriptions.get(lang, ""),
        "type": "object",
        "properties": {
            ID_COLUMN: {
                "type": "string",
                "pattern": _ID_PATTERN,
                "description": text("contribution.id-description", lang),
            },
            **{column.key: _property(column, concepts, lang) for column in columns},
        },
        "required": [
            *([ID_COLUMN] if template.id_required else ()),
            *(column.key for column in columns if column.required and column.lang is None),
        ],
        "additionalProperties": False,
    }
    in_some_language = dict.fromkeys(column.base_key for column in columns if column.required and column.lang)
    if in_some_language:
        found["allOf"] = [
            {"anyOf": [{"required": [column.key]} for column in template.of_base(base)]} for base in in_some_language
        ]
    return found


def json_schema_json(template: Template, concepts: Concepts, lang: Language = "en") -> bytes:
    """The schema as bytes."""
    return (json.dumps(json_schema(template, concepts, lang), ensure_ascii=False, indent=1) + "\n").encode()


def _property(column: Column, concepts: Concepts, lang: Language) -> dict[str, Any]:
    said = {"title": column.heading(lang), "description": column.descriptions.get(lang, "")}
    value = _value(column, concepts)
    if not column.many:
        return {**said, **value}
    found = {**said, "type": "array", "items": value, "uniqueItems": True}
    if column.required:
        found["minItems"] = column.min_count
    if column.max_count is not None:
        found["maxItems"] = column.max_count
    return found


def _value(column: Column, concepts: Concepts) -> dict[str, Any]:
    match column.kind:
        case "concept":
            return {"enum": [iri.value.rpartition("/")[2] for iri in concepts.in_scheme(column.scheme or "")]}
        case "decimal" | "integer":
            found: dict[str, Any] = {"type": "number" if column.kind == "decimal" else "integer"}
            if column.minimum is not None:
                found["minimum"] = column.minimum
            if column.maximum is not None:
                found["maximum"] = column.maximum
            return found
        case "boolean":
            return {"type": "boolean"}
        case "date":
            return {"type": "string", "format": "date", "pattern": _DAY}
        case "partial_date":
            return {"type": "string", "pattern": _PARTIAL}
        case "year":
            return {"type": "string", "pattern": _YEAR}
        case "iri":
            return {"type": "string", "format": "uri", "pattern": column.pattern or "^https?://"}
        case _:
            return {"type": "string", "minLength": 1, **({"pattern": column.pattern} if column.pattern else {})}
