"""One contribution: what is in it, what it changes, what happened to it, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ecograph.bootstrap import EcoGraph
from ecograph.contribute.desk import Case, Desk, Options, Who
from ecograph.contribute.difference import Difference
from ecograph.contribute.packing import unpack
from ecograph.errors import (
    BadParameter,
    ContributionError,
    EcoGraphError,
    Rejected,
    VersionConflict,
    WithdrawalConflict,
    WrongState,
)
from ecograph.ledger.records import State
from ecograph.web import problems
from ecograph.web.access import ecograph_of
from ecograph.web.auth import MaybeWho
from ecograph.web.pages.contribute import counts
from ecograph.web.pages.layout import METHODS, Words, page, short
from ecograph.web.pages.login import to_login
from ecograph.web.views import cases, differences
from ecograph.web.views.findings import Checked, sections
from ecograph.web.views.words import Link, Reader

router = APIRouter(include_in_schema=False)

_DONE: Final = frozenset(
    {"submitted", "kept", "approved", "returned", "withdrawn", "taken-back", "renewed", "noted", "again"}
)
"""What may just have been done (`page.case.done.*`)."""

_OVER: Final = frozenset({State.WITHDRAWN, State.EXPIRED})
_NEWS_SHOWN: Final = 10

Version = Annotated[int, Form()]
Why = Annotated[str, Form(max_length=4000)]


@dataclass(frozen=True)
class Notice:
    """
    What is said on top of the page.

    Args:
        text: The sentence.
        field: The field it is about, to lead to.
        more: What else is to be known.
    """

    text: str
    field: str = ""
    more: str = ""


@router.api_route("/{lang}/contributions/{contribution_id}", methods=METHODS)
def case(request: Request, words: Words, who: MaybeWho, contribution_id: str, done: str = "") -> Response:
    """A contribution with everything that belongs to it."""
    if who is None:
        return to_login(request, words)
    return _page(request, words, who, contribution_id, done=done if done in _DONE else "")


@router.post("/{lang}/contributions/{contribution_id}/submit")
def submit(
    request: Request,
    words: Words,
    who: MaybeWho,
    contribution_id: str,
    version: Version,
    rows: Annotated[str, Form(max_length=10)] = "all",
) -> Response:
    """Hand it to the reviewers: all of it, or only the rows without errors."""
    leave_out = "faulty" if rows == "good" else None

    def step(desk: Desk, acting: Who) -> Case:
        return desk.submit(contribution_id, acting, version=version, leave_out=leave_out)  # type: ignore[arg-type]

    return _take(request, words, who, contribution_id, step, "submitted")


@router.post("/{lang}/contributions/{contribution_id}/approve")
def approve(
    request: Request, words: Words, who: MaybeWho, contribution_id: str, version: Version, why: Why = ""
) -> Response:
    """Approve and publish it."""

    def step(desk: Desk, acting: Who) -> Case:
        return desk.approve(contribution_id, acting, why.strip(), version=version)

    return _take(request, words, who, contribution_id, step, "approved")


@router.post("/{lang}/contributions/{contribution_id}/return")
def send_back(
    request: Request, words: Words, who: MaybeWho, contribution_id: str, version: Version, why: Why = ""
) -> Response:
    """Send it back to its contributor."""

    def step(desk: Desk, acting: Who) -> Case:
        return desk.send_back(contribution_id, acting, why, version=version)

    return _take(request, words, who, contribution_id, step, "returned", "why-return")


@router.api_route("/{lang}/contributions/{contribution_id}/withdraw", methods=METHODS)
def before_withdrawal(request: Request, words: Words, who: MaybeWho, contribution_id: str) -> Response:
    """What taking it back would do, and the form for the reason."""
    if who is None:
        return to_login(request, words)
    return _withdrawal(request, words, who, contribution_id)


@router.post("/{lang}/contributions/{contribution_id}/withdraw")
def withdraw(
    request: Request, words: Words, who: MaybeWho, contribution_id: str, version: Version, why: Why = ""
) -> Response:
    """Take it back."""
    if who is None:
        return to_login(request, words)
    if not why.strip():
        fault = Notice(words.say("page.case.why-missing"), "why")
        return _withdrawal(request, words, who, contribution_id, fault=fault)

    def step(desk: Desk, acting: Who) -> Case:
        return desk.withdraw(contribution_id, acting, why, version=version)

    waiting = ecograph_of(request).desk.contribution(contribution_id, who).state is State.SUBMITTED
    return _take(request, words, who, contribution_id, step, "taken-back" if waiting else "withdrawn")


@router.post("/{lang}/contributions/{contribution_id}/renew")
def renew(
    request: Request,
    words: Words,
    who: MaybeWho,
    contribution_id: str,
    version: Version,
    expires_on: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Let it stay longer."""

    def step(desk: Desk, acting: Who) -> Case:
        try:
            until = date.fromisoformat(expires_on)
        except ValueError:
            raise BadParameter(name="expires_on", value=expires_on, expected="2027-12-31") from None
        return desk.renew(contribution_id, acting, until, version=version)

    return _take(request, words, who, contribution_id, step, "renewed", "expires_on")


