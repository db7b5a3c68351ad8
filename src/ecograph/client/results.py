"""
SPARQL results read into tables: each column becomes what its values' datatypes say.

Source:
    SPARQL 1.1 Query Results JSON Format; docs/client.md, "Types".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from ecograph.client.rows import Kind, Rows, Value
from ecograph.namespaces import PREFIXES, XSD

_Term = Mapping[str, str]

_INTEGERS: Final = (
    *("integer", "long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
)
_KINDS: Final[Mapping[str, Kind]] = {
    **{XSD.iri + name: "integer" for name in (*_INTEGERS, "gYear")},
    **{XSD.iri + name: "number" for name in ("decimal", "double", "float")},
    XSD.iri + "boolean": "truth",
    XSD.iri + "date": "day",
    XSD.iri + "dateTime": "moment",
    XSD.iri + "dateTimeStamp": "moment",
}
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_LARGEST: Final = 2**63 - 1  # of Int64
_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}
_LOCAL: Final = re.compile(r"[\w][\w.-]*")


def read(document: bytes, *, short: bool = False, attrs: Mapping[str, Any] | None = None) -> Rows | bool:
    """
    The result of a SELECT as a table, or of an ASK as a truth value.

    A column holds numbers, days, moments or truth values if all its values are such literals; text otherwise. Years
    (`xsd:gYear`) are integers. A literal's language is left out: ask for it with `LANG(?x)`.

    Args:
        document: `application/sparql-results+json`.
        short: Whether IRIs are written with the usual prefixes, such as `eco:Need`.
        attrs: What is said of the table as a whole.

    Example:
        >>> rows = read(b'''{"head": {"vars": ["n"]}, "results": {"bindings": [
        ...   {"n": {"type": "literal", "value": "7", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}}]}}''')
        >>> rows.kinds, rows.to_dicts()
        (('integer',), [{'n': 7}])
        >>> read(b'{"head": {}, "boolean": true}')
        True
    """
    found = json.loads(document)
    if "boolean" in found:
        return bool(found["boolean"])
    columns = tuple(found["head"]["vars"])
    bindings: Sequence[Mapping[str, _Term]] = found["results"]["bindings"]
    read_columns = [_column([row.get(name) for row in bindings], short) for name in columns]
    cells = tuple(zip(*(values for _, values in read_columns), strict=True)) if columns else tuple(() for _ in bindings)
    return Rows(columns, tuple(kind for kind, _ in read_columns), cells, attrs or {})


def shortened(iri: str) -> str:
    """
    An IRI with its usual prefix, or as it is.

    Example:
        >>> shortened("https://w3id.org/ecograph/ns#Need"), shortened("https://example.org/")
        ('eco:Need', 'https://example.org/')
    """
    for prefix, start in PREFIXES.items():
        if iri.startswith(start) and _LOCAL.fullmatch(iri[len(start) :]):
            return f"{prefix}:{iri[len(start) :]}"
    return iri


def expanded(name: str) -> str:
    """
    An IRI that is written with its usual prefix, or as it is.

    Example:
        >>> expanded("eco:Need"), expanded("https://example.org/")
        ('https://w3id.org/ecograph/ns#Need', 'https://example.org/')
    """
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else name


def _column(terms: Sequence[_Term | None], short: bool) -> tuple[Kind, tuple[Value, ...]]:
    datatypes = {term.get("datatype", "") for term in terms if term is not None}
    kinds = {_KINDS.get(datatype, "text") for datatype in datatypes}
    if kinds == {"integer", "number"}:
        kinds = {"number"}
    if len(kinds) == 1 and kinds != {"text"}:
        kind = kinds.pop()
        try:
            return kind, _read_all(kind, terms)
        except ValueError:  # what does not fit its datatype, or no column of a data frame
            pass
    return "text", tuple(None if term is None else _text(term, short) for term in terms)


def _read_all(kind: Kind, terms: Sequence[_Term | None]) -> tuple[Value, ...]:
    values = tuple(None if term is None else _READERS[kind](term["value"]) for term in terms)
    if len({value.tzinfo is None for value in values if isinstance(value, datetime)}) > 1:
        raise ValueError("moments with and without a time zone cannot be compared")
    return values


def _text(term: Mapping[str, Any], short: bool) -> str:
    match term["type"]:
        case "uri":
            return shortened(term["value"]) if short else str(term["value"])
        case "bnode":
            return f"_:{term['value']}"
        case "triple":
            parts = (_text(term["value"][name], short) for name in ("subject", "predicate", "object"))
            return f"<<( {' '.join(parts)} )>>"
    return str(term["value"])


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text) or abs(int(text)) > _LARGEST:
        raise ValueError(text)
    return int(text)


def _truth(text: str) -> bool:
    if text not in _TRUTHS:
        raise ValueError(text)
    return _TRUTHS[text]


_READERS: Final[Mapping[Kind, Callable[[str], Value]]] = {
    "integer": _integer,
    "number": float,
    "truth": _truth,
    "day": date.fromisoformat,
    "moment": datetime.fromisoformat,
}
