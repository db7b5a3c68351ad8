"""A partner's shortlist: the candidates it considers, its own words about them, and what it tells others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from ecograph.contribute.rights import Who
from ecograph.errors import (
    BadParameter,
    EcoGraphError,
    EntryChanged,
    Forbidden,
    WithdrawalConflict,
    WrongState,
)
from ecograph.ledger.entries import MAX_NOTE, MAX_WHY, RESTORABLE, Status
from ecograph.match import weights
from ecograph.text.lexicon import normalise
from ecograph.web import problems
from ecograph.web.access import ecograph_of
from ecograph.web.auth import MaybeWho
from ecograph.web.pages.layout import METHODS, PRIVATE, Words, page, short
from ecograph.web.pages.login import safe, to_login
from ecograph.web.rest import shortlist_models
from ecograph.web.shortlisting import Item, Shortlist
from ecograph.web.uploads import attachment
from ecograph.web.verdicts import MAX_SHARED, is_person
from ecograph.web.views import cases, shortlist
from ecograph.web.views.words import Link, Reader

router = APIRouter(include_in_schema=False)

SHOWN: Final = 100
"""Entries on one page; each is measured against the graph of today."""

_DONE: Final = frozenset({"saved", "removed", "restored", "deleted", "shared", "unshared"})

Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Version = Annotated[int | None, Form()]
Chosen = Annotated[Status, Form()]
Typed = Annotated[str, Form(max_length=10_000)]


@dataclass(frozen=True)
class Notice:
    """What is said on top of a page, the field it is about, and what else is to be known."""

    text: str
    field: str = ""
    more: str = ""


@router.api_route("/{lang}/shortlist", methods=METHODS)
def listed(request: Request, words: Words, who: MaybeWho, need: str = "", q: str = "", done: str = "") -> Response:
    """The whole list, or that for one need."""
    if who is None:
        return to_login(request, words)
    return _list(request, words, who, need=need, typed=q, done=done)


@router.post("/{lang}/shortlist/add")
def add(
    request: Request,
    words: Words,
    who: MaybeWho,
    candidate: Annotated[str, Form(max_length=300)],
    need: Annotated[str, Form(max_length=300)] = "",
    q: Typed = "",
    topic: Annotated[list[str] | None, Form()] = None,
    weighting: Annotated[str, Form(max_length=100)] = weights.DEFAULT,
    next: Annotated[str, Form(max_length=40_000)] = "",
    at: Annotated[str, Form(max_length=100, pattern=r"^[a-z0-9-]*$")] = "",
) -> Response:
    """Put a candidate on the list, and go back to the answer."""
    back = safe(next)
    if who is None:
        return RedirectResponse(f"/{words.lang}/login?{urlencode({'next': back})}", 303)
    own = own_list(request, words, who)
    about = own.about(need or None, normalise(q) if q else None)
    item, _ = own.add(about, own.candidate(candidate), topics=topic, weighting=weighting)
    there = f"{back}{'#' + at if at else ''}" if back else shortlist.entry_href(words.lang, item.entry.id)
    return RedirectResponse(there, 303)


@router.api_route("/{lang}/shortlist/download.csv", methods=METHODS)
def as_csv(request: Request, words: Words, who: MaybeWho) -> Response:
    """The list for a spreadsheet."""
    if who is None:
        return to_login(request, words)
    own = own_list(request, words, who)
    name = f"{words.say('shortlist.page.file-name')}-{own.partner}.csv"
    headers = {**PRIVATE, "Content-Disposition": attachment(name)}
    written = shortlist.table(words, (own.item(each) for each in own.entries()))
    return Response(written, media_type="text/csv; charset=utf-8", headers=headers)


@router.api_route("/{lang}/shortlist/download.json", methods=METHODS)
def as_json(request: Request, words: Words, who: MaybeWho) -> Response:
    """Everything that is kept for the partner."""
    if who is None:
        return to_login(request, words)
    own = own_list(request, words, who)
    name = f"{words.say('shortlist.page.file-name')}-{own.partner}.json"
    headers = {**PRIVATE, "Content-Disposition": attachment(name)}
    found = [shortlist_models.as_json(own.item(each)) for each in own.entries(removed=None)]
    return JSONResponse(found, headers=headers)


@router.post("/{lang}/shortlist/delete")
def delete_all(
    request: Request, words: Words, who: MaybeWho, sure: Annotated[str, Form(max_length=10)] = ""
) -> Response:
    """Delete everything for good."""
    if who is None:
        return to_sign_in(words)
    if sure != "yes":
        fault = Notice(words.say("shortlist.page.delete-all-missing"), "sure")
        return _list(request, words, who, fault=fault, status=422)
    own_list(request, words, who).delete()
    return RedirectResponse(f"/{words.lang}/shortlist?done=deleted", 303)


@router.api_route("/{lang}/shortlist/{entry_id}", methods=METHODS)
def entry(request: Request, words: Words, who: MaybeWho, entry_id: Id, done: str = "", status: str = "") -> Response:
    """One candidate: what the partner says of it, the reasons as they were, and what has become of them."""
    if who is None:
        return to_login(request, words)
    item = own_list(request, words, who).get(entry_id)
    if status == Status.NOT_RELEVANT and item.entry.status is not Status.NOT_RELEVANT:
        given = {"status": status, "why": item.entry.why, "note": item.entry.note}
        fault = Notice(words.say("shortlist.entry.why-missing"), "why")
        return entry_page(request, words, who, item, fault=fault, given=given)
    return entry_page(request, words, who, item, done=done)


@router.post("/{lang}/shortlist/{entry_id}/status")
def set_status(
    request: Request, words: Words, who: MaybeWho, entry_id: Id, status: Chosen, version: Version = None
) -> Response:
    """Change the status from the list; where a reason is needed, lead to the page that asks for it."""
    if who is None:
        return to_sign_in(words)
    own = own_list(request, words, who)
    if status is Status.NOT_RELEVANT and not own.get(entry_id).entry.why:
        query = urlencode({"status": status.value})
        return RedirectResponse(f"{shortlist.entry_href(words.lang, entry_id)}?{query}#why", 303)
    try:
        own.change(entry_id, version, status=status)
    except EntryChanged as fault:
        return _list(request, words, who, fault=Notice(fault.message(words.lang)), status=412)
    return RedirectResponse(f"/{words.lang}/shortlist?done=saved", 303)


@router.post("/{lang}/shortlist/{entry_id}/change")
def change(
    request: Request,
    words: Words,
    who: MaybeWho,
    entry_id: Id,
    status: Chosen,
    version: Version = None,
    why: Typed = "",
    note: Typed = "",
) -> Response:
    """Say something else of a candidate."""
    given = {"status": status.value, "why": why, "note": note}

    def step(own: Shortlist) -> object:
        return own.change(entry_id, version, status=status, why=lines(why), note=lines(note))

    return take(request, words, who, entry_id, step, "saved", given)


@router.post("/{lang}/shortlist/{entry_id}/remove")
def remove(request: Request, words: Words, who: MaybeWho, entry_id: Id, version: Version = None) -> Response:
    """Take a candidate off the list."""
    done = take(request, words, who, entry_id, lambda own: own.remove(entry_id, version), "removed")
    return RedirectResponse(f"/{words.lang}/shortlist?done=removed#removed", 303) if done.status_code == 303 else done


@router.post("/{lang}/shortlist/{entry_id}/restore")
def restore(request: Request, words: Words, who: MaybeWho, entry_id: Id, version: Version = None) -> Response:
    """Bring a removed candidate back."""
    return take(request, words, who, entry_id, lambda own: own.restore(entry_id, version), "restored")


@router.post("/{lang}/shortlist/{entry_id}/delete")
def delete(request: Request, words: Words, who: MaybeWho, entry_id: Id) -> Response:
    """Delete a candidate from the list for good."""
    if who is None:
        return to_sign_in(words)
    own = own_list(request, words, who)
    own.get(entry_id)
    own.delete(entry_id)
    return RedirectResponse(f"/{words.lang}/shortlist?done=deleted", 303)


def own_list(request: Request, words: Reader, who: Who) -> Shortlist:
    """The visitor's own shortlist."""
    return Shortlist(ecograph_of(request), words.view, who)


