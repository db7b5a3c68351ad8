"""
The questions of the catalogue under `/api/v1/queries`, each an operation of its own in the OpenAPI document.

Source:
    docs/queries.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from ecograph.errors import NotAcceptable, UnknownThing
from ecograph.identifiers import NAME, SLUG
from ecograph.messages import Language
from ecograph.namespaces import PREFIXES
from ecograph.query import examples
from ecograph.query.catalogue import Catalogue, CatalogueQuery, Parameter
from ecograph.query.parameters import given_by, short
from ecograph.rdf.formats import GRAPH_FORMATS, HTML, QUESTION_FORMATS, by_suffix, negotiate
from ecograph.rdf.serializing import write_graph
from ecograph.web.access import TheEcoGraph, TheLanguage, TheState, TheView, headers_of
from ecograph.web.answering import answer
from ecograph.web.clients import client_of
from ecograph.web.problems import language
from ecograph.web.rest.lists import PROBLEMS, Lang
from ecograph.web.rest.models import Model, Texts, by_language

router = APIRouter()
_api = APIRouter(prefix="/api/v1", responses=PROBLEMS)

_ADDRESS: Final = "/api/v1/queries"
_IRI: Final = r"https?://[a-z0-9.-]+/[A-Za-z0-9._~/-]*(#[A-Za-z0-9._-]*)?|urn:[a-z0-9-]+:[A-Za-z0-9._-]+"
_TYPES: Final[Mapping[str, dict[str, Any]]] = {
    "integer": {"type": "integer", "minimum": -(10**18) + 1, "maximum": 10**18 - 1},
    "decimal": {"type": "number", "exclusiveMinimum": -(10**18), "exclusiveMaximum": 10**18},
    "date": {"type": "string", "format": "date"},
    "year": {"type": "string", "pattern": "^[0-9]{4}$"},
    "iri": {"type": "string", "maxLength": 2000, "pattern": f"^({SLUG.pattern}/{NAME.pattern}|{_IRI})$"},
    "concept": {"type": "string", "maxLength": 2000, "pattern": f"^({SLUG.pattern}|{_IRI})$"},
}
_CONTENT: Final[Mapping[str, Any]] = {each.media_type: {} for each in QUESTION_FORMATS}


class QuestionParameter(Model):
    """A value that a question is asked for."""

    name: str
    kind: str
    labels: Texts
    optional: bool
    many: bool
    values: list[str]
    default: str | None
    example: str


class Question(Model):
    """A question of the catalogue."""

    slug: str
    theme: str
    summaries: Texts
    descriptions: Texts
    parameters: list[QuestionParameter]
    returns: list[str]
    sparql: str
    url: str


@_api.get("/queries", summary="Questions of the catalogue", tags=["queries"])
def queries(ecograph: TheEcoGraph, view: TheView) -> list[Question]:
    """Every question, with the values it is asked for and what it returns."""
    return [question_model(each) for each in ecograph.catalogue.values()]


def question_model(question: CatalogueQuery) -> Question:
    """A question as REST describes it."""
    return Question(
        slug=question.slug,
        theme=question.theme,
        summaries=by_language(question.summaries),
        descriptions=by_language(question.descriptions),
        parameters=[
            QuestionParameter(
                name=each.name,
                kind=each.kind,
                labels=by_language(each.labels),
                optional=each.optional,
                many=each.many,
                values=list(each.values),
                default=each.default,
                example=each.example,
            )
            for each in question.parameters
        ],
        returns=list(question.returns),
        sparql=question.text,
        url=f"{_ADDRESS}/{question.slug}",
    )


@_api.get(
    "/queries/{name}",
    summary="The answer to a question",
    tags=["queries"],
    response_class=Response,
    responses={200: {"content": dict(_CONTENT), "description": "Rows"}},
)
def answered(
    request: Request,
    ecograph: TheEcoGraph,
    state: TheState,
    lang: TheLanguage,
    name: Annotated[
        str,
        Path(
            max_length=100,
            description="A question's slug; a suffix such as `.csv` names a format",
            examples=["needs-per-topic.csv"],
        ),
    ],
    _lang: Lang = None,
) -> Response:
    """Rows. Values are parameters of the same name; a suffix (.json .xml .csv .tsv .xlsx .html) names the format."""
    slug, dot, suffix = name.partition(".")
    question = ecograph.catalogue.question(slug)
    target = by_suffix(suffix, QUESTION_FORMATS) if dot else None
    if dot and target is None:
        raise UnknownThing(kind="query", id=name)
    values = given_by(request.query_params.multi_items())
    values.pop("at", None)
    values.pop("lang", None)
    found = answer(
        ecograph,
        state.view,
        question,
        values,
        lang,
        accept=request.headers.get("accept"),
        target=target,
        client=client_of(request),
    )
    headers = {**state.headers, "Server-Timing": f"query;dur={found.seconds * 1000:.1f}"}
    if found.truncated:
        headers["EcoGraph-Truncated"] = "true"
    if target is not None:
        headers["Content-Disposition"] = f'inline; filename="{question.slug}.{target.suffix}"'
    return Response(found.body, media_type=found.content_type, headers=headers)


@router.get("/queries", include_in_schema=False)
@router.get("/queries.{suffix}", include_in_schema=False)
def examples_rdf(request: Request, ecograph: TheEcoGraph, view: TheView, suffix: str | None = None) -> Response:
    """The questions as RDF; a browser gets the page."""
    offered = GRAPH_FORMATS if suffix else (*GRAPH_FORMATS, HTML)
    target = by_suffix(suffix, offered) if suffix else negotiate(request.headers.get("accept"), offered)
    if target is None:
        raise NotAcceptable(available=", ".join(each.suffix for each in GRAPH_FORMATS))
    if target is HTML:
        return RedirectResponse(f"/{language(request)}/queries", 303, {"Vary": "Accept, Accept-Language"})
    body = write_graph(examples.triples(ecograph.catalogue.values()), target, prefixes=PREFIXES)
    return Response(body, media_type=target.content_type, headers=headers_of(view))


router.include_router(_api)


def operations(catalogue: Catalogue, document: Mapping[str, Any], lang: Language = "en") -> dict[str, Any]:
    """
    A path of the OpenAPI document per question, made from its header.

    Args:
        catalogue: The questions.
        document: The OpenAPI document with the operation for any question, whose other answers are the same.
        lang: The language of the descriptions.
    """
    general = document["paths"][f"{_ADDRESS}/{{name}}"]["get"]
    beside = [each for each in general["parameters"] if each["in"] != "path"]
    return {
        f"{_ADDRESS}/{slug}": {
            "get": {
                **{key: value for key, value in general.items() if key not in ("description", "summary")},
                "operationId": "query_" + slug.replace("-", "_"),
                "summary": question.summaries[lang],
                "description": question.descriptions[lang],
                "parameters": [
                    *(_described(each, lang) for each in question.parameters if each.kind != "language"),
                    *beside,
                ],
            }
        }
        for slug, question in catalogue.items()
    }


def _described(parameter: Parameter, lang: Language) -> dict[str, Any]:
    schema = dict(_TYPES.get(parameter.kind, {"type": "string", "maxLength": 2000}))
    if parameter.values:
        schema = {"type": "string", "enum": list(parameter.values)}
    if not parameter.required and "pattern" in schema:
        schema["pattern"] = f"^({schema['pattern'].strip('^$')})?$"  # a form sends what is left open as well
    if parameter.default is not None:
        schema["default"] = _typed(parameter, parameter.default)
    example = short(parameter, parameter.example)
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.labels[lang],
        "schema": {"type": "array", "items": schema, "maxItems": 100} if parameter.many else schema,
        "example": [example] if parameter.many else _typed(parameter, example),
    }


def _typed(parameter: Parameter, value: str) -> str | int | float:
    if parameter.kind == "integer":
        return int(value)
    return float(value) if parameter.kind == "decimal" else value
