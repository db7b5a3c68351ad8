"""What a request is given: the EcoGraph, one revision of it, and what the client already has."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Request, Response

from ecograph import __version__
from ecograph.bootstrap import EcoGraph, View
from ecograph.messages import Language
from ecograph.web.problems import NotModified, language

REVISION_HEADER: Final = "EcoGraph-Revision"


def ecograph_of(request: Request) -> EcoGraph:
    """The EcoGraph this application serves."""
    found = request.app.state.ecograph
    assert isinstance(found, EcoGraph)
    return found


def view_of(request: Request, response: Response) -> View:
    """
    The revision that this request is answered from, from its first line to its last.

    Raises:
        NotModified: The client has the answer of this revision already (`If-None-Match`).
    """
    view = ecograph_of(request).view()
    etag = etag_of(view)
    if request.method in ("GET", "HEAD") and etag in _tags(request.headers.get("if-none-match", "")):
        raise NotModified(etag)
    response.headers.update(headers_of(view))
    return view


def etag_of(view: View) -> str:
    """The weak entity tag of everything that is derived from a revision by this version of the software."""
    return f'W/"{__version__}-{view.revision}"'


def headers_of(view: View) -> dict[str, str]:
    """What every answer from a revision says about it."""
    return {
        "ETag": etag_of(view),
        REVISION_HEADER: str(view.revision),
        "Cache-Control": "no-cache",
        "Vary": "Accept, Accept-Language",
    }


def _tags(header: str) -> list[str]:
    return [tag.strip() for tag in header[:2000].split(",")]


TheEcoGraph = Annotated[EcoGraph, Depends(ecograph_of)]
TheView = Annotated[View, Depends(view_of)]
TheLanguage = Annotated[Language, Depends(language)]
