"""Who else has a need, and what already runs elsewhere that could be taken over: both as pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pyoxigraph import NamedNode

from ecograph.errors import BadParameter
from ecograph.identifiers import NAME, PLACE, thing_iri
from ecograph.match.model import NeedProfile, Reason, Statement
from ecograph.match.together import clusters, replication
from ecograph.match.together.clusters import Cluster, Edge, Member
from ecograph.match.together.lacking import Gap, Status
from ecograph.match.together.replication import Deployment, Option
from ecograph.match.together.requirements import Cell, Row
from ecograph.namespaces import ID
from ecograph.text.lexicon import normalise
from ecograph.web.narrowing import narrowed
from ecograph.web.pages.layout import METHODS, Words, page, short
from ecograph.web.pages.need import LONGEST_NEED, Topics
from ecograph.web.views.words import Link, Reader

router = APIRouter(include_in_schema=False)

_STATUSES: Final[tuple[Status, ...]] = ("met", "missing", "unknown")
_SHOWN_REASONS: Final = 3
_COLUMN: Final = 40
"""Letters of a need's title at the head of its column."""

Need = Annotated[str, Query(max_length=200)]
Typed = Annotated[str, Query(max_length=LONGEST_NEED)]


@router.api_route("/{lang}/same", methods=METHODS)
def same(request: Request, words: Words, need: Need = "", q: Typed = "", topic: Topics = None) -> HTMLResponse:
    """Who else has a need; without one, every group of needs that stand together."""
    view, lang = words.view, words.lang
    profile, asked = _asked(words, need, q, topic)
    found = clusters.same(view.matcher, view.snapshot, view.compared, profile) if profile else None
    groups = None if found else clusters.clusters(view.matcher, view.snapshot, view.compared)
    heading = _heading(words, profile, q) if profile else None
    title = words.say("same.page.title")
    return page(
        request,
        lang,
        "same.html",
        title=f"{short(heading.text)} – {title}" if heading else title,
        section="start",
        crumbs=_crumbs(heading, title),
        heading=heading,
        cluster=_cluster(words, found.cluster, typed=q.strip()) if found and found.cluster else None,
        near=[
            {
                "link": words.link(each.member.need) if each.member.need else heading,
                "about": _about(words, each.member),
                "reasons": _reasons(words, each.edge.reasons),
            }
            for each in (found.near if found else ())
        ],
        worked=[
            {
                "link": words.link(each.candidate),
                "about": ", ".join(words.country(code) for code in each.countries),
                "reasons": _reasons(words, clusters.work_of(each)[:_SHOWN_REASONS]),
            }
            for each in (found.worked if found else ())
        ],
        worked_count=found.worked_count if found else 0,
        notes=[note.sentences[lang] for note in found.notes] if found else [],
        groups=None if groups is None else [_group(words, each) for each in groups],
        replicate_href=f"/{lang}/replicate?{urlencode(asked)}",
        json_href=_as_data("same", asked, lang) if found else "/api/v1/clusters",
    )


@router.api_route("/{lang}/replicate", methods=METHODS)
def replicate(
    request: Request,
    words: Words,
    need: Need = "",
    q: Typed = "",
    topic: Topics = None,
    place: Annotated[str, Query(alias="for", max_length=200)] = "",
) -> HTMLResponse:
    """What already runs elsewhere that fits a need, and what is missing to take it over."""
    view, lang = words.view, words.lang
    if place and not re.match(PLACE, place):
        raise BadParameter(name="for", value=place[:100], expected="municipality/se-malmoe")
    profile, asked = _asked(words, need, q, topic)
    where = ID[place] if place else None
    found = replication.replicable(view.matcher, view.snapshot, profile, where) if profile else None
    heading = _heading(words, profile, q) if profile else None
    title = words.say("replicate.page.title")
    return page(
        request,
        lang,
        "replicate.html",
        title=f"{short(heading.text)} – {title}" if heading else title,
        section="start",
        crumbs=_crumbs(heading, title),
        heading=heading,
        asked=asked,
        chosen=place,
        choices=_choices(words, where) if found else [],
        options=[_option(words, each) for each in found.options] if found else [],
        notes=[note.sentences[lang] for note in found.notes] if found else [],
        same_href=f"/{lang}/same?{urlencode(asked)}",
        json_href=_as_data("replicable", [*asked, *([("for", place)] if place else [])], lang) if found else None,
    )


