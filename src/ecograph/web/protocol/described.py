"""
What the OpenAPI document says of SPARQL and of graphs as documents, whose requests FastAPI does not read.

Source:
    OpenAPI 3.1.1; SPARQL 1.1 Protocol; docs/sparql.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ecograph.rdf.formats import GRAPH_FORMATS, JSON, RESULT_FORMATS
from ecograph.web.rest.lists import problems_of

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"

_TEXT: Final = {"type": "string"}
_EXAMPLE: Final = (
    "PREFIX eco: <https://w3id.org/ecograph/ns#> PREFIX dcterms: <http://purl.org/dc/terms/> "
    "SELECT ?need ?title WHERE { ?need a eco:Need ; dcterms:title ?title } LIMIT 5"
)
_ASKED: Final = {**_TEXT, "format": "sparql-query", "description": "SELECT, ASK, CONSTRUCT or DESCRIBE"}
_GRAPHS: Final = {"type": "array", "items": {**_TEXT, "format": "iri"}}
_DATASET: Final = {
    "default-graph-uri": "Graphs whose merge is the default graph; win over FROM",
    "named-graph-uri": "Graphs that GRAPH may name; win over FROM NAMED",
}
_HEADERS: Final = {
    "EcoGraph-Revision": {"description": "The revision that was asked", "schema": _TEXT},
    "EcoGraph-Truncated": {
        "description": "`true` if there is more than the rows or triples that the service gives",
        "schema": {**_TEXT, "const": "true"},
    },
}
_RETRY: Final = {
    "Retry-After": {
        "description": "With `query-busy`: seconds until another try is worth it",
        "schema": {**_TEXT, "pattern": "^[0-9]+$"},
    }
}
_JSON_RESULTS: Final = {
    "type": "object",
    "required": ["head"],
    "properties": {
        "head": {
            "type": "object",
            "properties": {name: {"type": "array", "items": _TEXT} for name in ("vars", "link")},
        },
        "results": {
            "type": "object",
            "required": ["bindings"],
            "properties": {"bindings": {"type": "array", "items": {"type": "object"}}},
        },
        "boolean": {"type": "boolean"},
    },
}
_RESULTS: Final[dict[str, Any]] = {
    each.media_type: {"schema": _JSON_RESULTS} if each is JSON else {} for each in RESULT_FORMATS
}
_DOCUMENTS: Final[dict[str, Any]] = {each.media_type: {} for each in GRAPH_FORMATS}
_SUFFIXES: Final = tuple(each.suffix for each in (*RESULT_FORMATS, *GRAPH_FORMATS))


def paths() -> dict[str, Any]:
    """The paths of the OpenAPI document that no route describes."""
    return {"/sparql": {"get": _get(), "post": _post()}}


def _get() -> dict[str, Any]:
    return {
        **_operation("getSparql", "A SPARQL query"),
        "description": (
            "SPARQL 1.1 Protocol. The answer comes in the format that `Accept`, `format` or the end of the address "
            "(`/sparql.csv`) asks for. Without a query: what the service understands, in RDF."
        ),
        "parameters": [
            {"name": "query", "in": "query", "schema": _ASKED, "example": _EXAMPLE},
            *({"name": name, "in": "query", "description": said, "schema": _GRAPHS} for name, said in _DATASET.items()),
            _format("", *_SUFFIXES),
        ],
        "responses": _answers(
            {
                303: {"description": "A browser that asks for a page", "headers": {"Location": {"schema": _TEXT}}},
                304: {"description": "Without a query: the client has the description already"},
            }
        ),
    }


def _post() -> dict[str, Any]:
    fields = {name: {**_GRAPHS, "description": said} for name, said in _DATASET.items()}
    return {
        **_operation("postSparql", "A SPARQL query that is long, or that no log should have"),
        "description": (
            "The query as a field of a form, or itself as the body; then `default-graph-uri` and `named-graph-uri` "
            "stand in the address."
        ),
        "parameters": [_format("", *_SUFFIXES)],
        "requestBody": {
            "required": True,
            "description": "UTF-8, at most 1 MB",
            "content": {
                FORM: {
                    "schema": {"type": "object", "required": ["query"], "properties": {"query": _ASKED, **fields}},
                    "example": {"query": _EXAMPLE},
                },
                QUERY: {"schema": _ASKED, "example": _EXAMPLE},
            },
        },
        "responses": _answers(
            problems({413: "The body is too large", 415: "The body is neither a form nor a query in UTF-8"})
        ),
    }


def _operation(name: str, summary: str) -> dict[str, Any]:
    return {"operationId": name, "summary": summary, "tags": ["sparql"]}


def _answers(more: dict[int | str, dict[str, Any]]) -> dict[str, Any]:
    found: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "Rows or a truth value (SELECT, ASK); triples (CONSTRUCT, DESCRIBE)",
            "headers": _HEADERS,
            "content": {**_RESULTS, **_DOCUMENTS},
        },
        **problems(
            {
                400: "The query does not parse (`line`, `column`), is too long or nested, or asks for what is refused",
                406: "None of the formats asked for can be written for this kind of query",
                503: "Stopped at a limit (`query-timeout`, `query-too-big`), or there is no place (`query-busy`)",
            }
        ),
        **more,
    }
    return {str(status): answer for status, answer in found.items()}


def problems(said: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """Problems of these protocols by status, each with what it is about."""
    found = {status: {**each, "description": said[int(status)]} for status, each in problems_of(*said).items()}
    if 503 in found:
        found[503]["headers"] = _RETRY
    return found


def _format(*names: str) -> dict[str, Any]:
    return {
        "name": "format",
        "in": "query",
        "description": "A format by its short name; wins over `Accept`",
        "schema": {**_TEXT, "enum": list(names)},
    }


GRAPH_PARAMETERS: Final = (
    {
        "name": "default",
        "in": "query",
        "description": "The default graph, the merge of all; without a value, and without `graph`",
        "allowEmptyValue": True,
        "schema": _TEXT,
    },
    {
        "name": "graph",
        "in": "query",
        "description": "The graph of that name",
        "schema": {**_TEXT, "format": "iri"},
        "example": "https://w3id.org/ecograph/graph/ror",
    },
    _format(*(each.suffix for each in GRAPH_FORMATS)),
)
"""Which graph, and how it is written; nothing says in OpenAPI that it is one of the first two."""

GRAPH_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The graph, whole", "content": _DOCUMENTS},
    **problems(
        {
            400: "No graph is named, or more than one",
            404: "There is no such graph",
            406: "None of the formats asked for can be written",
            503: "The graph is over a limit (`query-too-big`), or there is no place (`query-busy`)",
        }
    ),
}
"""What is answered in place of a graph, or with it."""
