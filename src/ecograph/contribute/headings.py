"""Which column a heading means: the machine heading, or the shape's name in Danish, Swedish or English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import Final

from rapidfuzz import fuzz, process

from ecograph.errors import UnknownTemplate
from ecograph.messages import Language, texts
from ecograph.shacl.contract import ID_COLUMN, Column, Contract, Template
from ecograph.spelling import fold_name

_LIKELY: Final = 70  # of 100: below it, what rapidfuzz proposes is no longer what the person meant
_LANGUAGE_KEYS: Final[Mapping[Language, str]] = {"da": "danish", "sv": "swedish", "en": "english"}
_LANGUAGE_MARK: Final = re.compile(r"^(.*?)[\s_(\[-]+([^\W\d_]+)[)\]]?$")


class Headings:
    """The headings of every template of a contract, folded."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def known(self, heading: str) -> bool:
        """Whether any template has a column called that."""
        return _folded(heading) in self._known

    def columns(self, template: Template, headings: Sequence[str]) -> tuple[Column | None, ...]:
        """The column each heading means; None for the id column, for an empty heading and for an unknown one."""
        index = self._by_template[template.slug]
        return tuple(index.get(_folded(heading)) for heading in headings)

    def suggest(self, template: Template, heading: str) -> tuple[str, ...]:
        """The machine headings that are likest to an unknown one."""
        index = self._by_template[template.slug]
        base = _LANGUAGE_MARK.sub(r"\1", heading)
        variants = {
            c.key: c for c in template.columns if _folded(heading) in (fold_name(name) for name in c.names.values())
        }
        if variants:
            return tuple(variants)
        found = process.extract(fold_name(base), list(index), scorer=fuzz.ratio, score_cutoff=_LIKELY, limit=6)
        return tuple(dict.fromkeys(index[choice].key for choice, _, _ in found))[:3]

    def template_of(self, file_name: str, headings: Sequence[str]) -> Template:
        """
        The template a table is for: the one its file is named after, or else the one that knows most of its headings.

        Raises:
            UnknownTemplate: Neither tells.
        """
        stem = file_name.replace("\\", "/").rpartition("/")[2].split(".")[0].lower()
        if stem in self._contract.templates:
            return self._contract.templates[stem]
        folded = [_folded(heading) for heading in headings]
        scores = {slug: sum(1 for heading in folded if heading in index) for slug, index in self._by_template.items()}
        best = sorted(scores, key=lambda slug: -scores[slug])[:2]
        if best and scores[best[0]] and (len(best) == 1 or scores[best[0]] > scores[best[1]]):
            return self._contract.templates[best[0]]
        raise UnknownTemplate(name=stem, known=", ".join(self._contract.templates))

    @cached_property
    def _by_template(self) -> Mapping[str, Mapping[str, Column]]:
        return {slug: _index(template) for slug, template in self._contract.templates.items()}

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(heading for index in self._by_template.values() for heading in index) | {ID_COLUMN}


def is_id(heading: str) -> bool:
    """Whether a heading is the id column's."""
    return heading.strip().casefold() == ID_COLUMN


def _index(template: Template) -> dict[str, Column]:
    index: dict[str, Column] = {}
    for column in template.columns:
        index.setdefault(_folded(column.key), column)
    for column in template.columns:
        for name in column.names.values():
            index.setdefault(_folded(f"{name} {column.lang}" if column.lang else name), column)
    return index


def _folded(heading: str) -> str:
    """A heading without case and punctuation, with the language it names, if it names one, as a two-letter code."""
    marked = _LANGUAGE_MARK.match(heading.strip())
    if marked:
        lang = _language_names().get(marked[2].casefold())
        if lang:
            return f"{fold_name(marked[1].replace('_', ' '))} {lang}"
    return fold_name(heading.replace("_", " "))


@cache
def _language_names() -> Mapping[str, Language]:
    names: dict[str, Language] = {}
    for lang, key in _LANGUAGE_KEYS.items():
        names[lang] = lang
        for name in texts(f"contribution.language.{key}").values():
            names[name.casefold()] = lang
    return names
