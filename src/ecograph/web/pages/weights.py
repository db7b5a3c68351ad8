"""How the points are worked out: every number that steers a match, and why it is what it is."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ecograph.identifiers import concept_iri
from ecograph.match import weights
from ecograph.match.model import SIGNALS
from ecograph.match.numbers import Number, Profile
from ecograph.messages import text
from ecograph.web.pages.layout import METHODS, Words, page
from ecograph.web.views.words import Link, Reader

router = APIRouter(include_in_schema=False)


@router.api_route("/{lang}/weights", methods=METHODS)
def numbers(request: Request, words: Words) -> Response:
    """Every number that steers a match, by signal, and the profiles that weigh the signals."""
    title = words.say("weights.page.title")
    shares = {number.slug for profile in weights.PROFILES.values() for number in profile.numbers.values()}
    single = [number for number in weights.NUMBERS if number.slug not in shares]
    sections: list[tuple[str, str, list[dict[str, str]]]] = [
        (signal, _signal(words, signal), [_row(words, number) for number in single if number.signal == signal])
        for signal in SIGNALS
    ]
    rest = [_row(words, number) for number in single if number.signal is None]
    sections.append(("list", words.say("weights.page.list"), rest))
    return page(
        request,
        words.lang,
        "weights.html",
        title=title,
        section="about",
        crumbs=[Link(title)],
        version=weights.VERSION,
        profiles=[_profile(words, profile) for profile in weights.PROFILES.values()],
        sections=[section for section in sections if section[2]],
    )


def _profile(words: Reader, profile: Profile) -> dict[str, object]:
    groups = [text(f"page.group.{group}", words.lang) for group in profile.group_order]
    return {
        "slug": profile.slug,
        "label": profile.labels[words.lang],
        "reason": profile.reason[words.lang],
        "shares": [
            {
                "name": _signal(words, signal),
                "points": words.number(round(100 * number.value, 1)),
                "reason": number.reasons[words.lang],
            }
            for signal, number in profile.numbers.items()
        ],
        "groups": ", ".join(groups),
        "across": profile.other_side_first,
    }


def _row(words: Reader, number: Number) -> dict[str, str]:
    return {
        "slug": number.slug,
        "name": number.labels[words.lang],
        "value": words.number(number.value),
        "reason": number.reasons[words.lang],
    }


def _signal(words: Reader, signal: str) -> str:
    return words.view.concepts.label(concept_iri("signal", signal), words.lang)
