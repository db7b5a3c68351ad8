"""The address of a page with a slash at its end, as people type it: it leads to the page."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from ecograph.messages import LANGUAGES
from ecograph.web.pages.layout import METHODS

router = APIRouter(include_in_schema=False)


def without_slash(request: Request) -> RedirectResponse:
    """To the same address without the slashes; it names no host, which the client would have to be trusted for."""
    page = quote(request.scope["path"].rstrip("/"))
    return RedirectResponse(page + (f"?{request.url.query}" if request.url.query else ""), 308)


for _lang in LANGUAGES:
    for _path in (f"/{_lang}/", f"/{_lang}/{{page:path}}/"):
        router.add_api_route(_path, without_slash, methods=METHODS)
