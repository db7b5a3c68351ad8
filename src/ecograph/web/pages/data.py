"""The datasets: whose they are, on which terms, and how to take them along."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ecograph.web.access import ecograph_of
from ecograph.web.linked.dumps import Offered, offered
from ecograph.web.pages.layout import METHODS, Words, page
from ecograph.web.reading.holdings import TARGETS, Holding, holdings
from ecograph.web.views.words import Link, Reader, in_language, licence_name

router = APIRouter(include_in_schema=False)

_MEGABYTE = 1_000_000


@router.api_route("/{lang}/data", methods=METHODS)
def datasets(request: Request, words: Words) -> Response:
    """Every dataset, the dumps, and the other ways to the data."""
    ecograph = ecograph_of(request)
    dumps = offered(ecograph, words.view)
    found = holdings(words.view)
    title = words.say("data.page.title")
    return page(
        request,
        words.lang,
        "data.html",
        title=title,
        section="data",
        crumbs=[Link(title)],
        whole=[_file(words, each) for each in dumps if each.graph is None],
        datasets=[_dataset(words, each, [dump for dump in dumps if dump.graph == each.name]) for each in found],
        total=words.number(sum(each.statements for each in found)),
    )


def _file(words: Reader, dump: Offered) -> dict[str, object]:
    size = dump.made.size_bytes / _MEGABYTE if dump.made else None
    return {
        "href": dump.path,
        "digest": f"{dump.path}.sha256",
        "name": dump.name,
        "what": words.say(f"data.kind.{dump.kind.name}"),
        "size": words.say("data.page.megabytes", size=words.number(round(size, 1))) if size is not None else "–",
    }


def _dataset(words: Reader, holding: Holding, dumps: list[Offered]) -> dict[str, object]:
    title, lang = in_language(holding.titles, words.lang)
    begin, end = holding.period
    return {
        "anchor": f"graph-{holding.slug}",
        "title": Link(title, None, lang),
        "description": holding.descriptions[words.lang],
        "publisher": holding.publisher_name,
        "licence": licence_name(holding.license.value),
        "modified": words.day(holding.modified) if holding.modified else "–",
        "statements": words.number(holding.statements),
        "period": f"{words.day(begin) if begin else '…'} – {words.day(end) if end else '…'}" if begin or end else "",
        "files": [_file(words, each) for each in dumps],
        "graph": f"/graph/{holding.name}",
        "links": [f"{target} ({words.number(count)})" for target, count in _linked(holding)],
        "made_up": holding.made_up,
    }


def _linked(holding: Holding) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for link in holding.links:
        counts[TARGETS[link.target]] = counts.get(TARGETS[link.target], 0) + link.count
    return sorted(counts.items())
