"""
Where errors become HTTP, and nowhere else: `application/problem+json`, or a page where a browser asks.

Source:
    RFC 9457; docs/api.md, "Problems".
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from ecograph import errors
from ecograph.errors import EcoGraphError
from ecograph.messages import LANGUAGES, Language, text, texts
from ecograph.namespaces import BASE
from ecograph.rdf.formats import HTML, Format, negotiate
from ecograph.web import routes
from ecograph.web.language import preferred_language

_log = structlog.get_logger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
_PROBLEM: Final = Format("problem", MEDIA_TYPE, "json", ("application/json",))

# The narrowest class wins: status, and the key of the title.
_STATUSES: Final[Mapping[type[EcoGraphError], tuple[int, str]]] = {
    errors.SyntaxFault: (422, "syntax"),
    errors.UnreadableTable: (422, "syntax"),
    errors.UnknownTemplate: (404, "not-found"),
    errors.TooLarge: (413, "contribution"),
    errors.RefusedFormat: (415, "contribution"),
    errors.ContributionBusy: (503, "busy"),
    errors.ContributionError: (422, "contribution"),
    errors.QueryTimeout: (503, "query"),
    errors.QueryTooBig: (503, "query"),
    errors.QueryBusy: (503, "busy"),
    errors.QueryError: (400, "query"),
    errors.UnknownThing: (404, "not-found"),
    errors.UnknownPage: (404, "not-found"),
    errors.UnknownMoment: (404, "not-found"),
    errors.UnknownLanguage: (404, "not-found"),
    errors.NotAcceptable: (406, "not-acceptable"),
    errors.BadToken: (401, "not-admitted"),
    errors.Forbidden: (403, "not-admitted"),
    errors.WrongState: (409, "conflict"),
    errors.WithdrawalConflict: (409, "conflict"),
    errors.PartnerExists: (409, "conflict"),
    errors.VersionConflict: (412, "conflict"),
    errors.EntryChanged: (412, "conflict"),
    errors.KeyReused: (422, "request"),
    errors.RequestError: (400, "request"),
    errors.ServiceError: (503, "service"),
}
_TITLES: Final = {401: "not-admitted", 403: "not-admitted", 404: "not-found", 409: "conflict", 410: "gone", 429: "busy"}

# Codes of pydantic by what a person can do about them.
_FIELDS: Final[Sequence[tuple[str, str]]] = (
    ("missing", "missing"),
    ("json_invalid", "json"),
    ("string_too", "length"),
    ("too_long", "length"),
    ("too_short", "length"),
    ("greater_than", "range"),
    ("less_than", "range"),
    ("finite_number", "range"),
    ("literal_error", "choice"),
    ("enum", "choice"),
    ("extra_forbidden", "unknown"),
    ("_type", "type"),
    ("_parsing", "type"),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """
    What went wrong with a request.

    Args:
        status: The HTTP status.
        code: The end of its type IRI; stable.
        title: The key of its title in `problem.title`.
        details: What happened and what to do, by language.
        headers: Further headers of the response.
        extra: Further members of the JSON body.
    """

    status: int
    code: str
    title: str
    details: Mapping[Language, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """A request that HTTP itself has a status for; raised in `web` only."""

    def __init__(self, status: int, code: str, headers: Mapping[str, str] | None = None, **values: object) -> None:
        super().__init__(code)
        self.problem = Problem(
            status, code, _TITLES.get(status, "request"), texts(f"problem.detail.{code}", **values), headers or {}
        )


class NotModified(Exception):
    """The client has the current answer. The headers are those that the answer itself would have."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__(headers["ETag"])
        self.headers = headers


Page = Callable[[Request, Problem, Language, str], str]
"""Draws a problem as a page: the request, the problem, the reader's language, the reference."""


def install(app: FastAPI, page: Page) -> Callable[[Request, Exception], Response]:
    """
    Answer every error of an application as a problem.

    Args:
        app: The application.
        page: How a browser's visitor sees it.

    Returns:
        The handler, for what is around the application.
    """

    def handle(request: Request, error: Exception) -> Response:
        if isinstance(error, NotModified):
            return Response(status_code=304, headers=dict(error.headers))
        if isinstance(error, HTTPException) and error.status_code == 405 and request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": _allowed(request)})
        return respond(request, problem_of(request, error), page)

    for kind in (EcoGraphError, Refused, NotModified, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, handle)
    return handle


def problem_of(request: Request, error: Exception) -> Problem:
    """What an error is to the client."""
    if isinstance(error, EcoGraphError):
        return _own(error)
    if isinstance(error, Refused):
        return error.problem
    if isinstance(error, RequestValidationError):
        if any(each["loc"][:1] == ("path",) for each in error.errors()):
            return _missing(request)
        return _invalid(error)
    if isinstance(error, HTTPException):
        return _http(request, error)
    _log.exception("a surprise", exc_info=error)
    details = texts("problem.detail.internal", reference=reference(request))
    return Problem(500, "internal", "internal", details)


