"""
JSON Schemas of the Reconciliation Service API v0.2, written here from the text of its specification.

They say what the text says must be, and refuse members that it does not name, so that a misspelt one is found.
"""

from __future__ import annotations

from typing import Any, Final

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string", "minLength": 1}
_URL: Final[Schema] = {"type": "string", "pattern": "^https?://[^ ]+$"}


def _object(required: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _each(items: Schema, **more: object) -> Schema:
    return {"type": "array", "items": items, **more}


_NAMED: Final = _object({"id": _TEXT, "name": _TEXT})
_TYPE: Final = _object({"id": _TEXT, "name": _TEXT}, {"broader": _each({"type": "object"})})
_TEMPLATE: Final[Schema] = {"type": "string", "pattern": r"^https?://.*\{\{id\}\}"}
_SUGGEST: Final = _object(
    {"service_url": _URL, "service_path": {"type": "string", "pattern": "^/"}},
    {"flyout_service_url": _URL, "flyout_service_path": {"type": "string", "pattern": r"^/.*\$\{id\}"}},
)

# Service Manifest
MANIFEST: Final = _object(
    {
        "versions": _each(_TEXT, contains={"const": "0.2"}),
        "name": _TEXT,
        "identifierSpace": _URL,
        "schemaSpace": _URL,
    },
    {
        "defaultTypes": _each(_TYPE, uniqueItems=True),
        "documentation": _URL,
        "logo": _URL,
        "serviceVersion": _TEXT,
        "view": _object({"url": _TEMPLATE}),
        "feature_view": _object({"url": _TEMPLATE}),
        "preview": _object(
            {
                "url": _TEMPLATE,
                "width": {"type": "integer", "minimum": 1},
                "height": {"type": "integer", "minimum": 1},
            }
        ),
        "suggest": _object({}, {"entity": _SUGGEST, "property": _SUGGEST, "type": _SUGGEST}),
        "extend": _object(
            {}, {"propose_properties": _object({"service_url": _URL, "service_path": _TEXT}), "property_settings": {}}
        ),
        "batchSize": {"type": "integer", "minimum": 1},
        "authentication": {"type": "object"},
    },
)

# Reconciliation Query Responses
_FEATURE: Final = _object({"id": _TEXT, "value": {"type": ["number", "boolean"]}})
_CANDIDATE: Final = _object(
    {"id": _TEXT, "name": _TEXT, "score": {"type": "number", "minimum": 0, "maximum": 100}},
    {
        "description": {"type": "string"},
        "type": _each(_TYPE),
        "features": _each(_FEATURE, uniqueItems=True),
        "match": {"type": "boolean"},
    },
)
RESULTS: Final[Schema] = {"type": "object", "additionalProperties": _object({"result": _each(_CANDIDATE)})}

# Suggest Responses, Flyout Services
ENTITIES: Final = _object(
    {"result": _each(_object({"id": _TEXT, "name": _TEXT}, {"description": {}, "notable": _each(_NAMED)}))}
)
SUGGESTIONS: Final = _object({"result": _each(_object({"id": _TEXT, "name": _TEXT}, {"description": _TEXT}))})
FLYOUT: Final = _object({"id": _TEXT, "html": _TEXT})

# Data Extension
PROPOSALS: Final = _object({"properties": _each(_NAMED), "type": {"type": "string"}}, {"limit": {"type": "integer"}})
_VALUE: Final[Schema] = {
    "oneOf": [
        _object({"id": _TEXT, "name": _TEXT}, {"description": {"type": "string"}}),
        _object({"str": {"type": "string"}}),
        _object({"float": {"type": "number"}}),
        _object({"int": {"type": "integer"}}),
        _object({"date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?$"}}),
    ]
}
EXTENSION: Final = _object(
    {
        "meta": _each(_object({"id": _TEXT, "name": _TEXT}, {"type": _NAMED, "service": _URL})),
        "rows": {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": _each(_VALUE)}},
    }
)
