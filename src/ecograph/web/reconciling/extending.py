"""
Properties of things that a table was reconciled with, to fill its other columns.

Source:
    Reconciliation Service API v0.2, "Data Extension Service".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pyoxigraph import Literal, NamedNode

from ecograph.errors import BadParameter
from ecograph.messages import Language
from ecograph.namespaces import SKOS, XSD
from ecograph.vocabulary.labels import best_of
from ecograph.web.reconciling.asking import Extension
from ecograph.web.reconciling.index import Index
from ecograph.web.views.words import Reader

Json = dict[str, Any]

_NUMBERS: Final = (XSD.decimal, XSD.double, XSD.float)
_WHOLE: Final = (XSD.integer, XSD.gYear)
_LONGEST_WHOLE: Final = 15  # digits that a client with 64-bit floating point keeps


def extend(index: Index, asked: Extension, words: Reader) -> Json:
    """
    The values of properties, as a data extension response.

    Args:
        index: What there is.
        asked: Which things and properties; a thing that nobody knows has no values.
        words: The reader, in whose language names and texts are.

    Raises:
        BadParameter: An unknown property.
    """
    paths = {name: _path(index, name) for name in asked.properties}
    rows: dict[str, dict[str, list[Json]]] = {}
    for text in asked.ids:
        iri = index.entity(text)
        rows[text] = {name: list(_values(index, iri, path, words.lang)) if iri else [] for name, path in paths.items()}
    return {"meta": [_meta(index, name, path, words) for name, path in paths.items()], "rows": rows}


def proposed(index: Index, type_name: str, words: Reader, limit: int | None = None) -> Json:
    """
    The properties that can be asked for of a type.

    Args:
        index: What there is.
        type_name: As the client calls the type; empty for any. An unknown one has no properties.
        words: The reader.
        limit: At most so many.
    """
    found = index.type_named(type_name)
    properties = [
        {"id": path.value, "name": words.predicate(path)}
        for path, kinds in index.properties.items()
        if not type_name or (found is not None and kinds & found.kinds)
    ]
    answer: Json = {"properties": properties[:limit], "type": type_name}
    return answer if limit is None else {**answer, "limit": limit}


def _path(index: Index, name: str) -> NamedNode:
    found = index.property_named(name)
    if found is None:
        raise BadParameter(name="extend.properties", value=name[:100], expected="/reconcile/properties")
    return found


def _meta(index: Index, name: str, path: NamedNode, words: Reader) -> Json:
    classes = {
        each
        for template in index.view.contract.templates.values()
        for column in template.by_path.get(path, ())
        for each in column.classes
    }
    meta: Json = {"id": name, "name": words.predicate(path)}
    known = [each for each in classes if each in index.types]
    if len(known) == 1:
        meta["type"] = {"id": known[0].value, "name": index.types[known[0]].names[words.lang]}
    return meta


def _values(index: Index, iri: NamedNode, path: NamedNode, lang: Language) -> Iterable[Json]:
    objects = list(dict.fromkeys(quad.object for quad in index.view.snapshot.quads(iri, path)))
    tagged = [each for each in objects if isinstance(each, Literal) and each.language]
    # Of texts in several languages one is meant; other names are a list whatever language they are in.
    best = best_of(tagged, lang).language if tagged else None
    for each in sorted(objects, key=str):
        if isinstance(each, NamedNode):
            summary = index.summary(each)
            yield {"id": each.value, "name": summary.name(lang)[0]} if summary else {"str": each.value}
        elif isinstance(each, Literal) and (each not in tagged or each.language == best or path == SKOS.altLabel):
            yield _literal(each)


def _literal(value: Literal) -> Json:
    text, datatype = value.value, value.datatype
    if datatype in _WHOLE and text.lstrip("-").isdigit() and len(text) <= _LONGEST_WHOLE:
        return {"int": int(text)}
    if datatype in _NUMBERS:
        try:
            number = float(text)
        except ValueError:
            return {"str": text}
        return {"float": number} if abs(number) < float("inf") else {"str": text}
    if datatype == XSD.date and len(text) == len("2026-12-31"):
        return {"date": f"{text}T00:00:00Z"}  # the specification knows no day without a time
    return {"str": text}