def respond(request: Request, problem: Problem, page: Page) -> Response:
    """A problem as the response the client can read."""
    lang = language(request)
    headers = {"Vary": "Accept, Accept-Language", "Content-Language": lang, **problem.headers}
    if prefers_page(request):
        return HTMLResponse(page(request, problem, lang, reference(request)), problem.status, headers)
    return JSONResponse(body_of(problem, lang, reference(request)), problem.status, headers, MEDIA_TYPE)


def body_of(problem: Problem, lang: Language, instance: str) -> dict[str, Any]:
    """The members of a problem's JSON body."""
    return {
        "type": f"{BASE}problems/{problem.code}",
        "title": text(f"problem.title.{problem.title}", lang),
        "status": problem.status,
        "detail": problem.details[lang],
        "instance": f"urn:request:{instance}",
        "lang": lang,
        "code": problem.code,
        **problem.extra,
    }


def plain_page(request: Request, problem: Problem, lang: Language, instance: str) -> str:
    """A page that needs no template."""
    title = html.escape(text(f"problem.title.{problem.title}", lang))
    detail = html.escape(problem.details[lang])
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><main><h1>{title}</h1><p>{detail}</p><p>{html.escape(instance)}</p></main></body></html>"
    )


def language(request: Request) -> Language:
    """
    The reader's language: of the path (`/da/...`), of the parameter `lang`, of the header, or else English.

    Example:
        >>> language(Request({"type": "http", "path": "/x", "query_string": b"lang=sv", "headers": []}))
        'sv'
    """
    first = request.scope.get("path", "/").split("/")[1:2]
    for tag in (*first, *request.query_params.getlist("lang")):
        spoken = next((lang for lang in LANGUAGES if lang == tag), None)
        if spoken:
            return spoken
    return preferred_language(request.headers.get("accept-language"))


def prefers_page(request: Request) -> bool:
    """Whether a person with a browser asks; programs get JSON, as do those that accept anything."""
    if request.scope.get("path", "").startswith("/api/"):
        return False
    try:
        return negotiate(request.headers.get("accept"), (_PROBLEM, HTML)) is HTML
    except errors.NotAcceptable:
        return False


def reference(request: Request) -> str:
    """What ties an answer to the log."""
    return str(request.scope.get("request_id", "-"))


def _own(error: EcoGraphError) -> Problem:
    status, title = next((_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES), (500, "internal"))
    headers: dict[str, str] = {}
    extra: dict[str, Any] = {}
    if isinstance(error, errors.QueryBusy | errors.ContributionBusy):
        headers = {"Retry-After": str(error.values["seconds"])}
    if isinstance(error, errors.BadToken):
        headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}  # RFC 6750, section 3
    if isinstance(error, errors.VersionConflict | errors.EntryChanged):
        extra = {"version": error.values["current"]}
        headers = {"ETag": f'"{error.values["current"]}"'}
    if isinstance(error, errors.WrongState):
        extra = {"state": str(error.values["state"])}
    if isinstance(error, errors.Rejected):
        extra = {"errors": [finding.as_json() for finding in error.findings]}
    if isinstance(error, errors.QuerySyntax):
        extra = {"line": error.values["line"], "column": error.values["column"]}
    if isinstance(error, errors.QueryTimeout | errors.QueryTooBig):
        extra = {
            name: error.values[name] for name in ("seconds", "limit", "cost", "line", "pattern") if name in error.values
        }
    if status >= 500:
        _log.warning("could not answer", code=error.code, detail=str(error))
    return Problem(status, error.code, title, {lang: error.message(lang) for lang in LANGUAGES}, headers, extra)


def _http(request: Request, error: HTTPException) -> Problem:
    if isinstance(error.__cause__, Refused):  # met while FastAPI read the body
        return error.__cause__.problem
    headers = dict(error.headers or {})
    if error.status_code == 404:
        return _missing(request)
    if error.status_code == 405:
        allowed = headers["Allow"] = _allowed(request)
        details = texts("problem.detail.method-not-allowed", method=request.method, allowed=allowed)
        return Problem(405, "method-not-allowed", "request", details, headers)
    return Problem(error.status_code, "bad-request", "request", texts("problem.detail.bad-request"), headers)


def _allowed(request: Request) -> str:
    return ", ".join(routes.allowed(request.app, request.url.path))


def _missing(request: Request) -> Problem:
    return Problem(404, "no-such-page", "not-found", texts("problem.detail.no-such-page", path=request.url.path))


def _invalid(error: RequestValidationError) -> Problem:
    """What was wrong with which field. The value is not repeated: it may be what cannot be written."""
    found = []
    for each in error.errors():
        code = str(each["type"])
        message = next((name for part, name in _FIELDS if part in code), "invalid")
        found.append(
            {
                "in": str(each["loc"][0]) if each["loc"] else "body",
                "name": ".".join(str(part) for part in each["loc"][1:]),
                "code": message,
                "message": texts(f"problem.field.{message}"),
            }
        )
    details = texts("problem.detail.invalid-request", count=len(found))
    return Problem(422, "invalid-request", "request", details, {}, {"errors": found})
