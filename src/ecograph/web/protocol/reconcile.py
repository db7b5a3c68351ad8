"""
The reconciliation endpoint: which things the names in somebody's table mean, for OpenRefine and programs like it.

It answers at `/reconcile` in the language that the client asks for, and at `/da/reconcile` and so on in that one.

Source:
    W3C Entity Reconciliation Community Group, Reconciliation Service API v0.2; docs/reconciliation.md.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pyoxigraph import NamedNode

from ecograph.errors import BadParameter, UnknownThing
from ecograph.messages import LANGUAGES, Language
from ecograph.view import View
from ecograph.web.access import TheEcoGraph, TheView, headers_of
from ecograph.web.pages.layout import page
from ecograph.web.problems import Refused, language
from ecograph.web.reconciling import described
from ecograph.web.reconciling.asking import (
    MAX_LETTERS,
    Asked,
    parsed,
    read_batch,
    read_callback,
    read_extension,
)
from ecograph.web.reconciling.extending import extend, proposed
from ecograph.web.reconciling.index import Index, index
from ecograph.web.reconciling.manifest import (
    candidate_json,
    manifest,
    suggest_entities,
    suggest_properties,
    suggest_types,
)
from ecograph.web.reconciling.matching import reconcile
from ecograph.web.views.profiles import profile
from ecograph.web.views.words import Reader, page_of

router = APIRouter()

PREFIXES: Final = ("/reconcile", *(f"/{lang}/reconcile" for lang in LANGUAGES))
"""The endpoint, and the endpoint in each language."""

_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"
_MAX_FIELDS: Final = 20
_FACTS: Final = 5  # what fits in a preview without scrolling
# A preview stands in a frame of somebody else's page, which is what it is for; it runs no scripts.
_FRAMED: Final = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"

Json = dict[str, Any]
What = Annotated[Literal["entity", "property", "type"], Path(examples=["entity"])]
Id = Annotated[str, Query(max_length=MAX_LETTERS, examples=["municipality/se-lund"])]
Type = Annotated[str, Query(max_length=MAX_LETTERS, examples=["municipality"])]
Prefix = Annotated[str, Query(max_length=MAX_LETTERS)]
Skip = Annotated[int, Query(ge=0, le=100_000)]


def endpoint(request: Request, ecograph: TheEcoGraph, view: TheView) -> Response:
    """The manifest; or the answer to `queries` or `extend` in the query string."""
    fields = _fields(request.scope["query_string"])
    lang, found = language(request), index(view)
    if "queries" in fields or "extend" in fields:
        answer = _answer(found, fields, lang)
    else:
        base = (ecograph.settings.base_url or str(request.base_url)).rstrip("/")
        answer = manifest(found, base + request.url.path.rstrip("/"), lang)
    return _respond(request, view, answer)


async def batch(request: Request, view: TheView) -> Response:
    """The answer to a form or a JSON body with `queries` or `extend`."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in (_FORM, _JSON):
        raise Refused(415, "unsupported-media-type", given=media_type or "–", supported=f"{_FORM}, {_JSON}")
    body = await request.body()
    fields: Mapping[str, Any] = _fields(body) if media_type == _FORM else _json(body)
    if "queries" not in fields and "extend" not in fields:
        raise BadParameter(name="queries", value="", expected="queries, extend")
    return await run_in_threadpool(lambda: _respond(request, view, _answer(index(view), fields, language(request))))


def suggest(request: Request, view: TheView, what: What, prefix: Prefix = "", cursor: Skip = 0) -> Response:
    """Things, types or properties whose names begin so; `cursor` says how many to leave out."""
    found, lang = index(view), language(request)
    if what == "entity":
        types = [name for name in request.query_params.getlist("type") if name]
        result = suggest_entities(found, prefix, types, cursor, lang)
    elif what == "type":
        result = suggest_types(found, prefix, cursor, lang)
    else:
        result = suggest_properties(found, prefix, cursor, Reader(view, lang))
    return _respond(request, view, {"result": result})


def properties(
    request: Request, view: TheView, type: Type = "", limit: Annotated[int | None, Query(ge=1, le=1000)] = None
) -> Response:
    """The properties that can be asked for of a type."""
    return _respond(request, view, proposed(index(view), type, Reader(view, language(request)), limit))


def flyout(request: Request, view: TheView, what: What, id: Id) -> Response:
    """A few words about a thing, type or property, as a small piece of HTML."""
    found, words = index(view), Reader(view, language(request))
    name, about = _described(found, words, what, id)
    piece = f"<p><strong>{html.escape(name)}</strong></p>" + (f"<p>{html.escape(about)}</p>" if about else "")
    return _respond(request, view, {"id": id, "html": piece})


