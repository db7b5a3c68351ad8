"""The address of a page with a slash at its end, as people type it: it leads to the page."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse

from ecograph.messages import LANGUAGES
from ecograph.web.pages.layout import METHODS

router = APIRouter(include_in_schema=False)


def without_slash(request: Request) -> RedirectResponse:
    """
    To the same address without the slashes; it names no host, which the client would have to be trusted for.

    Raises:
        HTTPException: The slash is an encoded one, and so part of a name that nothing has.
    """
    address: bytes = request.scope["raw_path"]
    if not address.endswith(b"/"):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    question = request.scope["query_string"]
    page = address.rstrip(b"/") + (b"?" + question if question else b"")
    return RedirectResponse(page.decode("ascii"), HTTPStatus.PERMANENT_REDIRECT)


for _lang in LANGUAGES:
    for _path in (f"/{_lang}/", f"/{_lang}/{{page:path}}/"):
        router.add_api_route(_path, without_slash, methods=METHODS)
