"""
REST for tables: templates to fill in, what is published as filled-in templates, and tables as Turtle and back.

Source:
    docs/api.md, "Tables"; docs/templates.md.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from ecograph.bootstrap import EcoGraph, View
from ecograph.contribute.converting import Converted
from ecograph.contribute.exporting import all_templates
from ecograph.contribute.tasks import in_process
from ecograph.contribute.templates.csvw import metadata_json
from ecograph.contribute.templates.json_schema import json_schema_json
from ecograph.contribute.templates.table_schema import table_schema_json
from ecograph.contribute.templates.workbook import template_xlsx
from ecograph.errors import BadParameter, ReadOnly, UnknownThing
from ecograph.identifiers import Space, graph_iri
from ecograph.messages import Language, language_of
from ecograph.shacl.contract import template_csv
from ecograph.web.access import TheEcoGraph, TheLanguage, TheView, headers_of
from ecograph.web.auth import MaybeWho
from ecograph.web.rest import models
from ecograph.web.rest.contributions import TheUpload
from ecograph.web.rest.documents import PRIVATE, UPLOAD_BODY
from ecograph.web.rest.lists import problems_of
from ecograph.web.uploads import XLSX, attachment, media_type_of

router = APIRouter(prefix="/api/v1", tags=["tables"], responses=problems_of(400, 404, 422, 503))

FINDINGS_HEADER = "EcoGraph-Findings"
"""How many things could not be carried over when a file was converted."""

Kind = Annotated[str, Path(max_length=100, description="A template", examples=["need"])]
Publisher = Annotated[str, Path(max_length=100, description="A publisher", examples=["oresund-facts"])]
Headings = Annotated[
    Language | None,
    Query(alias="lang", description="Headings in da, sv or en, for Excel; else machine headings"),
]
_Lang = Annotated[Language | None, Query(alias="lang", description="da, sv or en; else Accept-Language decides")]


class PublishedTable(models.Model):
    """A template of which a publisher has published anything."""

    template: str
    names: models.Texts
    csv: str
    xlsx: str


@router.get("/templates", summary="Templates")
def templates(view: TheView) -> dict[str, dict[str, str]]:
    """Per template, what its things are called in each language."""
    return {slug: models.by_language(template.names) for slug, template in view.contract.templates.items()}


@router.get(
    "/templates/{kind}.csv",
    summary="An empty table to fill in",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "A header row"}},
)
def template(view: TheView, kind: Kind, lang: Headings = None) -> Response:
    """Machine headings (RFC 4180); with `lang`, headings in that language for Excel."""
    spoken = _headings(lang)
    return _document(view, template_csv(view.contract.template(kind), spoken), f"{kind}.csv", spoken)


@router.get(
    "/templates/{kind}.xlsx",
    summary="A workbook to fill in",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}, "description": "Lists, formats, help, and an example row"}},
)
def workbook(view: TheView, kind: Kind, lang: TheLanguage, _lang: _Lang = None) -> Response:
    """In the reader's language, with sheets for what belongs to the rows."""
    return _document(view, template_xlsx(view.contract.template(kind), view.rules, lang), f"{kind}.xlsx", lang)


@router.get(
    "/templates/{kind}.csv-metadata.json",
    summary="The table for CSV on the Web",
    response_class=Response,
    responses={200: {"content": {"application/csvm+json": {}}, "description": "CSV on the Web"}},
)
def csvw(view: TheView, kind: Kind) -> Response:
    """With it any CSVW processor gets our statements from our CSV."""
    body = metadata_json(view.contract.template(kind))
    return _document(view, body, f"{kind}.csv-metadata.json", media_type="application/csvm+json")


@router.get(
    "/templates/{kind}.schema.json",
    summary="A row as JSON Schema",
    response_class=Response,
    responses={200: {"content": {"application/schema+json": {}}, "description": "JSON Schema"}},
)
def json_schema(view: TheView, kind: Kind, lang: TheLanguage, _lang: _Lang = None) -> Response:
    """What one row may be."""
    body = json_schema_json(view.contract.template(kind), view.rules.concepts, lang)
    return _document(view, body, f"{kind}.schema.json", lang, "application/schema+json")


@router.get(
    "/templates/{kind}.table-schema.json",
    summary="The table as Table Schema",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}, "description": "Table Schema"}},
)
def table_schema(view: TheView, kind: Kind, lang: TheLanguage, _lang: _Lang = None) -> Response:
    """For data packages."""
    body = table_schema_json(view.contract.template(kind), view.rules.concepts, lang)
    return _document(view, body, f"{kind}.table-schema.json", lang)