def _asked(
    words: Reader, need: str, q: str, topics: Sequence[str] | None
) -> tuple[NeedProfile | None, list[tuple[str, str]]]:
    """The need in the graph or in words, and how it is asked for; None for neither."""
    typed, view = q.strip(), words.view
    named = [("topic", slug) for slug in topics or ()]
    if need:
        if not NAME.fullmatch(need):
            raise BadParameter(name="need", value=need[:100], expected="n09")
        return narrowed(view, view.matcher.profile(thing_iri("need", need)), topics), [("need", need), *named]
    if not typed:
        return None, []
    return narrowed(view, view.matcher.profile_text(normalise(typed)), topics), [("q", typed), *named]


def _heading(words: Reader, profile: NeedProfile, q: str) -> Link:
    typed = q.strip()
    return words.link(profile.iri) if profile.iri else Link(typed, f"/{words.lang}/match?{urlencode({'q': typed})}")


def _crumbs(heading: Link | None, title: str) -> list[Link]:
    back = [Link(short(heading.text), heading.href, heading.lang)] if heading else []
    return [*back, Link(title)]


def _as_data(question: str, asked: Sequence[tuple[str, str]], lang: str) -> str:
    """Where REST gives the same answer."""
    given = dict(asked)
    rest = [(name, value) for name, value in asked if name in ("for", "topic")]
    if "need" in given:
        return f"/api/v1/needs/{given['need']}/{question}?{urlencode([*rest, ('lang', lang)])}"
    return f"/api/v1/matches/{question}?{urlencode([('text', given['q']), *rest, ('lang', lang)])}"


# --- needs that stand together ---


def _cluster(words: Reader, found: Cluster, typed: str = "") -> dict[str, object]:
    lang = words.lang
    links = [_named(words, member, typed) for member in found.members]
    shorts = [_shortened(link.text) for link in links]
    direct = {edge.other: edge for edge in found.edges if edge.one == 0}
    return {
        "size": found.size,
        "members": [
            {
                "link": link,
                "short": shorts[place],
                "about": _about(words, member),
                "raised_by": _raised_by(words, member),
                "reasons": _reasons(words, direct[place].reasons) if place in direct else [],
            }
            for place, (member, link) in enumerate(zip(found.members, links, strict=True))
        ],
        "others": [
            {"one": shorts[edge.one], "other": shorts[edge.other], "reasons": _reasons(words, edge.reasons)}
            for edge in _between_others(found.edges)
        ],
        "rows": [_row(words, row) for row in found.rows],
        "evidence": _told(words, "", dict.fromkeys(_behind(found))),
        "common": found.common[lang],
        "wider": _told(words, found.wider.labels[lang], found.wider.path) if found.wider else None,
        "adds": [(name, adds[lang]) for name, adds in zip(shorts, found.adds, strict=True) if adds],
        "codes": [_told(words, f"{each.code} {each.labels[lang]}", (each.statement,)) for each in found.codes],
    }


def _group(words: Reader, found: Cluster) -> dict[str, object]:
    first = next(member.need for member in found.members if member.need is not None)
    return {
        "members": [{"link": _named(words, member, ""), "about": _about(words, member)} for member in found.members],
        "common": found.common[words.lang],
        "href": f"/{words.lang}/same?{urlencode({'need': ID.local(first).removeprefix('need/')})}",
    }


def _behind(found: Cluster) -> Iterable[Statement]:
    """The statements behind the table and behind who raises the needs."""
    for member in found.members:
        yield from member.path
    for row in found.rows:
        for cell in row.cells:
            yield from cell.path if cell else ()


def _between_others(edges: Iterable[Edge]) -> list[Edge]:
    return [edge for edge in edges if edge.one != 0]


def _named(words: Reader, member: Member, typed: str) -> Link:
    return words.link(member.need) if member.need else Link(typed)


def _shortened(title: str) -> str:
    return title if len(title) <= _COLUMN else f"{title[:_COLUMN].rstrip()}…"


