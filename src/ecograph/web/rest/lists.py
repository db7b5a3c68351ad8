"""What the routes of REST share: parameters, problems, and the links between the pages of a list."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import Path, Query, Request, Response

from ecograph.messages import Language

_PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": "A value outside its range", "content": _PROBLEM},
    404: {"description": "No such thing", "content": _PROBLEM},
    422: {"description": "The request does not fit the description", "content": _PROBLEM},
    503: {"description": "Busy, or not ready", "content": _PROBLEM},
}

Side = Literal["dk", "se", "no"]
Slug = Annotated[str, Path(max_length=200, examples=["n09"])]
Lang = Annotated[
    Language | None, Query(alias="lang", description="Language of labels and problems; else Accept-Language decides")
]


def link_pages(request: Request, response: Response, following: str | None) -> None:
    """RFC 8288: where the first page is, and the next one."""
    fields = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]

    def address(*more: tuple[str, str]) -> str:
        query = urlencode([*fields, *more], errors="replace")
        return f"{request.url.path}?{query}" if query else request.url.path

    links = [f'<{address()}>; rel="first"']
    if following:
        links.append(f'<{address(("cursor", following))}>; rel="next"')
    response.headers["Link"] = ", ".join(links)
