"""What an application answers at which address, over all the routers that it includes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.routing import Route


def described(app: FastAPI) -> Iterator[RouteContext]:
    """The routes that the OpenAPI document describes."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema:
            yield route


def allowed(app: Any, path: str) -> list[str]:
    """
    The methods that an address takes, sorted; empty where there is nothing.

    A route alone knows its own only, and an address may have several.

    Source:
        RFC 9110, section 10.2.1 (`Allow`).
    """
    routes = [route for route in iter_route_contexts(app.routes) if isinstance(route.original_route, Route)]
    # The first that fits is the one that answers; others may fit because they take any name.
    own = next((route.path_format for route in routes if route.path_regex.match(path)), None)
    found = {method for route in routes if route.path_format == own for method in route.methods or ()}
    if "GET" in found:
        found.add("HEAD")
    return sorted(found | {"OPTIONS"}) if found else []


def operation_id(route: Any) -> str:
    """
    A name for an operation, from its method and its address.

    Example:
        >>> from types import SimpleNamespace
        >>> operation_id(SimpleNamespace(methods={"POST"}, path_format="/api/v1/needs/{slug}/same"))
        'postNeedsBySlugSame'
    """
    parts = route.path_format.removeprefix("/api/v1").replace("}", "").replace(".", "/").split("/")
    named = [f"by-{part[1:]}" if part.startswith("{") else part.replace("{", "by-") for part in parts]
    words = "-".join(named).replace("_", "-").split("-")
    method: str = min(route.methods).lower()
    return method + "".join(word.capitalize() for word in words)
