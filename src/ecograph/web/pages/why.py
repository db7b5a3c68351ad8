"""Why somebody is in the list for a need, or not: what it has, what it lacks, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pyoxigraph import NamedNode

from ecograph.identifiers import NAME, thing_iri
from ecograph.match import weights
from ecograph.match.explaining.counterfactual import Change
from ecograph.match.explaining.edits import Edit
from ecograph.match.explaining.whynot import Answer
from ecograph.match.model import NeedProfile
from ecograph.match.model import points as as_points
from ecograph.namespaces import ID
from ecograph.web.narrowing import narrowed
from ecograph.web.pages.layout import METHODS, Words, page, short
from ecograph.web.pages.need import LONGEST_NEED, Topics, Weighting
from ecograph.web.rest.why_models import turtle
from ecograph.web.views.words import Link, Reader

router = APIRouter(include_in_schema=False)

_LONGEST_NAME = 200

Goal = Annotated[int | None, Query(ge=1, le=50)]


@router.api_route("/{lang}/match/why", methods=METHODS)
def why(
    request: Request,
    words: Words,
    who: str = "",
    need: str = "",
    q: str = "",
    topic: Topics = None,
    goal: Goal = None,
    weighting: Weighting = weights.DEFAULT,
) -> Response:
    """Why somebody is in the list for a need of the graph, or for one that is typed in."""
    typed, asked_for = q.strip()[:LONGEST_NEED], who.strip()[:_LONGEST_NAME]
    if NAME.fullmatch(need):
        profile = words.view.matcher.profile(thing_iri("need", need))
        link, asked = words.link(thing_iri("need", need)), [("need", need)]
    elif typed:
        profile = words.view.matcher.profile_text(typed)
        link, asked = Link(typed), [("q", typed)]
    else:
        return RedirectResponse(f"/{words.lang}", 303)
    if topic is not None:
        profile = narrowed(words.view, profile, topic)
        asked += [("topic", slug) for slug in topic]
    chosen = [("weighting", weighting)] if weighting != weights.DEFAULT else []
    asked += chosen
    if link.href is None:
        link = Link(typed, f"/{words.lang}/match?{urlencode(asked)}")
    explainer = words.view.explainer
    named = explainer.named(asked_for) if asked_for else ()
    answer = explainer.why(profile, named[0], goal=goal, weighting=weighting) if len(named) == 1 else None
    choices: Sequence[NamedNode] | None = None
    if asked_for and answer is None:
        choices = named or explainer.similar(asked_for, words.lang)
    return _page(request, words, profile, link, asked, asked_for, answer, choices)


def _page(
    request: Request,
    words: Reader,
    profile: NeedProfile,
    need: Link,
    asked: list[tuple[str, str]],
    who: str,
    answer: Answer | None,
    choices: Sequence[NamedNode] | None,
) -> HTMLResponse:
    lang = words.lang
    heading = words.say("counterfactual.page.title")
    return page(
        request,
        lang,
        "why.html",
        title=f"{short(answer.labels[lang])} – {heading}" if answer else heading,
        section="start",
        crumbs=[Link(short(need.text), need.href, need.lang), Link(heading)],
        heading=heading,
        need=need,
        asked=asked,
        who=who,
        choices=None if choices is None else [_choice(words, iri, asked) for iri in choices],
        answer=answer,
        candidate=words.link(answer.candidate) if answer else None,
        bar=answer.bar if answer else None,
        signals=_signals(words, answer) if answer else [],
        lacks=_lacks(words, answer) if answer else [],
        changes=_changes(words, answer) if answer else [],
        reasons=_reasons(words, answer) if answer else [],
        json_href=_as_data(profile, asked, answer, lang) if answer else None,
    )


def _choice(words: Reader, iri: NamedNode, asked: list[tuple[str, str]]) -> Link:
    query = urlencode([*asked, ("who", ID.local(iri))])
    found = words.link(iri)
    return Link(found.text, f"/{words.lang}/match/why?{query}", found.lang)


def _signals(words: Reader, answer: Answer) -> list[dict[str, object]]:
    """The table of the score: one row per signal, and the sum."""
    if answer.match is None:
        return []
    rows: list[tuple[str, float, float | None, float]] = [
        (words.say(f"match.signal.{gap.signal}"), gap.has, gap.needed, gap.most) for gap in answer.gaps
    ]
    bar = answer.bar.score if answer.bar else None
    rows.append((words.say("counterfactual.page.sum"), answer.match.score, bar, 1.0))
    return [
        {
            "name": name[:1].upper() + name[1:],
            "cells": [as_points(value, words.lang) for value in (has, needed, most) if value is not None],
        }
        for name, has, needed, most in rows
    ]


def _lacks(words: Reader, answer: Answer) -> list[str]:
    if answer.match is None:
        return []
    return [note.sentences[words.lang] for note in (*answer.match.against, *answer.match.unknown)]


def _changes(words: Reader, answer: Answer) -> list[dict[str, object]]:
    found: list[Change] = []
    if answer.search is not None:
        nearest = answer.search.nearest
        found = [*answer.search.changes, *([nearest] if nearest else [])]
    return [
        {
            "rank": change.rank or "–",
            "points": as_points(change.score, words.lang),
            "edits": [_edit(words, edit) for edit in change.edits],
            "turtle": turtle(change.statements),
        }
        for change in found
    ]


def _edit(words: Reader, edit: Edit) -> dict[str, object]:
    template = words.view.contract.template(edit.template)
    names = {column.key: column.names[words.lang] for column in template.columns}
    return {
        "sentence": edit.sentences[words.lang],
        "cells": [(names.get(key, key), value) for key, value in edit.cells.items()],
        "template": template.names[words.lang],
        "href": f"/{words.lang}/contribute/templates/{edit.template}",
    }


def _reasons(words: Reader, answer: Answer) -> list[dict[str, str]]:
    if answer.match is None:
        return []
    loss = {removal.statement: removal.loss for removal in answer.removals}
    return [
        {
            "sentence": reason.sentences[words.lang],
            "points": as_points(reason.contribution, words.lang),
            "loss": next(
                (as_points(loss[step], words.lang) for step in reason.path if step in loss),
                "",
            ),
        }
        for reason in answer.match.reasons
    ]


def _as_data(profile: NeedProfile, asked: list[tuple[str, str]], answer: Answer, lang: str) -> str:
    """Where REST gives the same answer, for the need as it stands."""
    who, given = ID.local(answer.candidate), dict(asked)
    chosen = {"lang": lang, **{name: given[name] for name in ("weighting",) if name in given}}
    if profile.iri is not None:
        return f"/api/v1/needs/{given['need']}/matches/{who}?{urlencode(chosen)}"
    return f"/api/v1/matches/why?{urlencode({'text': given['q'], 'who': who, **chosen})}"
