"""Which column a heading means: the machine heading, or the shape's name in Danish, Swedish or English."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Final, Literal

from rapidfuzz import fuzz, process

from ecograph.contribute.reading.how_read import Naming
from ecograph.contribute.reading.table import Table
from ecograph.errors import UnknownTemplate
from ecograph.messages import LANGUAGES, Language, texts
from ecograph.shacl.contract import ID_COLUMN, Column, Contract, Template
from ecograph.spelling import fold_name

Mark = Naming | Literal["number"]
"""What is known of a heading: in which naming it is one, and whether the cells below it are numbers."""

_NUMBERS: Final = frozenset({"decimal", "integer"})
_LANGUAGES: Final = frozenset(LANGUAGES)
_LIKELY: Final = 70  # of 100: below it, what rapidfuzz proposes is no longer what the person meant
_LANGUAGE_KEYS: Final[Mapping[Language, str]] = {"da": "danish", "sv": "swedish", "en": "english"}
_LANGUAGE_MARK: Final = re.compile(r"^(.*?)(?:[\s_(\[,:/-]+(?:på|in|i))?[\s_(\[,:/-]+([^\W\d_]+)[)\]]?$")
_REQUIRED_MARK: Final = re.compile(
    r"[*†:]+|\((?:skal udfyldes|påkrævet|obligatorisk|obligatoriskt|krävs|måste fyllas i|required|mandatory)\)",
    re.IGNORECASE,
)
_LONGEST: Final = 200
"""A cell of more characters than twice the longest heading is no heading, and not worth folding."""

_SHEET_NAME: Final = 31
"""Excel's limit; a longer template name is cut there in the name of its sheet."""


class Headings:
    """The headings of every template of a contract, folded."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def known(self, heading: str) -> frozenset[Mark]:
        """
        In which namings any template has a column called that, and whether its cells are numbers; empty where none has.

        A machine heading counts as such where it is written as one: `Budget` is English, Danish and Swedish.
        """
        marks = self._known.get(_folded(heading), frozenset())
        if "_" in heading and "machine" in marks:
            return marks & {"machine", "number"}
        if heading.strip().islower() or not marks & _LANGUAGES:
            return marks
        return marks - {"machine"}

    def columns(self, template: Template, headings: Sequence[str]) -> tuple[Column | None, ...]:
        """The column each heading means; None for the id column, for an empty heading and for an unknown one."""
        index = self._by_template[template.slug]
        return tuple(index.get(_folded(heading)) for heading in headings)

    def suggest(self, template: Template, heading: str, lang: Language | None = None) -> tuple[str, ...]:
        """The headings that are likest to an unknown one, in the language of the table's; None: machine headings."""
        index = self._by_template[template.slug]
        base = _LANGUAGE_MARK.sub(r"\1", heading)
        variants = [c for c in template.columns if _folded(heading) in (fold_name(name) for name in c.names.values())]
        if variants:
            return tuple(column.heading(lang) for column in variants)
        found = process.extract(fold_name(base), list(index), scorer=fuzz.ratio, score_cutoff=_LIKELY, limit=6)
        return tuple(dict.fromkeys(index[choice].heading(lang) for choice, _, _ in found))[:3]

    def template_for(self, table: Table, preferred: Template | None = None) -> Template:
        """
        The template a table is for: the one its sheet is named after or was made from, the one its sender names, the
        one its workbook was made from, the one its file is named after, or else the one that knows most headings.

        Raises:
            UnknownTemplate: None of them tells.
        """
        templates, marker = self._contract.templates, table.marker
        of_sheet = templates.get(marker.sheets.get(table.sheet, "")) if marker else None
        of_workbook = templates.get(marker.template) if marker else None
        by_name = of_sheet or self.named(table.sheet) or preferred or of_workbook or self.named(_stem(table.file))
        return self._chosen(table.file, table.columns, by_name)

    def named(self, name: str) -> Template | None:
        """The template with that slug, or with that name in Danish, Swedish or English; None where it is not one."""
        return self._by_name.get(fold_name(name))

    def is_template(self, name: str) -> bool:
        """Whether a sheet called that is named after a template."""
        return self.named(name) is not None

    def _chosen(self, file_name: str, headings: Sequence[str], by_name: Template | None) -> Template:
        if by_name is not None:
            return by_name
        folded = [_folded(heading) for heading in headings]
        scores = {slug: sum(1 for heading in folded if heading in index) for slug, index in self._by_template.items()}
        most = max(scores.values(), default=0)
        likely = [slug for slug, score in scores.items() if score == most] if most else []
        if len(likely) == 1:
            return self._contract.templates[likely[0]]
        for words in _beginnings(_stem(file_name)):
            template = self.named(words)
            if template is not None and template.slug in likely:
                return template
        raise UnknownTemplate(file=file_name, name=_stem(file_name), known=", ".join(self._contract.templates))

    @cached_property
    def _by_template(self) -> Mapping[str, Mapping[str, Column]]:
        return {slug: _index(template) for slug, template in self._contract.templates.items()}

    @cached_property
    def _by_name(self) -> Mapping[str, Template]:
        """Templates by slug and by name in each language; a name that two of them have is nobody's."""
        found: dict[str, Template] = {}
        counted: Counter[str] = Counter()
        for template in self._contract.templates.values():
            names = {fold_name(name) for name in template.names.values()}
            counted.update(names | {name[:_SHEET_NAME].strip() for name in names})
            for name in names:
                found[name] = found[name[:_SHEET_NAME].strip()] = template
        unique = {name: template for name, template in found.items() if counted[name] == 1}
        return unique | {fold_name(slug): template for slug, template in self._contract.templates.items()}

    @cached_property
    def _known(self) -> Mapping[str, frozenset[Mark]]:
        found: dict[str, set[Mark]] = {fold_name(ID_COLUMN): {"machine", *LANGUAGES}}
        for template in self._contract.templates.values():
            for column in template.columns:
                for naming, heading in _names(column):
                    found.setdefault(heading, set()).update(
                        (naming, "number") if column.kind in _NUMBERS else (naming,)
                    )
        return {heading: frozenset(marks) for heading, marks in found.items()}


