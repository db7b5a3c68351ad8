"""A partner's own contributions, with what expires and what can be edited; and the queue of those who review."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ecograph.bootstrap import EcoGraph
from ecograph.contribute.desk import Who
from ecograph.errors import ContributionError, Forbidden, WrongState
from ecograph.ledger.partners import Role
from ecograph.ledger.records import Contribution, State
from ecograph.shacl.report import Severity
from ecograph.web.access import ecograph_of
from ecograph.web.auth import MaybeWho
from ecograph.web.pages.layout import METHODS, Words, page
from ecograph.web.pages.login import to_login
from ecograph.web.views import cases
from ecograph.web.views.contributions import exports
from ecograph.web.views.words import Link, Reader

router = APIRouter(include_in_schema=False)

_OWN_SHOWN: Final = 100
_RECENT_SHOWN: Final = 10
_COUNTED: Final = 8
"""Waiting contributions whose findings are counted for the queue; each may have to be read again for it."""

_TOLD: Final = (Severity.VIOLATION, Severity.WARNING)
_WAITING: Final = (State.SUBMITTED, State.APPROVED)


@router.api_route("/{lang}/contributions", methods=METHODS)
def contributions(request: Request, words: Words, who: MaybeWho) -> Response:
    """What a partner has sent, what goes soon, and what can be edited in a spreadsheet."""
    if who is None:
        return to_login(request, words)
    ecograph = ecograph_of(request)
    today, names = datetime.now(UTC).date(), cases.Names(ecograph.ledger.partners.all(), words)
    own = ecograph.desk.cases(who, partner=who.partner) if who.partner else ecograph.desk.cases(who)
    listed = sorted(own, key=lambda each: each.received_at, reverse=True)
    title = words.say("page.contributions.title")
    return page(
        request,
        words.lang,
        "contributions.html",
        title=title,
        section="contributions",
        private=True,
        crumbs=[Link(title)],
        partner=names.partner(who.partner) if who.partner else names.who(who.name),
        role=words.say(f"ledger.role.{who.role}"),
        contributor=who.role.may(Role.CONTRIBUTOR),
        expiring=[cases.line(words, each, names, today) for each in cases.expiring(own, today)],
        lines=[cases.line(words, each, names, today) for each in listed[:_OWN_SHOWN]],
        hidden=max(len(listed) - _OWN_SHOWN, 0),
        exports=exports(words, ecograph.rules, who.partner) if who.partner else (),
    )


@router.api_route("/{lang}/review", methods=METHODS)
def review(request: Request, words: Words, who: MaybeWho) -> Response:
    """What waits for a decision, the oldest first, and what was decided lately."""
    if who is None:
        return to_login(request, words)
    if not who.role.may(Role.REVIEWER):
        raise Forbidden(needed="reviewer")
    ecograph = ecograph_of(request)
    names = cases.Names(ecograph.ledger.partners.all(), words)
    everything = ecograph.desk.cases(who)
    waiting = [each for each in everything if each.state in _WAITING]
    recent = [each for each in everything if each.state is State.PUBLISHED][-_RECENT_SHOWN:]
    today = datetime.now(UTC).date()
    title = words.say("page.review.title")
    return page(
        request,
        words.lang,
        "review.html",
        title=title,
        section="review",
        private=True,
        crumbs=[Link(title)],
        waiting=[
            {
                "line": cases.line(words, each, names, today),
                "found": _found(words, ecograph, each, who) if at < _COUNTED else "",
                "decides": who.lacks("approve", each.publisher) is None,
            }
            for at, each in enumerate(waiting)
        ],
        recent=[cases.line(words, each, names, today) for each in reversed(recent)],
    )


def _found(words: Reader, ecograph: EcoGraph, contribution: Contribution, who: Who) -> str:
    """How many findings a reviewer would see, in words; nothing where the files cannot be read now."""
    try:
        staged = ecograph.desk.case(contribution.id, who).staged
    except (ContributionError, WrongState):
        return ""
    findings = staged.report.findings if staged else ()
    counted = [(severity, sum(each.severity is severity for each in findings)) for severity in _TOLD]
    said = [
        f"{words.say(f'page.report.many.{severity}')}: {words.number(count)}" for severity, count in counted if count
    ]
    return ", ".join(said) or words.say("page.review.nothing-found")
