"""
The OpenAPI document: FastAPI's, with what routes share said once: problems, entity tags, versions, who may ask.

Source:
    OpenAPI 3.1.1; docs/api.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi

from ecograph.web.access import state_of, view_of
from ecograph.web.auth import who_asks, who_if_any
from ecograph.web.protocol import described as protocols
from ecograph.web.rest.lists import problems_of
from ecograph.web.rest.models import ProblemDetails
from ecograph.web.rest.queries import operations
from ecograph.web.rest.steps import seen_version
from ecograph.web.routes import described

_CONDITIONS: Final = [
    {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "description": "The `ETag` of the answer that the client has",
        "schema": {"type": "string"},
    },
    {
        "name": "If-Modified-Since",
        "in": "header",
        "required": False,
        "description": "The `Last-Modified` of that answer, where it has no `ETag`",
        "schema": {"type": "string"},
    },
]
_HEADERS: Final = {
    "ETag": {"description": "Of this revision and this version of the software", "schema": {"type": "string"}},
    "Last-Modified": {"description": "When the revision was published", "schema": {"type": "string"}},
    "EcoGraph-Revision": {"description": "The revision that was asked", "schema": {"type": "string"}},
}
_NOT_MODIFIED: Final = {"description": "The client has this answer already"}
_VERSION: Final = {"type": "string", "pattern": r'^(\*|(W/)?"[0-9]{1,9}")$'}


def description(app: FastAPI) -> dict[str, Any]:
    """The document of an application, made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _described(app)
    return app.openapi_schema


def _described(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        summary=app.summary,
        description="How EcoGraph answers programs. What is public is read without a token. Errors are RFC 9457.",
        routes=app.routes,
    )
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["ProblemDetails"] = ProblemDetails.model_json_schema()
    for route in described(app):
        for method in route.methods or ():
            operation = document["paths"][route.path_format].get(method.lower())
            if operation is not None:
                _complete(operation, set(_calls(route.dependant)), method)
    document["paths"].update(operations(app.state.ecograph.catalogue, document))
    document["paths"].update(protocols.paths())
    return document


def _complete(operation: dict[str, Any], asked: set[Callable[..., Any]], method: str) -> None:
    """Say what the dependencies of a route mean for its requests and answers."""
    responses = operation["responses"]
    if method == "GET" and asked & {view_of, state_of}:
        operation["parameters"] = [*operation.get("parameters", ()), *_CONDITIONS]
        responses["304"] = _NOT_MODIFIED
        responses.get("200", {}).setdefault("headers", {}).update(_HEADERS)
    if who_if_any in asked:
        responses |= {str(status): said for status, said in problems_of(401, 429, 503).items()}
        if who_asks not in asked:
            operation["security"] = [{}, *operation.get("security", [])]
    if seen_version in asked:
        for parameter in operation["parameters"]:
            if parameter["name"].lower() == "if-match":
                parameter |= {"required": True, "schema": _VERSION}


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    """Everything that a route depends on."""
    if dependant.call is not None:
        yield dependant.call
    for each in dependant.dependencies:
        yield from _calls(each)