def to_sign_in(words: Reader) -> RedirectResponse:
    """To the form for a token, and to the list after it."""
    return RedirectResponse(f"/{words.lang}/login?{urlencode({'next': f'/{words.lang}/shortlist'})}", 303)


def lines(typed: str) -> str:
    """What a form sends, with line ends as they are kept."""
    return typed.replace("\r\n", "\n")


def take(
    request: Request,
    words: Reader,
    who: Who | None,
    entry_id: str,
    step: Callable[[Shortlist], object],
    done: str,
    given: dict[str, str] | None = None,
) -> Response:
    """Take a step and lead back to the entry; where it cannot be taken, show why, with what was typed in."""
    if who is None:
        return to_sign_in(words)
    own = own_list(request, words, who)
    try:
        step(own)
    except (BadParameter, EntryChanged, Forbidden, WrongState, WithdrawalConflict) as fault:
        item, notice = own.get(entry_id), notice_of(words, fault)
        if isinstance(fault, EntryChanged):
            status = words.say(f"shortlist.status.{item.entry.status}")
            more = words.say("shortlist.entry.now-says", status=status, note=item.entry.note or "–")
            notice = Notice(notice.text, notice.field, more)
        code = problems.problem_of(request, fault).status
        return entry_page(request, words, who, item, fault=notice, given=given, code=422 if code == 400 else code)
    return RedirectResponse(f"{shortlist.entry_href(words.lang, entry_id)}?{urlencode({'done': done})}", 303)


