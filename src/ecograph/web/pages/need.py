"""A need, stored or typed in: how it was understood, and who fits it on both sides of the Øresund."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pyoxigraph import NamedNode

from ecograph.identifiers import thing_iri
from ecograph.ledger.entries import About, Entry
from ecograph.match import weights
from ecograph.match.model import GROUPS, NeedProfile
from ecograph.messages import Language
from ecograph.namespaces import CONCEPT, ID
from ecograph.text.lexicon import normalise
from ecograph.web import auth
from ecograph.web.access import ecograph_of
from ecograph.web.narrowing import WEIGHTS, narrowed, weighed_by_hand
from ecograph.web.pages.layout import METHODS, Words, page, short
from ecograph.web.pages.profile import shown
from ecograph.web.reading.whereabouts import missing
from ecograph.web.views import matches, shortlist
from ecograph.web.views.profiles import Profile, profile
from ecograph.web.views.words import Link, Reader

router = APIRouter(include_in_schema=False)

_ALL: Final = 1000
"""More candidates than a group ever has: the page counts them all and shows the best."""
LONGEST_NEED: Final = 5000
_LACKING: Final = frozenset({"group-empty", "one-sided"})
"""Notes that say what the graph lacks."""
_ORDER: Final = frozenset({"other-side-first", "no-side"})
"""Notes on the order of showing; the others say how the need was read."""
_NOTHING: Final = frozenset({"no-concepts", "no-concepts-meaning"})
"""Notes that the page has words of its own for where nobody was found."""
_LONGEST_HEADING: Final = 400
_UNSURE: Final = 0.5
"""A topic trusted less than this is said to be unsure."""

Topics = Annotated[list[str] | None, Query()]
Top = Annotated[int, Query(ge=1, le=matches.MORE)]
Opened = Annotated[list[str] | None, Query(alias="all")]
Weighting = Annotated[str, Query(max_length=100)]


@router.api_route("/{lang}/match", methods=METHODS)
def typed_need(
    request: Request,
    words: Words,
    q: str = "",
    topic: Topics = None,
    opened: Opened = None,
    top: Top = matches.SHOWN,
    weighting: Weighting = weights.DEFAULT,
) -> Response:
    """Who fits a need that is typed in and not stored."""
    typed = q.strip()[:LONGEST_NEED]
    if not typed:
        return RedirectResponse(f"/{words.lang}", 303)
    need = words.view.matcher.profile_text(typed)
    return _page(
        request,
        words,
        need,
        Link(typed),
        typed=typed,
        topics=topic,
        opened=opened,
        top=top,
        weighting=weighting,
    )


@router.api_route("/{lang}/id/need/{slug}", methods=METHODS)
def stored_need(
    request: Request,
    words: Words,
    slug: str,
    topic: Topics = None,
    opened: Opened = None,
    top: Top = matches.SHOWN,
    weighting: Weighting = weights.DEFAULT,
) -> Response:
    """A need in the graph with who fits it."""
    iri = thing_iri("need", slug)
    if "at" in request.query_params:
        return shown(request, words, iri, "need", slug)
    stored = profile(words, iri)
    if stored is None:
        missing(ecograph_of(request), words.view, iri, words.say("page.need.title"), slug)
    need = words.view.matcher.profile(iri)
    return _page(
        request,
        words,
        need,
        stored.heading,
        stored=stored,
        topics=topic,
        opened=opened,
        top=top,
        weighting=weighting,
    )


def _page(
    request: Request,
    words: Reader,
    need: NeedProfile,
    heading: Link,
    *,
    topics: list[str] | None,
    opened: list[str] | None,
    top: int,
    weighting: str,
    typed: str = "",
    stored: Profile | None = None,
) -> HTMLResponse:
    lang, view = words.lang, words.view
    need = narrowed(view, need, topics)
    result = view.matcher.match(need, top=_ALL, weighting=weighting)
    shown_all = [group for group in GROUPS if group in (opened or ())]
    groups = matches.groups(words, result, shown_all, top)
    named = [("topic", slug) for slug in topics or ()]
    kept = [*([("q", typed)] if typed else []), *named]
    chosen = [("weighting", weighting)] if weighting != weights.DEFAULT else []

    def opening(group: str) -> str:
        pairs = [*kept, *chosen, *(("all", each) for each in (*shown_all, group))]
        return f"{request.url.path}?{urlencode(pairs)}#group-{group}"

    told_elsewhere = _LACKING | _ORDER | (frozenset() if groups else _NOTHING)
    weights_by_hand = weighed_by_hand(topics or ())
    own_title = words.say("page.need.title" if stored else "page.need.typed")
    keeping = _keeping(request, words, need, typed, topics, weighting)
    return page(
        request,
        lang,
        "need.html",
        title=f"{short(heading.text)} – {own_title}",
        section="start",
        private=keeping.private,
        crumbs=[Link(own_title, f"/{lang}/search?kind=need" if stored else None)]
        + ([Link(short(heading.text), None, heading.lang)] if stored else []),
        heading=heading,
        whole=heading.text if len(heading.text) > _LONGEST_HEADING else "",
        need=stored,
        typed=typed,
        form_action=request.url.path,
        concepts=[
            {
                "slug": _slug(concept.iri),
                "label": concept.labels.get(lang) or view.concepts.label(concept.iri, lang),
                "words": ", ".join(concept.words),
                "slight": concept.trust < _UNSURE,
                "weight": weights_by_hand.get(_slug(concept.iri)),
            }
            for concept in need.concepts
            if concept.basis != "broader" and concept.iri.value.startswith(CONCEPT["topic/"].value)
        ],
        suggested=[
            {"slug": _slug(concept.iri), "label": concept.labels[lang]}
            for concept in need.suggested
            if concept.iri.value.startswith(CONCEPT["topic/"].value)
        ],
        topics=sorted(
            ((_slug(iri), view.concepts.label(iri, lang)) for iri in view.concepts.in_scheme("topic")),
            key=lambda option: option[1].casefold(),
        ),
        choices=tuple(WEIGHTS),
        weighing=bool(weights_by_hand),
        capabilities=[words.link(each.iri) for each in need.capabilities],
        notes=[note.sentences[lang] for note in result.notes if note.code in _LACKING],
        ordering=[note.sentences[lang] for note in result.notes if note.code in _ORDER],
        reading=[note.sentences[lang] for note in result.notes if note.code not in told_elsewhere],
        groups=groups,
        overview=matches.overview(words, result, groups),
        same_need=matches.same_need(words, result),
        opening=opening,
        keeping=keeping,
        asked=[*([("need", _slug_of(need.iri))] if need.iri else []), *kept, *chosen],
        kept=kept,
        chosen=chosen,
        weighed=weights.profile(weighting),
        profiles=weights.PROFILES.values(),
        consortium_href=_of(need, typed, lang, "consortium", topics or ()),
        same_href=_of(need, typed, lang, "same", topics or ()),
        replicate_href=_of(need, typed, lang, "replicate", topics or ()),
        json_href=_as_data(need, typed, [("lang", lang), *chosen, *named]),
        graph_href=_as_data(need, typed, [*chosen, *named, ("format", "turtle")]),
        rdf_href=f"/id/{ID.local(need.iri)}.ttl" if need.iri else None,
    )


def _slug(topic: NamedNode) -> str:
    return CONCEPT.local(topic).removeprefix("topic/")


def _slug_of(need: NamedNode) -> str:
    return ID.local(need).removeprefix("need/")


def _keeping(
    request: Request, words: Reader, need: NeedProfile, typed: str, topics: list[str] | None, weighting: str
) -> shortlist.Keeping:
    """What the visitor's partner keeps of the candidates, and what others say about them; no score knows of it."""
    ecograph, visitor = ecograph_of(request), auth.visitor(request)
    here = f"{request.url.path}?{urlencode(request.query_params.multi_items())}".rstrip("?")
    fields = [("need", _slug_of(need.iri)) if need.iri else ("q", typed)]
    entries: tuple[Entry, ...] = ()
    if visitor is not None and visitor.partner is not None and (need.iri or normalise(typed).strip()):
        about = About(need.iri) if need.iri else About(None, normalise(typed))
        entries = ecograph.ledger.shortlists.entries(visitor.partner, about)
    return shortlist.Keeping(
        private=visitor is not None,
        may=visitor is not None and shortlist.may(visitor.role),
        login=shortlist.login_href(words.lang, here) if ecograph.writes and visitor is None else None,
        here=here,
        fields=[*fields, *(("topic", slug) for slug in topics or ()), ("weighting", weighting)],
        own=shortlist.own(words, entries),
        said=shortlist.said(words, need.iri),
        list_href=f"/{words.lang}/shortlist?{urlencode(fields)}",
    )


def _of(need: NeedProfile, typed: str, lang: Language, question: str, topics: Sequence[str] = ()) -> str:
    """Where another question about the need is answered."""
    asked = [("need", _slug_of(need.iri)) if need.iri else ("q", typed), *(("topic", slug) for slug in topics)]
    return f"/{lang}/{question}?{urlencode(asked)}"


def _as_data(need: NeedProfile, typed: str, asked: list[tuple[str, str]]) -> str:
    """Where REST gives the same answer."""
    if need.iri:
        return f"/api/v1/needs/{_slug_of(need.iri)}/matches?{urlencode(asked)}"
    return f"/api/v1/matches?{urlencode([('text', typed), *asked])}"
