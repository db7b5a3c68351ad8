"""Templates as people look for them: by what they want to tell; and what each column is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from ecograph.contribute.rules import Rules
from ecograph.contribute.templates.example import example_row
from ecograph.identifiers import scheme_iri
from ecograph.shacl.contract import ID_COLUMN, Column, Template
from ecograph.web.views.words import Link, Reader

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "seek": ("need", "feedback", "shortlist-entry"),
    "offer": ("solution", "deployment", "conformance-claim", "capability-claim"),
    "found": ("research-result",),
    "who": (
        "municipality", "region", "company", "research-organisation", "public-body", "network", "organisation",
        "person", "membership",
    ),
    "together": ("project", "participation", "programme", "call", "funding-statement", "cofunding-rate", "event"),
    "rules": ("standard", "principle", "mechanism", "data-model"),
    "steps": ("process", "phase", "gate", "requirement", "gate-result"),
    "aims": ("strategy", "goal", "indicator", "observation"),
}  # fmt: skip
"""What people want to tell (`page.contribute.group.*`), and the templates for it, the usual one first."""

_OTHERS: Final = "other"
_OPEN: Final = ("seek", "offer", "found")


@dataclass(frozen=True, slots=True)
class TemplateLink:
    """A template, and the files to fill in."""

    name: str
    description: str
    href: str
    xlsx: str
    csv: str


@dataclass(frozen=True, slots=True)
class TemplateGroup:
    """Templates for one thing that people want to tell; `usual` where most look for it."""

    label: str
    usual: bool
    templates: tuple[TemplateLink, ...]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """
    One column, as whoever fills it in wants to know it.

    Args:
        heading: Its heading.
        key: Its heading for machines.
        need: Whether it must be filled in, in words.
        required: The same as a flag.
        many: Whether several values may stand in a cell.
        holds: What its cells hold; leads to the list where there is one.
        description: What to write.
        example: A value it may have.
    """

    heading: str
    key: str
    need: str
    required: bool
    many: bool
    holds: Link
    description: str
    example: str


@dataclass(frozen=True, slots=True)
class ListView:
    """The values of a list."""

    slug: str
    label: str
    values: tuple[Link, ...]


def offered(words: Reader) -> tuple[TemplateGroup, ...]:
    """Every template, by what people want to tell; those that no group knows come last."""
    known = words.view.contract.templates
    grouped = {slug for slugs in GROUPS.values() for slug in slugs}
    groups = {**GROUPS, _OTHERS: tuple(slug for slug in known if slug not in grouped)}
    found = []
    for name, slugs in groups.items():
        templates = tuple(link(words, known[slug]) for slug in slugs if slug in known)
        if templates:
            found.append(TemplateGroup(words.say(f"page.contribute.group.{name}"), name in _OPEN, templates))
    return tuple(found)


def link(words: Reader, template: Template) -> TemplateLink:
    """A template, and the files to fill in, in the reader's language."""
    lang, files = words.lang, f"/api/v1/templates/{template.slug}"
    return TemplateLink(
        name=template.names[lang],
        description=template.descriptions.get(lang, ""),
        href=f"/{lang}/contribute/templates/{template.slug}",
        xlsx=f"{files}.xlsx?lang={lang}",
        csv=f"{files}.csv?lang={lang}",
    )


def columns(words: Reader, template: Template, rules: Rules) -> tuple[ColumnView, ...]:
    """What each column of a template is for, the id first."""
    say = words.say
    example, *examples = example_row(template, rules, words.lang)
    need = "required" if template.id_required else "may"
    identity = ColumnView(
        heading=ID_COLUMN,
        key=ID_COLUMN,
        need=say(f"page.template.need.{need}"),
        required=template.id_required,
        many=False,
        holds=Link(say("contribution.kind.id")),
        description=say("contribution.id-description"),
        example=example,
    )
    others = (_column(words, column, cell) for column, cell in zip(template.columns, examples, strict=True))
    return (identity, *others)


def lists(words: Reader, template: Template) -> tuple[ListView, ...]:
    """The lists that a template's columns choose from, each with its values in the order of the alphabet."""
    concepts = words.view.concepts
    schemes = dict.fromkeys(column.scheme for column in template.columns if column.scheme)
    return tuple(
        ListView(scheme, _scheme(words, scheme), words.sorted(words.link(iri) for iri in concepts.in_scheme(scheme)))
        for scheme in schemes
    )


def _column(words: Reader, column: Column, example: str) -> ColumnView:
    need = "required" if column.required else "wanted" if column.min_count else "may"
    if column.lang and need != "may":
        need = f"{need}-once"
    return ColumnView(
        heading=column.heading(words.lang),
        key=column.key,
        need=words.say(f"page.template.need.{need}"),
        required=column.required,
        many=column.many,
        holds=_holds(words, column),
        description=column.descriptions.get(words.lang, ""),
        example=example,
    )


def _holds(words: Reader, column: Column) -> Link:
    """What a cell holds: chosen from a list, the name of something, or a text, number or date."""
    if column.scheme:
        said = words.say("page.template.from-list", name=_scheme(words, column.scheme))
        return Link(said, f"#list-{column.scheme}")
    if column.kind == "reference":
        names = sorted(_class(words, cls) for cls in column.classes)
        if not names:
            return Link(words.say("page.template.anything"))
        return Link(words.say("page.template.name-of", kinds=", ".join(names)))
    return Link(words.say(f"contribution.kind.{column.kind}"))


def _class(words: Reader, cls: NamedNode) -> str:
    template = words.view.contract.by_class.get(cls)
    if template:
        return template.names[words.lang].lower()
    label = words.view.ontology.label(cls, words.lang)
    return label.lower() if label else ""


def _scheme(words: Reader, scheme: str) -> str:
    names = words.view.contract.schemes.get(scheme)
    return names[words.lang] if names and words.lang in names else words.link(scheme_iri(scheme)).text