def notice_of(words: Reader, fault: EcoGraphError) -> Notice:
    """Why a step was not taken, in the words of a page."""
    most = {"why": MAX_WHY, "note": MAX_NOTE, "text": MAX_SHARED}
    if isinstance(fault, BadParameter) and (name := str(fault.values["name"])) in most:
        if fault.values["value"]:
            return Notice(words.say("shortlist.entry.too-long", most=words.number(most[name])), name)
        return Notice(words.say("shortlist.entry.why-missing"), name)
    return Notice(fault.message(words.lang))


def _list(
    request: Request,
    words: Reader,
    who: Who,
    *,
    need: str = "",
    typed: str = "",
    done: str = "",
    fault: Notice | None = None,
    status: int = 200,
) -> HTMLResponse:
    own, lang = own_list(request, words, who), words.lang
    ecograph, today = ecograph_of(request), datetime.now(UTC).date()
    about = own.about(need or None, normalise(typed) if typed else None) if need or typed else None
    entries, removed = own.entries(about), own.entries(about, removed=True)
    items = [own.item(each) for each in entries[:SHOWN]]
    gone = [own.item(each) for each in removed[:SHOWN]]
    rows = shortlist.by_need(words, items, today)
    title = words.say("shortlist.page.title")
    return page(
        request,
        lang,
        "shortlist.html",
        title=f"{words.say('page.problem.prefix')} {title}" if fault else title,
        status=status,
        section="shortlist",
        private=True,
        address=f"/shortlist?{urlencode({'need': need} if need else {'q': typed})}" if about else "/shortlist",
        crumbs=[Link(title)],
        partner=ecograph.ledger.partners.get(own.partner).name,
        may=shortlist.may(who.role),
        groups=rows,
        soon=[row for group in rows for row in group.rows if row.soon],
        removed=[shortlist.row(words, each, today) for each in gone],
        narrowed=about is not None,
        count=len(entries),
        shown=len(items),
        statuses=shortlist.statuses(words),
        months=ecograph.settings.shortlist_months,
        days=RESTORABLE.days,
        done=words.say(f"shortlist.page.done.{done}") if done in _DONE else "",
        fault=fault,
    )


def entry_page(
    request: Request,
    words: Reader,
    who: Who,
    item: Item,
    *,
    done: str = "",
    fault: Notice | None = None,
    given: dict[str, str] | None = None,
    code: int = 200,
) -> HTMLResponse:
    """The page of a candidate on the list, perhaps with what was typed in and cannot be kept."""
    lang, ecograph, said, kept = words.lang, ecograph_of(request), item.entry, item.kept
    name = shortlist.candidate_link(words, item)
    partners = ecograph.ledger.partners
    other = item.now is not None and kept.weights != weights.VERSION
    return page(
        request,
        lang,
        "shortlist_entry.html",
        title=f"{words.say('page.problem.prefix')} {short(name.text)}" if fault else short(name.text),
        status=code,
        section="shortlist",
        private=True,
        address=f"/shortlist/{said.id}",
        crumbs=crumbs_of(words, name),
        heading=name,
        entry=said,
        need=shortlist.need_link(words, said.about),
        answer_href=shortlist.answer_href(words, item) if item.now else None,
        may=shortlist.may(who.role),
        given=given or {"status": said.status.value, "why": said.why, "note": said.note},
        statuses=shortlist.statuses(words),
        most_why=words.number(MAX_WHY),
        max_why=MAX_WHY,
        max_note=MAX_NOTE,
        grounds=shortlist.grounds(words, item.grounds),
        day=words.day(kept.day),
        revision_then=kept.revision,
        then=shortlist.points(words, kept.score),
        now=shortlist.points(words, item.now.score) if item.now else "",
        weights=(kept.weights, weights.VERSION) if other else None,
        struck=item.struck,
        history=shortlist.history(words, item, cases.Names(partners.all(), words)),
        expires=words.day(item.expires_on.isoformat()),
        removed=words.day((said.removed_at + RESTORABLE).date().isoformat()) if said.removed_at else "",
        shared=item.shared if item.is_shared else None,
        shared_state=words.say(f"ledger.state.{item.shared.state}") if item.shared else "",
        not_sharable=not_sharable(words, item),
        partner=partners.get(said.partner).name,
        here=shortlist.entry_href(lang, said.id),
        done=words.say(f"shortlist.page.done.{done}") if done in _DONE else "",
        fault=fault,
    )


def crumbs_of(words: Reader, name: Link) -> list[Link]:
    """The way to a candidate on the list."""
    return [
        Link(words.say("shortlist.page.title"), f"/{words.lang}/shortlist"),
        Link(short(name.text), None, name.lang),
    ]


def not_sharable(words: Reader, item: Item) -> str:
    """Why nothing can be told to others about a candidate, if that is so."""
    if item.entry.about.iri is None:
        return words.say("shortlist.share.words-only")
    return words.say("shortlist.share.person") if is_person(item.entry.candidate) else ""
