"""Synthetic things of every class, for what must hold of all templates; and the things they may refer to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.contribute.rules import Rules
from ecograph.identifiers import COMMON, Space, graph_iri, thing_iri
from ecograph.namespaces import DCTERMS, FOAF, RDF, SKOS, XSD
from ecograph.shacl.contract import Column, Template
from ecograph.store.oxigraph import MemorySnapshot

REPOSITORY = Path(__file__).parents[2]
NUMBER_OF_TEMPLATES = 38
"""Counted by hand when a class is added, so that a lost one shows."""

PUBLISHER = "synthetic"
GRAPH = graph_iri(PUBLISHER)
OTHERS = graph_iri("others")

NAMING = (FOAF.name, SKOS.prefLabel, SKOS.altLabel, DCTERMS.title)

CODES = {
    "cvr": ("64942212", "61056416"),
    "organisation_number": ("212000-1124", "202100-3062"),
    "ror": ("https://ror.org/04qtj9h94", "https://ror.org/035b05819"),
    "wikidata": ("https://www.wikidata.org/entity/Q1748", "http://www.wikidata.org/wiki/Q2211"),
    "code": ("0165", "1280"),
    "nuts": ("DK012", "SE224"),
    "doi": ("10.5281/zenodo.1234567", "10.1000/182"),
    "orcid": ("0000-0002-1825-0097", "0000-0001-5109-3700"),
    "query": ("needs-per-topic",),
}
"""Codes with their check digits right, by the key of the column that asks for them."""


@cache
def rules() -> Rules:
    return Rules.load(REPOSITORY)


def templates() -> list[Template]:
    return list(rules().contract.templates.values())


def known(template: Template, number: int) -> NamedNode:
    """A thing that somebody else has published."""
    return thing_iri(template.iri_kind, f"known-{template.slug}-{number}")


@cache
def published_by_others() -> tuple[Quad, ...]:
    """Two things of each class, with names where the class has names."""
    quads = []
    for template in templates():
        for number in (1, 2):
            iri = known(template, number)
            quads.append(Quad(iri, RDF.type, template.target_class, OTHERS))
            name = f"Known {template.names['en']} {number}"
            if FOAF.name in template.by_path:
                quads.append(Quad(iri, FOAF.name, Literal(name), OTHERS))
            elif DCTERMS.title in template.by_path:
                quads.append(Quad(iri, DCTERMS.title, Literal(name, language="da"), OTHERS))
    return tuple(quads)


def snapshot(*quads: Quad) -> MemorySnapshot:
    return MemorySnapshot((*published_by_others(), *quads), revision=1)


def texts() -> st.SearchStrategy[str]:
    """
    What people write, and what breaks tables: separators, quotes, line breaks, formula signs, letters of all kinds.

    Composed (NFC) and without space at the edges, as every text of a cell is by definition.
    """
    signs = [*";|\\\"'=+-@,: #%", "\n", "\u00a0", "_x000D_", "\\|", "'="]
    words = [*"æøåäöÆØÅÄÖéüß", "🌧️", "Skybrud", "kælder", "1,5", "01-02", "=1+1", "5,79E+12"]
    letters = st.characters(categories=("L", "N", "P", "S"), exclude_characters="\ufffd")
    pieces = st.one_of(st.sampled_from(signs), st.sampled_from(words), letters)
    return (
        st.lists(pieces, min_size=1, max_size=12)
        .map(lambda parts: unicodedata.normalize("NFC", "".join(parts)).strip())
        .filter(lambda text: text != "")
    )


def codes() -> st.SearchStrategy[str]:
    """Codes without a form of their own, such as the number of a call."""
    return st.from_regex(re.compile(r"[A-Z]{2,5}-[A-Z0-9]{1,6}(-[0-9]{2})?"), fullmatch=True)


def partial_dates() -> st.SearchStrategy[Literal]:
    days = st.dates(date(1800, 1, 1), date(2199, 12, 31))
    forms: list[Callable[[date], Literal]] = [
        lambda day: Literal(day.isoformat(), datatype=XSD.date),
        lambda day: Literal(f"{day:%Y-%m}", datatype=XSD.gYearMonth),
        lambda day: Literal(f"{day:%Y}", datatype=XSD.gYear),
    ]
    return st.builds(lambda day, form: form(day), days, st.sampled_from(forms))


def values(column: Column) -> st.SearchStrategy[Literal | NamedNode]:
    """One value that the column may hold."""
    rule = rules()
    if column.pattern and column.base_key in CODES:
        listed = st.sampled_from(CODES[column.base_key])
        return listed.map(NamedNode) if column.kind == "iri" else listed.map(Literal)
    match column.kind:
        case "text":
            return texts().map(lambda text: Literal(text, language=column.lang))
        case "string":
            assert column.pattern is None, f"{column.shape}: no code is known that fits"
            is_code = column.identifying and column.path not in NAMING
            return (codes() if is_code else texts()).map(Literal)
        case "iri":
            return st.sampled_from(
                ["https://example.org/", "https://example.org/a;b?c=d%7Ce", "http://example.org/#x,y"]
            ).map(NamedNode)
        case "concept":
            return st.sampled_from(rule.concepts.in_scheme(column.scheme or ""))
        case "reference":
            wanted = {cls for upper in column.classes for cls in (upper, *rule.ontology.subclasses(upper))}
            fitting = [t for t in templates() if not column.classes or t.target_class in wanted]
            return st.builds(known, st.sampled_from(fitting), st.sampled_from([1, 2]))
        case "date":
            return st.dates(date(1800, 1, 1), date(2199, 12, 31)).map(
                lambda day: Literal(day.isoformat(), datatype=XSD.date)
            )
        case "partial_date":
            return partial_dates()
        case "year":
            return st.integers(1000, 2199).map(lambda year: Literal(str(year), datatype=XSD.gYear))
        case "integer":
            least = int(column.minimum if column.minimum is not None else -(10**6))
            return st.integers(least, 10**9).map(lambda number: Literal(str(number), datatype=XSD.integer))
        case "decimal":
            least = column.minimum if column.minimum is not None else -(10**9)
            most = column.maximum if column.maximum is not None else 10**12
            return st.decimals(Decimal(str(least)), Decimal(str(most)), places=3, allow_nan=False).map(_decimal)
        case "boolean":
            return st.sampled_from(["true", "false"]).map(lambda word: Literal(word, datatype=XSD.boolean))


def _decimal(number: Decimal) -> Literal:
    written = format(number, "f")
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return Literal("0" if written in ("-0", "") else written, datatype=XSD.decimal)


@st.composite
def things(draw: st.DrawFn, template: Template, space: Space = COMMON, most: int = 3) -> tuple[Quad, ...]:
    """The statements of one to three things of a class, every required column filled in."""
    names = st.from_regex(re.compile(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?"), fullmatch=True)
    slugs = draw(st.lists(names, min_size=1, max_size=most, unique=True))
    quads: dict[Quad, None] = {}
    for slug in slugs:
        iri = space.iri(template.iri_kind, slug)
        quads[Quad(iri, RDF.type, template.target_class, GRAPH)] = None
        for column in template.columns:
            least = 1 if column.required else 0
            number = draw(st.integers(least, 3 if column.many else 1))
            for value in draw(st.lists(values(column), min_size=number, max_size=number)):
                quads[Quad(iri, column.path, value, GRAPH)] = None
    return tuple(quads)
