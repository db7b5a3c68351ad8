"""Telling others what a partner thinks of a candidate: chosen, looked at, ticked, sent; and taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ecograph.errors import BadParameter, EcoGraphError, EntryChanged, Rejected, WrongState
from ecograph.ledger.entries import Status
from ecograph.web import problems
from ecograph.web.access import ecograph_of
from ecograph.web.auth import MaybeWho
from ecograph.web.pages.layout import METHODS, Words, page, short
from ecograph.web.pages.login import to_login
from ecograph.web.pages.shortlist import (
    Id,
    Notice,
    Typed,
    Version,
    crumbs_of,
    entry_page,
    lines,
    not_sharable,
    notice_of,
    own_list,
    take,
    to_sign_in,
)
from ecograph.web.shortlisting import Item
from ecograph.web.verdicts import MAX_SHARED, VERDICTS, Draft, Verdict
from ecograph.web.views import shortlist
from ecograph.web.views.words import Link, Reader, licence_name

router = APIRouter(include_in_schema=False)

_STATUS_ONLY: Final = "status"


@router.api_route("/{lang}/shortlist/{entry_id}/share", methods=METHODS)
def before_sharing(request: Request, words: Words, who: MaybeWho, entry_id: Id) -> Response:
    """What a partner may tell others about a candidate."""
    if who is None:
        return to_login(request, words)
    item = own_list(request, words, who).get(entry_id)
    verdict = {Status.NOT_RELEVANT: "does-not-suit", Status.AGREED: "suits"}.get(item.entry.status, "")
    return _sharing(request, words, item, {"verdict": verdict, "text": item.entry.why})


@router.post("/{lang}/shortlist/{entry_id}/share")
def share(
    request: Request,
    words: Words,
    who: MaybeWho,
    entry_id: Id,
    version: Version = None,
    verdict: Annotated[str, Form(max_length=20)] = "",
    text: Typed = "",
    step: Annotated[str, Form(max_length=10)] = "",
    consent: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Show what would be sent; when it was shown and the box is ticked, send it."""
    if who is None:
        return to_sign_in(words)
    own, said = own_list(request, words, who), {"verdict": verdict, "text": lines(text)}
    item = own.get(entry_id)
    if verdict not in (*VERDICTS, _STATUS_ONLY) or step == "change":
        fault = Notice(words.say("shortlist.share.choose"), "verdict") if step != "change" else None
        return _sharing(request, words, item, said, fault=fault)
    try:
        draft = own.draft(item.entry, _verdict(verdict), said["text"], words.lang)
        if step != "send" or consent != "yes":
            missing = Notice(words.say("shortlist.share.consent-missing"), "consent") if step == "send" else None
            return _sharing(request, words, item, said, draft=draft, fault=missing)
        own.share(entry_id, draft, version)
    except (BadParameter, EntryChanged, Rejected, WrongState) as fault:
        return _sharing(request, words, own.get(entry_id), said, fault=notice_of(words, fault), error=fault)
    return RedirectResponse(f"{shortlist.entry_href(words.lang, entry_id)}?done=shared", 303)


@router.post("/{lang}/shortlist/{entry_id}/unshare")
def unshare(
    request: Request,
    words: Words,
    who: MaybeWho,
    entry_id: Id,
    why: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Take back what was told others."""
    if who is not None and not why.strip():
        item = own_list(request, words, who).get(entry_id)
        fault = Notice(words.say("shortlist.share.withdraw-why-missing"), "unshare-why")
        return entry_page(request, words, who, item, fault=fault, code=422)
    return take(request, words, who, entry_id, lambda own: own.unshare(entry_id, why), "unshared")


def _verdict(name: str) -> Verdict | None:
    return next((each for each in VERDICTS if each == name), None)


def _sharing(
    request: Request,
    words: Reader,
    item: Item,
    given: dict[str, str],
    *,
    draft: Draft | None = None,
    fault: Notice | None = None,
    error: EcoGraphError | None = None,
) -> HTMLResponse:
    partner = ecograph_of(request).ledger.partners.get(item.entry.partner)
    name = shortlist.candidate_link(words, item)
    title = words.say("shortlist.share.preview-title" if draft else "shortlist.share.title")
    status = words.say(f"shortlist.status.{item.entry.status}")
    told = words.say(f"shortlist.verdict.{draft.verdict}") if draft and draft.verdict else status
    code = problems.problem_of(request, error).status if error else 422 if fault else 200
    return page(
        request,
        words.lang,
        "shortlist_share.html",
        title=f"{words.say('page.problem.prefix')} {title}" if fault else title,
        status=422 if code == 400 else code,
        section="shortlist",
        private=True,
        address=f"/shortlist/{item.entry.id}/share",
        crumbs=[
            *crumbs_of(words, name)[:1],
            Link(short(name.text), shortlist.entry_href(words.lang, item.entry.id), name.lang),
            Link(title),
        ],
        heading=title,
        entry=item.entry,
        need=shortlist.need_link(words, item.entry.about),
        candidate=name,
        given=given,
        draft=draft,
        told=told,
        partner=partner.name,
        licence=licence_name(partner.licence),
        today=words.day(datetime.now(UTC).date().isoformat()),
        verdicts=shortlist.verdicts(words),
        status_only=None if item.entry.status is Status.NOT_RELEVANT else status,
        max_text=MAX_SHARED,
        most=words.number(MAX_SHARED),
        not_sharable=not_sharable(words, item),
        here=shortlist.entry_href(words.lang, item.entry.id),
        fault=fault,
    )
