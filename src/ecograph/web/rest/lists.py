"""What the routes of REST share: parameters, problems, and the links between the pages of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Protocol, TypeVar
from urllib.parse import urlencode

from fastapi import Path, Query, Request, Response

from ecograph.errors import UnknownPage
from ecograph.messages import Language

_PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
_PROBLEMS: Final[Mapping[int, str]] = {
    400: "What was sent cannot be read, or a value is outside its range",
    401: "No token, or one that opens nothing",
    403: "It takes another role, or another partner",
    404: "No such thing",
    406: "None of the formats asked for can be written",
    408: "The files came too slowly",
    409: "Its state does not allow that step",
    412: "It was changed meanwhile; `ETag` and `version` say which version it has now",
    413: "Too large",
    415: "Not a kind of file that is read here",
    422: "The request does not fit the description, or findings stop the step; `errors` holds them",
    428: "`If-Match` is missing",
    429: "Too many tokens that open nothing; `Retry-After` says when to come back",
    503: "Busy, not ready, or opened for reading only",
}


def problems_of(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What the description says of the problems of a route."""
    return {status: {"description": _PROBLEMS[status], "content": _PROBLEM} for status in statuses}


PROBLEMS: Final = problems_of(400, 404, 422, 503)
"""Those of most routes."""

Side = Literal["dk", "se", "no"]
Slug = Annotated[str, Path(max_length=200, examples=["n09"])]
Lang = Annotated[
    Language | None, Query(alias="lang", description="Language of labels and problems; else Accept-Language decides")
]


class Listed(Protocol):
    """What a list holds: the cursor of a page is the id of the last on the page before."""

    @property
    def id(self) -> str:
        """What it is known by in its list."""
        ...


L = TypeVar("L", bound=Listed)


def page_after(cursor: str | None, found: Sequence[L], limit: int) -> tuple[Sequence[L], str | None]:
    """
    One page of a list, and the cursor of the next one.

    Args:
        cursor: `next` of the page before; None for the first page.
        found: The whole list.
        limit: At most so many.

    Raises:
        UnknownPage: The list does not hold what the page before ended with.
    """
    start = next((at for at, each in enumerate(found, 1) if each.id == cursor), None) if cursor else 0
    if start is None:
        raise UnknownPage(cursor=str(cursor))
    shown = found[start : start + limit]
    return shown, shown[-1].id if start + limit < len(found) else None


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
