"""Values given to a question: each becomes a typed term in its VALUES line, and nothing else of the query changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from pyoxigraph import Literal, NamedNode

from ecograph.errors import BadParameter, BadValue
from ecograph.identifiers import NAME, SLUG, concept_iri, thing_iri
from ecograph.messages import LANGUAGES
from ecograph.namespaces import ID, XSD
from ecograph.query.catalogue import RESERVED, VALUES_LINE, CatalogueQuery, Parameter
from ecograph.query.guard import AdmittedQuery, admit

_MAX_VALUES: Final = 100  # values of one parameter; an Excel column pasted by hand
_MAX_LENGTH: Final = 2000  # characters of one value; longer than any IRI in use
_SPACE: Final = " \t\r\n\u00a0"  # what is pasted along; other characters without a shape are a mistake
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,3})?")
_LARGEST: Final = 10**18
_PLACES: Final = Decimal("1e-9")  # an xsd:decimal has no exponent, and engines keep 18 digits behind the point at most
_YEAR: Final = re.compile(r"[0-9]{4}")
_IRI: Final = re.compile(r"(?:https?|urn):[^\x00-\x20<>\"{}|^`\\]+")

Fits = Callable[[Parameter, NamedNode], bool]
"""Whether a graph has this thing or concept, and of the kind that the parameter asks for."""


def anything(_parameter: Parameter, _iri: NamedNode) -> bool:
    """Without a graph to look into, every thing and concept may be."""
    return True


def bind(query: CatalogueQuery, values: Mapping[str, str | Sequence[str]], fits: Fits = anything) -> AdmittedQuery:
    """
    The question with these values.

    Args:
        query: A question of the catalogue.
        values: One value, or several where the parameter takes many, per parameter name. A thing may be written as
            `kind/slug`, a concept as its slug. A parameter that is optional and not given restricts nothing.
        fits: What the graph that is asked has of things and concepts.

    Raises:
        BadParameter: An unknown name, a missing value, or a value that is not of the parameter's kind.

    Source:
        docs/queries.md.
    """
    terms, wrong = _read_all(query, values, fits)
    for fault in wrong:
        raise fault
    return admit(VALUES_LINE.sub(lambda line: f"{line['before']}{terms[line['name']]}{line['after']}", query.text))


def faults(
    query: CatalogueQuery, values: Mapping[str, str | Sequence[str]], fits: Fits = anything
) -> tuple[BadParameter, ...]:
    """Everything that is wrong with the values given to a question: what `bind` would raise the first of."""
    return tuple(_read_all(query, values, fits)[1])


def _read_all(
    query: CatalogueQuery, values: Mapping[str, str | Sequence[str]], fits: Fits
) -> tuple[dict[str, str], list[BadParameter]]:
    """The terms of every parameter that has a right value, and what is wrong with the others."""
    terms: dict[str, str] = {}
    known = {parameter.name: parameter for parameter in query.parameters}
    found: list[BadParameter] = [
        BadValue(
            reason="unknown",
            name=name,
            value=_shown(given),
            expected=", ".join((*known, *sorted(RESERVED))),
            example="",
        )
        for name, given in values.items()
        if name not in known
    ]
    for name, parameter in known.items():
        try:
            terms[name] = _terms(parameter, values.get(name), fits)
        except BadParameter as fault:
            found.append(fault)
    return terms, found


def given_by(values: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """
    The fields of an address by name.

    Example:
        >>> given_by([("country", "dk"), ("country", "se")])
        {'country': ['dk', 'se']}
    """
    found: dict[str, list[str]] = {}
    for name, value in values:
        found.setdefault(name, []).append(value)
    return found


def short(parameter: Parameter, value: str) -> str:
    """A value as people write it: the slug of a concept, kind and slug of a thing, anything else as it is."""
    match parameter.kind:
        case "iri":
            return value.removeprefix(ID.iri)
        case "concept":
            return value.removeprefix(concept_iri(str(parameter.scheme), "").value)
    return value


def _terms(parameter: Parameter, given: str | Sequence[str] | None, fits: Fits) -> str:
    found = [given] if isinstance(given, str) else list(given or ())
    found = [value.strip(_SPACE) for value in found if value.strip(_SPACE)]
    if not found and parameter.default is not None:
        found = [parameter.default]
    if not found:
        if parameter.optional:
            return "UNDEF"
        raise _fault("missing", parameter, "")
    if len(found) > (_MAX_VALUES if parameter.many else 1):
        raise _fault("many", parameter, found)
    return " ".join(str(_term(parameter, value, fits)) for value in found)


def _term(parameter: Parameter, value: str, fits: Fits) -> NamedNode | Literal:
    if len(value) <= _MAX_LENGTH:
        try:
            term = _read(parameter, value)
        except ValueError:
            term = None
        if term is not None and _is_offered(parameter, term, fits):
            return term
    raise _fault("listed" if parameter.values else parameter.kind, parameter, value)


def _is_offered(parameter: Parameter, term: NamedNode | Literal, fits: Fits) -> bool:
    if parameter.values:
        return term in [_read(parameter, each) for each in parameter.values]
    is_default = parameter.default is not None and term == _read(parameter, parameter.default)
    return is_default or not isinstance(term, NamedNode) or fits(parameter, term)


def _fault(reason: str, parameter: Parameter, given: str | Sequence[str]) -> BadValue:
    example = short(parameter, parameter.example)
    expected = ", ".join(parameter.values) or example
    return BadValue(reason=reason, name=parameter.name, value=_shown(given), expected=expected, example=example)


def _read(parameter: Parameter, value: str) -> NamedNode | Literal | None:
    match parameter.kind:
        case "iri":
            return _thing(value)
        case "concept":
            return concept_iri(str(parameter.scheme), value) if SLUG.fullmatch(value) else _iri(value)
        case "string":
            return Literal(value)
        case "integer" if _INTEGER.fullmatch(value):
            return Literal(value, datatype=XSD.integer)
        case "decimal" if _DECIMAL.fullmatch(value) and abs(Decimal(value)) < _LARGEST:
            return Literal(f"{Decimal(value).quantize(_PLACES).normalize():f}", datatype=XSD.decimal)
        case "year" if _YEAR.fullmatch(value):
            return Literal(value, datatype=XSD.gYear)
        case "date":
            return Literal(date.fromisoformat(value).isoformat(), datatype=XSD.date)
        case "language" if value in LANGUAGES:
            return Literal(value)
    return None


def _thing(value: str) -> NamedNode | None:
    kind, slash, name = value.partition("/")
    if slash and SLUG.fullmatch(kind) and NAME.fullmatch(name):
        return thing_iri(kind, name)
    return _iri(value)


def _iri(value: str) -> NamedNode | None:
    return NamedNode(value) if _IRI.fullmatch(value) else None


def _shown(value: str | Sequence[str]) -> str:
    text = value if isinstance(value, str) else ", ".join(value)
    return text if len(text) <= 100 else text[:99] + "…"
