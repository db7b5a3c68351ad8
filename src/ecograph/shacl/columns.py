"""What the shapes say of a class as a table: its template, and the columns of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from pyoxigraph import NamedNode

from ecograph.messages import Language
from ecograph.namespaces import DCTERMS, FOAF, SKOS
from ecograph.shacl.report import Severity

Kind = Literal[
    "text",
    "string",
    "iri",
    "concept",
    "reference",
    "date",
    "partial_date",
    "year",
    "decimal",
    "integer",
    "boolean",
]

ID_COLUMN: Final = "id"
"""The one column that no property shape names: the slug of the row's IRI."""

_NAMING_PATHS: Final = (DCTERMS.title, FOAF.name, SKOS.prefLabel)


@dataclass(frozen=True, kw_only=True)
class Column:
    """
    One column of a template.

    Args:
        key: The machine heading, such as `title_da`.
        base_key: The key of the property, such as `title`.
        lang: The language of the column's texts, if it holds texts in one.
        path: The property its cells become.
        kind: What its cells hold.
        datatype: The datatype of its literals, where there is exactly one.
        classes: What a reference may point at; empty with kind `reference` means anything known.
        scheme: The scheme of its concepts, such as `topic`.
        min_count: How many values there must be.
        max_count: How many values there may be; None is any number.
        severity: What a missing value is.
        pattern: The regular expression its values match.
        minimum: The least number allowed.
        maximum: The greatest number allowed.
        example: A value it may have, as it is written in a cell.
        names: Its heading in each language.
        descriptions: What to write in it, in each language.
        group: The group of columns it stands in.
        order: Its place.
        shape: The property shape it comes from.
        identifying: Whether its values identify the thing for others.
    """

    key: str
    base_key: str
    lang: Language | None = None
    path: NamedNode
    kind: Kind
    datatype: NamedNode | None = None
    classes: tuple[NamedNode, ...] = ()
    scheme: str | None = None
    min_count: int = 0
    max_count: int | None = None
    severity: Severity = Severity.VIOLATION
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    example: str | None = None
    names: Mapping[Language, str]
    descriptions: Mapping[Language, str]
    group: NamedNode | None = None
    order: float = 0.0
    shape: NamedNode
    identifying: bool = False

    @property
    def many(self) -> bool:
        """Whether a cell may hold several values."""
        return self.lang is None and self.max_count != 1

    @property
    def required(self) -> bool:
        """Whether a row without it cannot be published."""
        return self.min_count > 0 and self.severity is Severity.VIOLATION

    def heading(self, lang: Language | None) -> str:
        """The heading in a language, with the language of the texts where they have one; None: the machine heading."""
        if lang is None:
            return self.key
        name = self.names.get(lang, self.base_key)
        return f"{name} ({self.lang})" if self.lang else name


@dataclass(frozen=True, kw_only=True)
class Template:
    """
    The columns of one class.

    Args:
        slug: Its name in files and addresses, such as `need`.
        target_class: The class of its rows.
        iri_kind: The kind in its things' IRIs, `id/{iri_kind}/{slug}`.
        shape: The node shape it comes from.
        columns: In the order of the shapes, without the id column.
        identified_by: Keys of the columns whose values name a row without an id, joined by `--`.
        names: What the class is called, in each language.
        descriptions: What it is, in each language.
    """

    slug: str
    target_class: NamedNode
    iri_kind: str
    shape: NamedNode
    columns: tuple[Column, ...]
    identified_by: tuple[str, ...] = ()
    names: Mapping[Language, str]
    descriptions: Mapping[Language, str]

    @cached_property
    def by_key(self) -> Mapping[str, Column]:
        """Its columns by machine heading."""
        return {column.key: column for column in self.columns}

    @cached_property
    def by_path(self) -> Mapping[NamedNode, tuple[Column, ...]]:
        """Its columns by property; several where a property has one column per language."""
        found: dict[NamedNode, tuple[Column, ...]] = {}
        for column in self.columns:
            found[column.path] = (*found.get(column.path, ()), column)
        return found

    def of_base(self, base_key: str) -> tuple[Column, ...]:
        """The columns of one property: one, or one per language."""
        return tuple(column for column in self.columns if column.base_key == base_key)

    @cached_property
    def naming(self) -> tuple[Column, ...]:
        """The columns that say what the thing is called: its name or title, the property with the most say first."""
        ranked = [column for path in _NAMING_PATHS for column in self.by_path.get(path, ())]
        return tuple(ranked)

    @property
    def id_required(self) -> bool:
        """Whether a row must bring its own id: nothing else names it."""
        return not self.identified_by and not any(column.required for column in self.naming)

    @cached_property
    def digest(self) -> str:
        """Which version of the columns it is: the same as long as the same table would be understood the same way."""
        columns = [
            (c.key, c.path.value, c.kind, c.scheme, [*map(str, c.classes)], c.min_count, c.max_count, c.pattern)
            for c in self.columns
        ]
        said = json.dumps([self.slug, self.iri_kind, self.identified_by, columns])
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    @property
    def owner(self) -> Column | None:
        """
        The column that says which thing a row belongs to, for rows that are no things of their own.

        A participation belongs to its project, a capability claim to its claimant; a need belongs to nothing.
        """
        if not self.columns or not (self.identified_by or self.id_required):
            return None
        first = self.columns[0]
        return first if first.kind == "reference" and first.classes and first.required else None
