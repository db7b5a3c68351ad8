"""The contributions with their terms, as the page of sources lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecograph.contribute.exporting import all_templates
from ecograph.contribute.rules import Rules
from ecograph.messages import Language
from ecograph.web.views.words import Link, Reader, in_language, licence, shown, web_address


@dataclass(frozen=True, slots=True)
class Export:
    """What a publisher has published of one kind, as files to edit and send back."""

    name: str
    xlsx: str
    csv: str


@dataclass(frozen=True, slots=True)
class ContributionView:
    """One contribution: who published what, when, from where, and on which terms."""

    slug: str
    title: Link
    publisher: str
    rights: Link
    licence: Link | None
    issued: str
    sources: tuple[Link, ...]
    statements: str
    example: bool
    exports: tuple[Export, ...]


def exports(words: Reader, rules: Rules, publisher: str) -> tuple[Export, ...]:
    """Everything that a publisher has published, kind by kind, with headings in the reader's language."""
    lang, files = words.lang, f"/api/v1/publishers/{publisher}"
    found = all_templates(words.view.snapshot, publisher, rules)
    return tuple(
        Export(
            words.kind(template.slug, many=True),
            f"{files}/{template.slug}.xlsx?lang={lang}",
            f"{files}/{template.slug}.csv?lang={lang}",
        )
        for template in found
    )


def contributions(words: Reader) -> tuple[ContributionView, ...]:
    """Every contribution by title, examples last."""
    found = [
        ContributionView(
            slug=dataset.slug,
            title=_text(dataset.titles, words),
            publisher=dataset.publisher_name,
            rights=_text(dataset.rights, words),
            licence=licence(dataset),
            issued=words.day(dataset.issued) if dataset.issued else "–",
            sources=tuple(Link(shown(source), web_address(source)) for source in dataset.sources),
            statements=words.number(dataset.statements),
            example=dataset.example,
            exports=exports(words, words.view.rules, dataset.slug),
        )
        for dataset in words.view.datasets.values()
    ]
    return tuple(sorted(found, key=lambda each: (each.example, each.title.text)))


def _text(texts: Mapping[Language, str], words: Reader) -> Link:
    said, lang = in_language(texts, words.lang)
    return Link(said, None, lang)
