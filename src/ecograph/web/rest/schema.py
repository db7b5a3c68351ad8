"""
What the graph is made of, for programs: classes with their templates, properties with what they hold, concept schemes.

Source:
    docs/api.md; docs/model.md.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from ecograph.bootstrap import View
from ecograph.identifiers import scheme_iri
from ecograph.shacl.contract import Column, Kind, Template
from ecograph.web.access import TheView
from ecograph.web.reading.building import directory
from ecograph.web.rest.lists import PROBLEMS
from ecograph.web.rest.models import Iri, Model, Texts, by_language

router = APIRouter(prefix="/api/v1", tags=["graph"], responses=PROBLEMS)


class PropertyModel(Model):
    """A property of a class, as its template has it."""

    column: Annotated[str, Field(description="The machine heading of its column", examples=["title_da"])]
    property: Iri
    names: Texts
    descriptions: Texts
    kind: Annotated[Kind, Field(description="What its cells hold")]
    datatype: Iri | None
    lang: Annotated[str | None, Field(description="The language of its texts, where they have one")]
    classes: Annotated[list[Iri], Field(description="What it refers to; empty for anything")]
    scheme: Annotated[str | None, Field(description="The concept scheme of its values")]
    required: bool
    many: bool
    shape: Annotated[Iri, Field(description="The property shape it comes from")]


class ClassModel(Model):
    """A class of things, and the template they are contributed with."""

    iri: Iri
    template: Annotated[str, Field(examples=["need"])]
    names: Texts
    descriptions: Texts
    collection: Annotated[str | None, Field(description="The list of REST that holds its things")]
    address: Annotated[str, Field(description="Its things' addresses", examples=["/id/need/{slug}"])]
    superclasses: list[Iri]
    properties: list[PropertyModel]


class SchemeModel(Model):
    """A concept scheme that values are taken from."""

    iri: Iri
    slug: str
    names: Texts
    concepts: int


class SchemaModel(Model):
    """Everything the graph is made of."""

    classes: list[ClassModel]
    schemes: list[SchemeModel]
    ontology: str
    shapes: str
    revision: int


@router.get("/schema", summary="What the graph is made of", operation_id="schema")
def schema(view: TheView) -> SchemaModel:
    """Every class with its properties, and every concept scheme, named in three languages."""
    return SchemaModel(
        classes=[_class(view, template) for template in view.contract.templates.values()],
        schemes=[
            SchemeModel(
                iri=scheme_iri(slug).value,
                slug=slug,
                names=by_language(names),
                concepts=len(view.concepts.in_scheme(slug)),
            )
            for slug, names in sorted(view.contract.schemes.items())
        ],
        ontology="/ns",
        shapes="/shapes",
        revision=view.revision,
    )


def _class(view: View, template: Template) -> ClassModel:
    lists = directory(view).kinds_of.items()
    return ClassModel(
        iri=template.target_class.value,
        template=template.slug,
        names=by_language(template.names),
        descriptions=by_language(template.descriptions),
        collection=next((f"/api/v1/{name}" for name, kinds in lists if template.slug in kinds), None),
        address=f"/id/{template.iri_kind}/{{slug}}",
        superclasses=sorted(each.value for each in view.ontology.superclasses(template.target_class)),
        properties=[_property(column) for column in template.columns],
    )


def _property(column: Column) -> PropertyModel:
    return PropertyModel(
        column=column.key,
        property=column.path.value,
        names=by_language(column.names),
        descriptions=by_language(column.descriptions),
        kind=column.kind,
        datatype=column.datatype.value if column.datatype else None,
        lang=column.lang,
        classes=[each.value for each in column.classes],
        scheme=column.scheme,
        required=column.required,
        many=column.many,
        shape=column.shape.value,
    )
