"""
REST for shortlists: each partner's own, read and changed with its token, and shared with others on request.

Source:
    docs/api.md, "Shortlists"; docs/shortlist.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from ecograph.ledger.entries import Status
from ecograph.ledger.records import JsonValue
from ecograph.text.lexicon import normalise
from ecograph.web.access import TheEcoGraph, ecograph_of
from ecograph.web.auth import TheWho
from ecograph.web.idempotency import Once
from ecograph.web.problems import Refused
from ecograph.web.rest import contribution_bodies as bodies
from ecograph.web.rest import shortlist_models as models
from ecograph.web.rest.documents import PRIVATE, etag
from ecograph.web.rest.lists import PAGED, OnlyKnown, link_pages, page_after, problems_of
from ecograph.web.rest.steps import Version
from ecograph.web.shortlisting import Item, Shortlist
from ecograph.web.uploads import attachment

router = APIRouter(
    prefix="/api/v1/shortlists",
    tags=["shortlists"],
    responses=problems_of(400, 401, 403, 404, 412, 422, 428, 503),
)

_MAX_PAGE: Final = 200
_ENTRY: Final[dict[str, Any]] = {"response_model": models.Entry}

Id = Annotated[str, Path(max_length=64, description="An entry", examples=["5f0c6c3e9f0a4a56b1f2b7f9d0d3a1c2"])]
Key = Annotated[
    str | None,
    Header(min_length=1, max_length=200, description="The same key and body within a day: the same entry"),
]


def shortlist(ecograph: TheEcoGraph, who: TheWho) -> Shortlist:
    """The shortlists of whoever asks."""
    return Shortlist(ecograph, ecograph.view(), who)


TheShortlist = Annotated[Shortlist, Depends(shortlist)]


@router.get(
    "",
    summary="One's own shortlists",
    response_model=models.Shortlist,
    responses={**PAGED, **problems_of(400)},
    dependencies=[OnlyKnown],
)
def entries(
    request: Request,
    own: TheShortlist,
    need: Annotated[str | None, Query(max_length=300, description="Only those for this need", examples=["n09"])] = None,
    text: Annotated[str | None, Query(max_length=5000, description="Only those for this need in words")] = None,
    status: Annotated[Status | None, Query(description="Only those with this status")] = None,
    removed: Annotated[bool, Query(description="Only those that were removed and can be restored")] = False,
    limit: Annotated[int, Query(ge=1, le=_MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(max_length=64, description="`next` of the page before")] = None,
) -> JSONResponse:
    """Those of the token's partner and of nobody else, the last changed first; each beside the graph as it is now."""
    found = [each for each in own.entries(removed=removed) if status in (None, each.status)]
    if need:
        wanted = own.about(need, None)
        found = [each for each in found if each.about == wanted]
    if text:
        found = [each for each in found if each.about.text == normalise(text)]
    shown, following = page_after(cursor, found, limit)
    body = {
        "partner": own.partner,
        "items": [models.as_json(own.item(each)) for each in shown],
        "total": len(found),
        "next": following,
        "revision": own.revision,
    }
    answer = JSONResponse(body, headers=PRIVATE)
    link_pages(request, answer, following)
    return answer


@router.post("", summary="Put a candidate on the shortlist", status_code=201, **_ENTRY)
def add(
    request: Request, own: TheShortlist, who: TheWho, body: models.NewEntry, idempotency_key: Key = None
) -> Response:
    """With the reasons it has today. One that is there already is answered as it is (200)."""

    def act() -> tuple[Item, bool]:
        about = own.about(body.need, normalise(body.text) if body.text else None)
        return own.add(
            about,
            own.candidate(body.candidate),
            status=body.status,
            why=body.why,
            note=body.note,
            topics=body.topics,
            weighting=body.weighting,
        )

    return _once(request, own, who.name, idempotency_key, ["add", body.model_dump(mode="json")], act)


@router.delete("", summary="Delete all of one's shortlists for good", responses=problems_of(409))
def delete_all(
    own: TheShortlist,
    confirm: Annotated[str, Query(max_length=60, description="The partner's short name, so that it is no accident")],
) -> dict[str, int]:
    """With notes and history. Nothing brings them back; what was shared stays until it is withdrawn."""
    if confirm != own.partner:
        raise Refused(409, "not-confirmed", expected=own.partner)
    return {"deleted": own.delete()}


