"""What the routes of REST share: parameters, problems, and the links between the pages of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Protocol, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Path, Query, Request, Response
from fastapi.dependencies.models import Dependant

from ecograph.errors import UnknownPage, UnknownParameter
from ecograph.messages import Language

_PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
_PROBLEMS: Final[Mapping[int, str]] = {
    400: "What was sent cannot be read, or a value is outside its range",
    401: "No token, or one that opens nothing",
    403: "It takes another role, or another partner",
    404: "No such thing",
    406: "None of the formats asked for can be written",
    408: "The files came too slowly",
    410: "It was withdrawn, or its publisher left it out; `detail` says who, when, and how to see it as it was",
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

ELSEWHERE: Final[dict[int | str, dict[str, Any]]] = {
    301: {"description": "It was merged into the thing that `Location` leads to"},
    **problems_of(410),
}
"""What else a single thing answers."""

PAGED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "headers": {
            "Link": {
                "description": 'RFC 8288: the first page (`rel="first"`) and the next, if there is one (`rel="next"`)',
                "schema": {"type": "string"},
            }
        }
    }
}
"""What the pages of a list answer beside their body."""

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


def _only_known(request: Request) -> None:
    """
    Refuse what a list would not heed, so that nobody takes today's answer for that of another day.

    Raises:
        BadParameter: The address has a parameter that the list does not have.
    """
    known = dict.fromkeys(_parameters(request.scope["route"].dependant))
    for name, value in request.query_params.multi_items():
        if name not in known and name != "lang":
            raise UnknownParameter(name=name[:100], value=value[:100], expected=", ".join(known))


def _parameters(dependant: Dependant) -> Iterator[str]:
    """The names that a route and what it depends on read from an address."""
    yield from (each.alias for each in dependant.query_params)
    for each in dependant.dependencies:
        yield from _parameters(each)


OnlyKnown: Final = Depends(_only_known)
"""For lists: a parameter that they do not have is a 400."""


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