def is_message(heading: str) -> bool:
    """Whether a column holds what we wrote beside the rows of an error file."""
    return heading.strip() in texts("template.errors.heading").values()


def is_id(heading: str) -> bool:
    """Whether a heading is the id column's."""
    return _without_mark(heading).casefold() == ID_COLUMN


def _index(template: Template) -> dict[str, Column]:
    index: dict[str, Column] = {}
    for column in template.columns:
        index.setdefault(_folded(column.key), column)
    for column in template.columns:
        for _, heading in _names(column):
            index.setdefault(heading, column)
    return index


def _names(column: Column) -> Iterator[tuple[Naming, str]]:
    """What a column is called, folded, and in which naming."""
    yield "machine", _folded(column.key)
    for lang, name in column.names.items():
        yield lang, _folded(f"{name} {column.lang}" if column.lang else name)


def _folded(heading: str) -> str:
    """A heading without case and punctuation, with the language it names, if it names one, as a two-letter code."""
    heading = _without_mark(heading)
    marked = _LANGUAGE_MARK.match(heading)
    if marked:
        lang = _language_names().get(marked[2].casefold())
        if lang:
            return f"{fold_name(marked[1].replace('_', ' '))} {lang}"
    return fold_name(heading.replace("_", " "))


def _without_mark(heading: str) -> str:
    """A heading on one line, without the mark of a column that must be filled in and without quotation marks."""
    return " ".join(_REQUIRED_MARK.sub(" ", heading[:_LONGEST]).split()).strip(" \"'“”»«")


def _stem(file_name: str) -> str:
    """The part of a file's name before its first dot."""
    return file_name.replace("\\", "/").rpartition("/")[2].split(".")[0].lower()


def _beginnings(stem: str) -> Iterator[str]:
    """The first words of a name, from all but the last to the first."""
    words = fold_name(stem).split()
    for end in range(len(words) - 1, 0, -1):
        yield " ".join(words[:end])


@cache
def _language_names() -> Mapping[str, Language]:
    names: dict[str, Language] = {}
    for lang, key in _LANGUAGE_KEYS.items():
        names[lang] = lang
        for name in texts(f"contribution.language.{key}").values():
            names[name.casefold()] = lang
    return names