@router.get("/export", summary="Everything that is kept, as JSON")
def export(own: TheShortlist) -> JSONResponse:
    """All entries of one's partner, also the removed ones, with reasons and history: to take along, or to look at."""
    headers = {**PRIVATE, "Content-Disposition": attachment(f"shortlist-{own.partner}.json")}
    return JSONResponse([models.as_json(own.item(each)) for each in own.entries(removed=None)], headers=headers)


@router.get("/{entry_id}", summary="One entry", **_ENTRY)
def entry(own: TheShortlist, entry_id: Id) -> JSONResponse:
    """Its reasons and which of them still stand; `ETag` is what a change sends as `If-Match`."""
    return given(own.get(entry_id))


@router.patch("/{entry_id}", summary="Change an entry", **_ENTRY)
def change(own: TheShortlist, entry_id: Id, version: Version, body: models.EntryChange) -> JSONResponse:
    """What is left out stays."""
    return given(own.change(entry_id, version, **body.model_dump(exclude_none=True)))


@router.delete("/{entry_id}", summary="Remove an entry", **_ENTRY)
def remove(
    own: TheShortlist,
    entry_id: Id,
    version: Version,
    forever: Annotated[bool, Query(description="Delete it for good")] = False,
) -> Response:
    """It can be restored for thirty days. With `forever` it is deleted with its history (204)."""
    found = own.remove(entry_id, version)
    if forever:
        own.delete(entry_id)
        return Response(status_code=204, headers=PRIVATE)
    return given(found)


@router.post("/{entry_id}/restore", summary="Bring a removed entry back", **_ENTRY)
def restore(own: TheShortlist, entry_id: Id, version: Version) -> JSONResponse:
    """As it was."""
    return given(own.restore(entry_id, version))


@router.post(
    "/{entry_id}/share",
    summary="Send a verdict to others",
    responses={200: {"model": models.Shared, "description": "With `dry_run`: what would be sent"}},
    status_code=201,
    response_model=models.Entry,
)
def share(
    request: Request,
    own: TheShortlist,
    who: TheWho,
    entry_id: Id,
    version: Version,
    body: models.NewShare,
    dry_run: Annotated[bool, Query(description="Only say what would be sent")] = False,
    idempotency_key: Key = None,
) -> Response:
    """As a contribution of the partner's that another partner reviews. Only what the body says is sent, no note."""
    draft = own.draft(own.get(entry_id).entry, body.verdict, body.text, body.lang)
    if dry_run:
        return JSONResponse(models.draft(draft).model_dump(mode="json"), headers=PRIVATE)
    said = ["share", entry_id, body.model_dump(mode="json")]
    return _once(request, own, who.name, idempotency_key, said, lambda: (own.share(entry_id, draft, version), True))


@router.post("/{entry_id}/unshare", summary="Take back what was shared", **_ENTRY)
def unshare(own: TheShortlist, entry_id: Id, body: bodies.NeededReason) -> JSONResponse:
    """The contribution is withdrawn, or returned where it waits for review; the entry stays."""
    return given(own.unshare(entry_id, body.why))


def given(found: Item, status: int = 200, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An entry, with its version as the entity tag."""
    tag = {"ETag": etag(found.entry.version)}
    return JSONResponse(models.as_json(found), status, {**PRIVATE, **tag, **(headers or {})})


def _once(
    request: Request, own: Shortlist, owner: str, key: str | None, said: list[Any], act: Callable[[], tuple[Item, bool]]
) -> JSONResponse:
    """Do what a key stands for once; a request that comes again is answered with the entry as it is by now."""
    first: list[tuple[Item, bool]] = []

    def acting() -> dict[str, JsonValue]:
        first.append(act())
        return {"id": first[0][0].entry.id}

    if key is None:
        acting()
        answer: Mapping[str, JsonValue] = {}
        again = False
    else:
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        once: Once = request.app.state.once
        answer, again = once.do(ecograph_of(request).ledger, owner, key, digest, acting)
    found, new = first[0] if first else (own.get(str(answer["id"])), True)
    headers = {"Location": f"/api/v1/shortlists/{found.entry.id}"}
    if again:
        headers["Idempotency-Replayed"] = "true"
    return given(found, 201 if new else 200, headers)
