"""
What the OpenAPI document says of reconciliation beside what its routes show.

Source:
    OpenAPI 3.1.1; Reconciliation Service API v0.2; docs/reconciliation.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from ecograph.messages import LANGUAGES
from ecograph.web.protocol.described import FORM, problems
from ecograph.web.reconciling.asking import BATCH_SIZE, CALLBACK, MAX_IDS, MAX_LETTERS

Json = dict[str, Any]

_TEXT: Final = {"type": "string"}
_ID: Final = {**_TEXT, "minLength": 1, "maxLength": MAX_LETTERS}
_FIELDS: Final[Json] = {
    "queries": {
        "type": "object",
        "description": f"Up to {BATCH_SIZE} queries, by keys of the client's own",
        "additionalProperties": {
            "type": "object",
            "properties": {
                "query": {"description": "A name, number or identifier"},
                "type": {"description": "A type, or a list of types"},
                "type_strict": {"description": "What several types mean: `any`, `all` or `should`"},
                "properties": {"description": "What else is known: a list of objects with `pid` and `v`"},
                "limit": {"description": "Candidates at most"},
            },
        },
    },
    "extend": {
        "type": "object",
        "description": f"Which properties of which things are wanted, of up to {MAX_IDS} things",
        "required": ["ids", "properties"],
        "properties": {
            "ids": {"type": "array", "items": _ID},
            "properties": {"type": "array", "items": {"type": "object", "required": ["id"], "properties": {"id": _ID}}},
        },
    },
}
_WRITTEN: Final[Json] = {
    name: {**_TEXT, "description": f"{schema['description']}: JSON", "contentMediaType": "application/json"}
    for name, schema in _FIELDS.items()
}
_QUERIES: Final = {"q0": {"query": "Lunds kommun"}}


def _parameter(name: str, description: str, schema: Json, **more: object) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


_LANG: Final = _parameter("lang", f"Language of names: {', '.join(LANGUAGES)}; else Accept-Language decides", _TEXT)
_CALLBACK: Final = _parameter(
    "callback", "For clients without CORS: a function to call", {**_TEXT, "pattern": f"^{CALLBACK.pattern}$"}
)
_ANSWER: Final[Json] = {"application/json": {"schema": {"type": "object"}}, "text/javascript": {}}
_UNREADABLE: Final = {400: "What is asked cannot be read, or is of an unknown kind; the detail names the place"}
_TOO_MUCH: Final = {**_UNREADABLE, 413: f"More than {BATCH_SIZE} queries, {MAX_IDS} rows, or 1 MB"}
_UNFIT: Final = {422: "The request does not fit the description"}
_UNKNOWN: Final = {**_UNFIT, 404: "Nothing has that identifier"}


def _said(summary: str, said: Mapping[int, str], *parameters: Json, answer: Json = _ANSWER, **more: Json) -> Json:
    return {
        "summary": summary,
        "tags": ["reconciliation"],
        "responses": {200: {"description": "The answer", "content": answer}, **problems({**said, 503: "Not ready"})},
        "openapi_extra": {"parameters": [*parameters, _LANG], **more},
    }


# Beside `extend` nobody reads `queries`.
_BODY: Final[Json] = {
    "anyOf": [
        {"type": "object", "required": ["queries"], "properties": {"queries": _FIELDS["queries"], "extend": False}},
        {"type": "object", "required": ["extend"], "properties": {"extend": _FIELDS["extend"]}},
    ]
}
_FORM: Final[Json] = {
    "type": "object",
    "properties": _WRITTEN,
    "anyOf": [{"required": [name]} for name in _WRITTEN],
}

ENDPOINT: Final = _said(
    "What names in a table mean",
    _TOO_MUCH,
    *(_parameter(name, schema["description"], schema) for name, schema in _WRITTEN.items()),
    _CALLBACK,
)
BATCH: Final = _said(
    "What names in a table mean, many at once",
    {**_TOO_MUCH, 415: "The body is neither a form nor JSON"},
    answer={"application/json": _ANSWER["application/json"]},
    requestBody={
        "required": True,
        "content": {
            "application/json": {"schema": _BODY, "example": {"queries": _QUERIES}},
            FORM: {"schema": _FORM, "example": {"queries": json.dumps(_QUERIES)}},
        },
    },
)
SUGGEST: Final = _said(
    "What begins so",
    {**_UNREADABLE, **_UNKNOWN},
    _parameter("type", "Of entities: types that they have one of", {"type": "array", "items": _TEXT}),
    _CALLBACK,
)
PROPERTIES: Final = _said("Properties that can be asked for", {**_UNREADABLE, **_UNFIT}, _CALLBACK)
FLYOUT: Final = _said("A few words about something", {**_UNREADABLE, **_UNKNOWN}, _CALLBACK)
PREVIEW: Final = _said("A thing on a small page", _UNKNOWN, answer={"text/html": {}})
VIEW: Final = {
    **_said("To the page of a thing", _UNKNOWN),
    "responses": {
        303: {"description": "There it is", "headers": {"Location": {"schema": _TEXT}}},
        **problems(_UNKNOWN),
    },
    "status_code": 303,
}
