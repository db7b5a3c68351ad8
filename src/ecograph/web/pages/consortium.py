"""A consortium for a need: the rules as a form, the proposals, what each partner adds, or which rules collide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pyoxigraph import NamedNode

from ecograph.errors import BadParameter
from ecograph.identifiers import NAME, concept_iri, thing_iri
from ecograph.match.consortium import gathering
from ecograph.match.consortium.explaining import Partner, Proposal, amount_said
from ecograph.match.consortium.rules import Cost, Cover, Currency, Money, Role, Rules
from ecograph.match.model import NeedProfile
from ecograph.namespaces import CONCEPT, ID
from ecograph.text.lexicon import normalise
from ecograph.web.narrowing import narrowed
from ecograph.web.pages.layout import METHODS, Words, page, short
from ecograph.web.pages.need import LONGEST_NEED, Topics
from ecograph.web.rest import consortia
from ecograph.web.views.words import Link, Reader

router = APIRouter(include_in_schema=False)

_MOST_COVERS: Final = 20
_MOST_NAMED: Final = 50
_COUNTRIES: Final[Sequence[tuple[str, Currency]]] = (("dk", "dkk"), ("se", "sek"), ("no", "nok"))
"""The countries of the programme area, with the currency that costs there are stated in."""
_ROLES: Final[Sequence[Role]] = ("municipality", "research-organisation", "company")
_DEFAULTS: Final[Mapping[str, str]] = {
    "most": "6",
    "dk": "1",
    "se": "1",
    "municipality": "1",
    "research-organisation": "1",
    "company": "1",
}
"""What a cross-border innovation project usually has; the coordinator may change all of it."""

Names = Annotated[list[str] | None, Query(max_length=_MOST_NAMED)]


@router.api_route("/{lang}/consortium", methods=METHODS)
def consortium(
    request: Request,
    words: Words,
    need: Annotated[str, Query(max_length=200)] = "",
    q: Annotated[str, Query(max_length=LONGEST_NEED)] = "",
    topic: Topics = None,
    cover: Names = None,
    include: Names = None,
    exclude: Names = None,
    programme: Annotated[str, Query(max_length=200)] = "",
    go: bool = False,
) -> HTMLResponse:
    """Rules for a consortium, and the answer to them."""
    view, lang = words.view, words.lang
    typed = q.strip()
    profile = view.matcher.profile(_thing("need", need)) if need else view.matcher.profile_text(normalise(typed))
    if topic is not None:
        profile = narrowed(view, profile, topic)
    given = {name: value.strip() for name, value in request.query_params.items()}
    numbers = given if go else {**_DEFAULTS, **given}
    included = _named("include", include) if go or include else profile.askers
    offered = Rules(covers=gathering.covers_of(profile)[:_MOST_COVERS])
    able = gathering.gather(view.matcher, profile, offered).able if offered.covers else ()
    ticked = {_concept(name) for name in cover or ()}
    covers = (
        tuple(ticked) if go else tuple(each.concept for each, count in zip(offered.covers, able, strict=True) if count)
    )
    rules = Rules(
        covers=tuple(Cover(iri) for iri in sorted(covers, key=str)[:_MOST_COVERS]),
        max_partners=_number(numbers, "most", 20) or 1,
        countries={code: count for code, _ in _COUNTRIES if (count := _number(numbers, code, 20))},
        roles={role: count for role in _ROLES if (count := _number(numbers, role, 20))},
        money=_money(numbers),
        programme=_thing("programme", programme) if programme else None,
        include=included,
        exclude=_named("exclude", exclude),
    )
    answer = consortia.answer(view, profile, rules) if go and covers else None
    heading = words.link(profile.iri) if profile.iri else Link(short(typed)) if typed else None
    return page(
        request,
        lang,
        "consortium.html",
        title=words.say("consortium.page.title"),
        section="start",
        crumbs=_crumbs(words, profile, heading, typed),
        heading=heading,
        need=need,
        typed=typed,
        topics=[("topic", slug) for slug in topic or ()],
        asked=go,
        choices=_choices(words, offered.covers, able, covers),
        numbers={name: numbers.get(name, "") for name in _fields()},
        countries=[(code, words.country(code), currency) for code, currency in _COUNTRIES],
        roles=_ROLES,
        programmes=[
            (ID.local(iri).removeprefix("programme/"), words.link(iri).text, _rates(words, iri))
            for iri in gathering.programmes(view.snapshot)
        ],
        programme=programme,
        included=[(ID.local(iri), words.link(iri)) for iri in rules.include],
        excluded=[(ID.local(iri), words.link(iri)) for iri in rules.exclude],
        answer=answer,
        proposals=[_proposal(request, words, each) for each in answer.proposals] if answer else [],
        additions=[each.sentences[lang] for each in answer.additions] if answer else [],
        conflict=[each.sentences[lang] for each in answer.conflict] if answer else [],
        notes=[each.sentences[lang] for each in answer.notes] if answer else [],
    )


def _fields() -> list[str]:
    money = [f"{kind}-{currency}" for kind in ("cost", "budget") for _, currency in _COUNTRIES]
    return ["most", *(code for code, _ in _COUNTRIES), *_ROLES, *money]


def _crumbs(words: Reader, profile: NeedProfile, heading: Link | None, typed: str) -> list[Link]:
    own = Link(words.say("consortium.page.title"))
    if heading is None:
        return [own]
    back = heading.href if profile.iri else f"/{words.lang}/match?{urlencode({'q': typed})}"
    return [Link(short(heading.text), back, heading.lang), own]


def _choices(
    words: Reader, offered: Sequence[Cover], able: Sequence[int], ticked: Sequence[NamedNode]
) -> list[dict[str, object]]:
    """What may be covered: what the need asks for, with how many could, and what was added by hand."""
    counts = {cover.concept: count for cover, count in zip(offered, able, strict=True)}
    return [
        {
            "name": CONCEPT.local(iri),
            "label": words.view.concepts.label(iri, words.lang),
            "count": counts.get(iri),
            "ticked": iri in ticked,
        }
        for iri in dict.fromkeys((*counts, *sorted(ticked, key=str)))
    ]


def _rates(words: Reader, programme: NamedNode) -> str:
    rates = gathering.rates_of(words.view.snapshot, programme)
    return ", ".join(f"{words.country(each.country)} {words.number(each.share * 100)} %" for each in rates)


def _proposal(request: Request, words: Reader, found: Proposal) -> dict[str, object]:
    return {
        "points": found.points,
        "proven": found.proven,
        "partners": [_partner(request, words, each) for each in found.partners],
        "totals": [
            words.say(
                "consortium.page.total" if each.grant is None else "consortium.page.total-granted",
                currency=each.currency.upper(),
                cost=amount_said(each.cost),
                grant=amount_said(round(each.grant or 0)),
                own=amount_said(round(each.own or 0)),
            )
            for each in found.totals
        ],
    }


def _partner(request: Request, words: Reader, found: Partner) -> dict[str, object]:
    about = [words.say(f"consortium.role.{found.role}"), *(words.country(code) for code in found.countries)]
    pairs = [*request.query_params.multi_items(), ("exclude", ID.local(found.iri))]
    return {
        "link": words.link(found.iri),
        "about": " · ".join(about),
        "covers": [
            {
                "label": each.labels[words.lang],
                "speaks": each.speaks,
                "sentence": each.sentences[words.lang],
                "statements": [words.statement(step) for step in each.path],
            }
            for each in sorted(found.covers, key=lambda each: not each.speaks)
        ],
        "without_href": f"{request.url.path}?{urlencode(pairs)}",
    }


def _number(given: dict[str, str], name: str, most: int) -> int:
    """A whole number of the form; nothing is 0; thousands may stand apart."""
    written = "".join(given.get(name, "").split()).replace(".", "")
    if not written:
        return 0
    if not (written.isascii() and written.isdigit()) or len(written) > len(str(most)) or int(written) > most:
        raise BadParameter(name=name, value=given[name][:100], expected=f"0–{most}")
    return int(written)


def _money(given: dict[str, str]) -> Money:
    largest = 10**12
    costs = [Cost(_number(given, f"cost-{unit}", largest), unit, country=code) for code, unit in _COUNTRIES]
    budget = {unit: _number(given, f"budget-{unit}", largest) for _, unit in _COUNTRIES}
    return Money(
        tuple(each for each in costs if each.amount), {unit: amount for unit, amount in budget.items() if amount}
    )


def _named(name: str, values: Sequence[str] | None) -> tuple[NamedNode, ...]:
    return tuple(dict.fromkeys(_thing(*_split(name, value)) for value in values or () if value))


def _split(name: str, value: str) -> tuple[str, str]:
    kind, _, end = value.partition("/")
    if not NAME.fullmatch(kind) or not NAME.fullmatch(end):
        raise BadParameter(name=name, value=value[:100], expected="municipality/dk-albertslund")
    return kind, end


def _thing(kind: str, name: str) -> NamedNode:
    if not NAME.fullmatch(name):
        raise BadParameter(name=kind, value=name[:100], expected="n09" if kind == "need" else "interreg-oks-2021-2027")
    return thing_iri(kind, name)


def _concept(name: str) -> NamedNode:
    scheme, end = _split("cover", name)
    return concept_iri(scheme, end)