@router.post("/{lang}/contributions/{contribution_id}/note")
def note(
    request: Request,
    words: Words,
    who: MaybeWho,
    contribution_id: str,
    note: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Write something about it."""

    def step(desk: Desk, acting: Who) -> Case:
        return desk.note(contribution_id, acting, note)

    return _take(request, words, who, contribution_id, step, "noted", "note")


@router.post("/{lang}/contributions/{contribution_id}/again")
def again(request: Request, words: Words, who: MaybeWho, contribution_id: str) -> Response:
    """Send the same files once more: how a withdrawal is undone."""
    if who is None:
        return to_login(request, words)
    desk = ecograph_of(request).desk
    old, sent = desk.contribution(contribution_id, who), desk.file(contribution_id, who)
    options = replace(Options.from_json(old.options), expires_on=None, corrects=None)
    new = desk.receive(unpack(sent.data, old.file_name), options, who, partner=old.publisher)
    return RedirectResponse(f"/{words.lang}/contributions/{new.contribution.id}?done=again", 303)


def _take(
    request: Request,
    words: Reader,
    who: Who | None,
    contribution_id: str,
    step: Callable[[Desk, Who], Case],
    done: str,
    field: str = "",
) -> Response:
    """Take a step and lead back to the contribution; where it cannot be taken, show why beside how things stand now."""
    if who is None:
        return RedirectResponse(
            f"/{words.lang}/login?{urlencode({'next': f'/{words.lang}/contributions/{contribution_id}'})}", 303
        )
    try:
        step(ecograph_of(request).desk, who)
    except (VersionConflict, WrongState, WithdrawalConflict, Rejected, BadParameter, ContributionError) as fault:
        return _page(request, words, who, contribution_id, fault=fault, field=field)
    return RedirectResponse(f"/{words.lang}/contributions/{contribution_id}?{urlencode({'done': done})}", 303)


def _page(
    request: Request,
    words: Reader,
    who: Who,
    contribution_id: str,
    *,
    done: str = "",
    fault: EcoGraphError | None = None,
    field: str = "",
) -> HTMLResponse:
    ecograph, lang = ecograph_of(request), words.lang
    found, unread = _case(ecograph, contribution_id, who)
    contribution, staged = found.contribution, found.staged
    checked = Checked.of(staged) if staged else None
    change = _difference(ecograph, contribution_id, who) if checked is None or checked.report.conforms else None
    names = cases.Names(ecograph.ledger.partners.all(), words)
    notice = _notice(words, fault, found, names, field) if fault else None
    timeline = cases.timeline(words, found.events, names)
    published = contribution.state is State.PUBLISHED
    over = contribution.state in _OVER and contribution.sha256 is not None
    again = over and who.lacks("submit", contribution.publisher) is None
    files = f"/api/v1/contributions/{contribution_id}"
    return page(
        request,
        lang,
        "case.html",
        title=f"{words.say('page.problem.prefix') + ' ' if notice else ''}{short(contribution.title)}",
        status=problems.problem_of(request, fault).status if fault else 200,
        section="review" if who.partner != contribution.publisher else "contributions",
        private=True,
        address=f"/contributions/{contribution_id}",
        crumbs=_crumbs(words, who, contribution.publisher, contribution.title),
        contribution=contribution,
        state_name=words.say(f"ledger.state.{contribution.state}"),
        next_step=cases.next_step(words, contribution, who),
        facts=cases.facts(words, contribution, names),
        done=words.say(f"page.case.done.{done}") if done else "",
        news=differences.published(words, change, _NEWS_SHOWN) if done == "approved" and published and change else (),
        notice=notice,
        unread=unread.message(lang) if unread else "",
        checked=checked,
        verdict=checked.report.verdict(lang) if checked else "",
        counts=counts(words, checked) if checked else (),
        sections=sections(checked, words) if checked else (),
        good=words.number(checked.rows - checked.faulty) if checked else "",
        bad=words.number(checked.faulty) if checked else "",
        difference=differences.difference(words, change) if change else None,
        timeline=timeline,
        reason=timeline[0] if contribution.state is State.RETURNED and timeline[0].why else None,
        notes=cases.notes(words, found.notes, names),
        here=f"/{lang}/contributions/{contribution_id}",
        allowed=found.allowed,
        acting=bool(found.allowed - {"note"}) or again,
        correcting=contribution.state is State.RETURNED and "submit" in found.allowed,
        again=again,
        marked_href=f"{files}/marked.xlsx?lang={lang}" if checked and checked.report.findings else None,
        errors_href=f"{files}/errors?lang={lang}" if checked and checked.faulty and checked.rows else None,
        file_href=f"{files}/file" if contribution.sha256 else None,
    )


def _case(ecograph: EcoGraph, contribution_id: str, who: Who) -> tuple[Case, EcoGraphError | None]:
    """The case; where its files cannot be checked now, the case without them, and why."""
    try:
        return ecograph.desk.case(contribution_id, who), None
    except (ContributionError, WrongState) as fault:
        return ecograph.desk.case(contribution_id, who, checked=False), fault


def _difference(ecograph: EcoGraph, contribution_id: str, who: Who) -> Difference | None:
    try:
        return ecograph.desk.difference(contribution_id, who)
    except (ContributionError, WrongState):
        return None


def _notice(words: Reader, fault: EcoGraphError, found: Case, names: cases.Names, field: str) -> Notice:
    """Why a step was not taken, in the words of a page."""
    if isinstance(fault, VersionConflict | WrongState) and found.events:
        last = cases.timeline(words, found.events, names)[0]
        if found.notes and found.notes[-1].when > found.events[-1].when:
            written = cases.notes(words, found.notes, names)[-1]
            more = words.say("page.case.changed-by-note", who=written.who, when=written.when)
        else:
            more = words.say("page.case.changed-by", who=last.who, when=last.when, what=last.what.lower())
        return Notice(words.say("page.case.changed"), more=more)
    if isinstance(fault, BadParameter):
        named = fault.values["name"]
        if named == "expires_on":
            return Notice(words.say("page.case.bad-day"), field)
        return Notice(words.say("page.case.note-missing" if named == "note" else "page.case.why-missing"), field)
    return Notice(fault.message(words.lang))


def _withdrawal(
    request: Request, words: Reader, who: Who, contribution_id: str, fault: Notice | None = None
) -> HTMLResponse:
    ecograph = ecograph_of(request)
    found = ecograph.desk.case(contribution_id, who, checked=False)
    contribution = found.contribution
    if "withdraw" not in found.allowed:
        who.require("withdraw", contribution.publisher)
        raise WrongState(id=contribution_id, state=contribution.state, wanted=State.WITHDRAWN)
    published = contribution.state is State.PUBLISHED
    report = ecograph.desk.consequences(contribution_id) if published else None
    change = ecograph.desk.difference(contribution_id, who) if published else None
    title = words.say("page.withdraw.title" if published else "page.withdraw.title-waiting")
    return page(
        request,
        words.lang,
        "withdraw.html",
        title=f"{words.say('page.problem.prefix')} {title}" if fault else title,
        status=422 if fault else 200,
        section="contributions",
        private=True,
        address=f"/contributions/{contribution_id}/withdraw",
        crumbs=[
            *_crumbs(words, who, contribution.publisher, contribution.title)[:1],
            Link(short(contribution.title), f"/{words.lang}/contributions/{contribution_id}"),
            Link(title),
        ],
        heading=title,
        contribution=contribution,
        published=published,
        consequences=[finding.message(words.lang) for finding in report.findings] if report else [],
        difference=differences.difference(words, change) if change else None,
        fault=fault,
    )


def _crumbs(words: Reader, who: Who, publisher: str, title: str) -> list[Link]:
    own = who.partner == publisher
    place = "contributions" if own else "review"
    return [Link(words.say(f"page.{place}.title"), f"/{words.lang}/{place}"), Link(short(title))]