def preview(request: Request, view: TheView, id: Id) -> Response:
    """A thing on a small page, for the frame of a client."""
    lang = language(request)
    words, known = Reader(view, lang), index(view)
    iri = _known(known, id)
    summary, found = known.summary(iri), profile(words, iri, related=False)
    if found is None or summary is None:
        raise UnknownThing(kind="thing", id=id[:100])
    shown = page(
        request,
        lang,
        "reconcile_preview.html",
        title=found.heading.text,
        about=known.description(summary, lang),
        profile=found,
        facts=found.facts[:_FACTS],
        href=page_of(iri, lang),
    )
    shown.headers["content-security-policy"] = _FRAMED
    return shown


def show(request: Request, view: TheView, id: Id) -> Response:
    """To the page of a thing; to its publisher's address for a concept of somebody else's."""
    target = page_of(_known(index(view), id), language(request))
    if target is None:
        raise UnknownThing(kind="thing", id=id[:100])
    return RedirectResponse(target, 303, {"Vary": "Accept-Language"})


_ROUTES: Final[tuple[tuple[str, Callable[..., Any], str, Json], ...]] = (
    ("", endpoint, "GET", described.ENDPOINT),
    ("", batch, "POST", described.BATCH),
    ("/suggest/{what}", suggest, "GET", described.SUGGEST),
    ("/properties", properties, "GET", described.PROPERTIES),
    ("/flyout/{what}", flyout, "GET", described.FLYOUT),
    ("/preview", preview, "GET", described.PREVIEW),
    ("/view", show, "GET", described.VIEW),
)
for _prefix in PREFIXES:
    for _path, _call, _method, _said in _ROUTES:
        router.add_api_route(
            _prefix + _path,
            _call,
            methods=[_method],
            response_model=None,
            response_class=Response,
            include_in_schema=_prefix == PREFIXES[0],  # in each language they are the same
            **_said,
        )


def _answer(found: Index, fields: Mapping[str, Any], lang: Language) -> Json:
    if "extend" in fields:
        return extend(found, read_extension(fields["extend"]), Reader(found.view, lang))
    queries = read_batch(fields["queries"])
    return {key: {"result": _result(found, asked, lang)} for key, asked in queries.items()}


def _result(found: Index, asked: Asked, lang: Language) -> list[Json]:
    return [candidate_json(found, candidate, lang) for candidate in reconcile(found, asked, lang)]


def _described(found: Index, words: Reader, what: What, id: str) -> tuple[str, str]:
    if what == "entity":
        summary = found.summary(_known(found, id))
        assert summary is not None
        return summary.name(words.lang)[0], found.description(summary, words.lang)
    if what == "type" and id in found.type_keys:
        wanted = found.type_keys[id]
        return wanted.names[words.lang], ", ".join(found.types[each].names[words.lang] for each in wanted.broader)
    if what == "property" and id in found.property_keys:
        path = found.property_keys[id]
        said = {
            column.descriptions.get(words.lang, "")
            for template in words.view.contract.templates.values()
            for column in template.by_path.get(path, ())
        }
        # Where templates say different things, each speaks of its own things only.
        return words.predicate(path), said.pop() if len(said) == 1 else ""
    raise UnknownThing(kind=what, id=id[:100])


def _known(found: Index, id: str) -> NamedNode:
    iri = found.entity(id)
    if iri is None:
        raise UnknownThing(kind="thing", id=id[:100])
    return iri


def _respond(request: Request, view: View, answer: Json) -> Response:
    """JSON; or a call of the function that a client without CORS names."""
    headers = headers_of(view, language(request))
    callback = request.query_params.get("callback") if request.method == "GET" else None
    if callback is None:
        return JSONResponse(answer, headers=headers)
    name = read_callback(callback)
    # The comment in front keeps a caller from choosing the first bytes; escapes keep the body within ASCII.
    body = f"/**/{name}({json.dumps(answer, allow_nan=False)});"
    return Response(body, media_type="text/javascript", headers=headers)


def _fields(encoded: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise Refused(400, "bad-request") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found and name in ("queries", "extend"):
            raise BadParameter(name=name, value="2 ×", expected="1 ×")
        found[name] = value
    return found


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        read = parsed("body", body.decode("utf-8"))
    except UnicodeDecodeError:
        raise Refused(400, "bad-request") from None
    if not isinstance(read, dict):
        raise BadParameter(name="body", value="", expected='{"queries": {…}}')
    return read