@router.get("/publishers/{publisher}", summary="What a publisher has published, by template")
def publisher(view: TheView, publisher: Publisher) -> list[PublishedTable]:
    """Where each table is."""
    _require_publisher(view, publisher)
    return [
        PublishedTable(
            template=found.slug,
            names=models.by_language(found.names),
            csv=f"/api/v1/publishers/{publisher}/{found.slug}.csv",
            xlsx=f"/api/v1/publishers/{publisher}/{found.slug}.xlsx",
        )
        for found in all_templates(view.snapshot, publisher, view.rules)
    ]


@router.get(
    "/publishers/{publisher}/{kind}.csv",
    summary="What a publisher has published, as a filled-in template",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "One row per thing"}},
)
def exported_csv(
    ecograph: TheEcoGraph, view: TheView, publisher: Publisher, kind: Kind, lang: Headings = None
) -> Response:
    """Edited and sent back, it changes the graph by the edits and nothing else."""
    return _exported(ecograph, view, publisher, kind, _headings(lang), "csv")


@router.get(
    "/publishers/{publisher}/{kind}.xlsx",
    summary="The same as a workbook",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}, "description": "One row per thing"}},
)
def exported_xlsx(
    ecograph: TheEcoGraph, view: TheView, publisher: Publisher, kind: Kind, lang: TheLanguage, _lang: _Lang = None
) -> Response:
    """In the reader's language, with lists to choose from."""
    return _exported(ecograph, view, publisher, kind, lang, "xlsx")


@router.post(
    "/convert",
    summary="A table as Turtle, or Turtle as tables",
    response_class=Response,
    responses={
        200: {
            "content": {"text/turtle": {}, "text/csv": {}, XLSX: {}, "application/zip": {}},
            "description": f"The file in the other form; `{FINDINGS_HEADER}` counts what could not be carried over",
        },
        **problems_of(408, 413, 415, 422),
    },
    openapi_extra=UPLOAD_BODY,
)
def convert(
    ecograph: TheEcoGraph,
    view: TheView,
    who: MaybeWho,
    to: Annotated[Literal["ttl", "csv", "xlsx"], Query(description="The form wanted", examples=["ttl"])],
    upload: TheUpload,
    lang: Headings = None,
) -> Response:
    """One file at a time; nothing is kept. Rows get the names that the token's partner would give them."""
    if len(upload.files) != 1:
        raise BadParameter(name="file", value=f"{len(upload.files)} ×", expected="1 ×")
    file = upload.files[0]
    space = ecograph.space_of(who.partner) if who and who.partner else Space()
    with ecograph.snapshot() as snapshot:
        if snapshot.path is None:  # the workers could not look anything up
            raise ReadOnly()
        found: Converted = ecograph.contribution_workers.run(
            "convert",
            snapshot,
            data=file.data,
            name=file.name,
            to=to,
            lang=_headings(lang or upload.fields.get("lang")),
            template=upload.options.template,
            space=space,
        )
    headers = {**PRIVATE, "Content-Disposition": attachment(found.name)}
    headers[FINDINGS_HEADER] = str(len(found.report.findings))
    return Response(found.data, media_type=_content_type(found.name), headers=headers)


def _exported(
    ecograph: EcoGraph,
    view: View,
    publisher: str,
    kind: str,
    lang: Language | None,
    form: Literal["csv", "xlsx"],
) -> Response:
    """
    In a worker: a large register takes a while, which nobody else should wait for.

    What a SPARQL server holds no worker can open; it is published, not sent in, and so may be read here.
    """
    _require_publisher(view, publisher)
    template = view.contract.template(kind)
    run = ecograph.contribution_workers.run if view.snapshot.path else in_process(ecograph.rules)
    body: bytes = run(
        "export",
        view.snapshot,
        publisher=publisher,
        template=template.slug,
        lang=lang,
        form=form,
        space=ecograph.space_of(publisher),
    )
    return _document(view, body, f"{template.slug}.{form}", lang)


def _require_publisher(view: View, publisher: str) -> None:
    try:
        known = graph_iri(publisher) in view.datasets
    except ValueError:
        known = False
    if not known:
        raise UnknownThing(kind="publisher", id=publisher)


def _headings(lang: str | None) -> Language | None:
    spoken = language_of(lang) if lang else None
    if lang and spoken is None:
        raise BadParameter(name="lang", value=lang, expected="da, sv, en")
    return spoken


def _document(view: View, body: bytes, name: str, lang: Language | None = None, media_type: str = "") -> Response:
    headers = {**headers_of(view, lang), "Content-Disposition": attachment(name)}
    return Response(body, media_type=media_type or _content_type(name), headers=headers)


def _content_type(name: str) -> str:
    media_type = media_type_of(name)
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
