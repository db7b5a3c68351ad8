"""The page of a template: what each column is for, an example, the lists, and the files to fill in."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ecograph.errors import UnknownThing
from ecograph.web.access import ecograph_of
from ecograph.web.pages.layout import METHODS, Words, page
from ecograph.web.views import templates
from ecograph.web.views.words import Link

router = APIRouter(include_in_schema=False)


@router.api_route("/{lang}/contribute/templates/{kind}", methods=METHODS)
def template(request: Request, words: Words, kind: str) -> HTMLResponse:
    """What each column of a template is for."""
    found = words.view.contract.templates.get(kind)
    if found is None:
        raise UnknownThing(kind=words.say("page.template.title"), id=kind[:100])
    rules = ecograph_of(request).rules
    above = rules.ontology.superclasses(found.target_class)
    link = templates.link(words, found)
    title = words.say("page.template.heading", kind=link.name)
    files = f"/api/v1/templates/{found.slug}"
    return page(
        request,
        words.lang,
        "template.html",
        title=title,
        section="contribute",
        crumbs=[Link(words.say("page.contribute.title"), f"/{words.lang}/contribute"), Link(link.name)],
        offered=link,
        columns=templates.columns(words, found, rules),
        lists=templates.lists(words, found),
        beside=[templates.link(words, each) for each in words.view.contract.related(found, above)],
        machine_csv=f"{files}.csv",
        csvw=f"{files}.csv-metadata.json",
        json_schema=f"{files}.schema.json?lang={words.lang}",
        table_schema=f"{files}.table-schema.json?lang={words.lang}",
        check_href=f"/{words.lang}/contribute?template={found.slug}#file",
    )