def _about(words: Reader, member: Member) -> str:
    return " · ".join(
        [*(words.country(code) for code in member.countries), *([str(member.year)] if member.year else [])]
    )


def _raised_by(words: Reader, member: Member) -> list[Link]:
    named = [words.link(iri) for iri in member.raised_by]
    return named + ([Link(member.raised_by_text)] if member.raised_by_text else [])


def _row(words: Reader, row: Row) -> dict[str, object]:
    template = words.view.contract.template("need")
    name = words.predicate(row.predicate, template)
    return {
        "label": row.labels[words.lang] if row.value else name,
        "name": name if row.value else "",
        "spread": words.say(f"same.page.spread-{row.spread}"),
        "cells": [_cell(words, row, cell) if cell else None for cell in row.cells],
    }


def _cell(words: Reader, row: Row, cell: Cell) -> dict[str, object]:
    links = [] if row.value else [words.value(step.object, step.predicate) for step in cell.path]
    return {"links": links, "words": ", ".join(cell.words)}


def _reasons(words: Reader, reasons: Iterable[Reason]) -> list[dict[str, object]]:
    return [_told(words, reason.sentences[words.lang], reason.path) for reason in reasons]


def _told(words: Reader, sentence: str, path: Iterable[Statement]) -> dict[str, object]:
    return {"sentence": sentence, "statements": [words.statement(step) for step in path]}


# --- what could be taken over ---


def _choices(words: Reader, chosen: NamedNode | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """The municipalities of the programme area by country, and the one chosen wherever it is."""
    read = words.view.matcher.evidence
    found: dict[str, list[Link]] = {}
    for number, kind in enumerate(read.kinds):
        iri = NamedNode(read.things[number])
        if kind == "Municipality" and (read.regional[number] == 1 or iri == chosen):
            code = next((code for code, _ in read.countries.get(number, ())), "")
            found.setdefault(code, []).append(Link(read.label(number, words.lang), ID.local(iri)))
    return [
        (words.country(code), [(str(link.href), link.text) for link in words.sorted(found[code])])
        for code in sorted(found)
    ]


def _option(words: Reader, found: Option) -> dict[str, object]:
    return {
        "link": words.link(found.match.candidate),
        "points": words.say("replicate.page.points", points=round(found.match.score * 100)),
        "reasons": _reasons(words, found.match.reasons[:_SHOWN_REASONS]),
        "deployments": [_deployment(words, each) for each in found.deployments],
        "gaps": [_gaps(words, found.gaps, status) for status in _STATUSES],
    }


def _gaps(words: Reader, gaps: Iterable[Gap], status: Status) -> dict[str, object]:
    return {
        "label": words.say(f"replicate.page.status-{status}"),
        "gaps": [_told(words, gap.sentences[words.lang], gap.path) for gap in gaps if gap.status == status],
    }


def _deployment(words: Reader, found: Deployment) -> dict[str, object]:
    place, beside = found.place, found.place.comparison
    facts = [fact.sentences[words.lang] for fact in beside.facts] if beside else []
    if beside and beside.distance_km is not None:
        facts.append(words.say("replicate.page.distance", km=words.number(round(beside.distance_km))))
    evidence = [*found.path, *(step for fact in beside.facts for step in fact.path)] if beside else list(found.path)
    site = place.labels.get(words.lang, "")
    notes = [words.say("replicate.page.ours")] if place.ours else [words.country(code) for code in place.countries]
    return {
        "place": words.link(place.iri) if place.iri else Link(site) if site else None,
        "note": ", ".join(notes),
        "stage": words.link(found.stage),
        "time": _time(words, found),
        "operators": [words.link(iri) for iri in found.operators],
        "facts": facts,
        "evidence": _told(words, found.outcome.get(words.lang, ""), dict.fromkeys(evidence)),
    }


def _time(words: Reader, found: Deployment) -> str:
    since = words.day(found.since) if found.since else ""
    until = words.day(found.until) if found.until else ""
    if since and until:
        return f"{since}–{until}"
    if until:
        return words.say("replicate.page.until", until=until)
    return words.say("replicate.page.since", since=since) if since else words.say("replicate.page.undated")
