"""
Triples as compact JSON-LD that refers to a published context, so that a reader sees `"title": {"da": ...}`.

Whoever reads the document with the context gets exactly the triples back. What a term of the context cannot say, such
as a title without language, stands under a prefixed name and in full.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ecograph.namespaces import RDF, XSD

LANGUAGE: Final = "@language"
"""A term with this container holds texts by language."""

REFERENCE: Final = "@id"
"""A term of this type holds IRIs."""

_FIRST: Final = {"id": 0, "type": 1}
_NO_LANGUAGE: Final = "@none"
_EXACT: Final = 2**53  # beyond it, many readers of JSON round integers


@dataclass(frozen=True, slots=True)
class Term:
    """
    What a short name stands for.

    Args:
        iri: The property.
        kind: `LANGUAGE`, `REFERENCE`, the IRI of the datatype of its values, or None for plain strings.
    """

    iri: NamedNode
    kind: str | None = None

    def definition(self) -> object:
        """As the context defines it."""
        if self.kind is None:
            return {"@id": self.iri.value}
        if self.kind == LANGUAGE:
            return {"@id": self.iri.value, "@container": LANGUAGE}
        return {"@id": self.iri.value, "@type": self.kind}


@dataclass(frozen=True)
class Context:
    """
    The short names of a published JSON-LD context.

    Args:
        prefixes: Namespace IRIs by prefix.
        classes: Classes by name.
        terms: Properties by name.

    Source:
        JSON-LD 1.1, section 4.1.
    """

    prefixes: Mapping[str, str]
    classes: Mapping[str, NamedNode] = field(default_factory=dict)
    terms: Mapping[str, Term] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The context as it is published."""
        return {
            "@context": {
                "@version": 1.1,
                "id": "@id",
                "type": "@type",
                **self.prefixes,
                **{name: iri.value for name, iri in self.classes.items()},
                **{name: term.definition() for name, term in self.terms.items()},
            }
        }

    @cached_property
    def _by_property(self) -> Mapping[str, tuple[str, Term]]:
        return {term.iri.value: (name, term) for name, term in self.terms.items()}

    @cached_property
    def _by_class(self) -> Mapping[str, str]:
        return {iri.value: name for name, iri in self.classes.items()}

    def term(self, predicate: NamedNode) -> tuple[str, Term] | None:
        """The short name of a property, if it has one."""
        return self._by_property.get(predicate.value)

    def compact(self, iri: NamedNode) -> str:
        """The prefixed name of a property, or its IRI."""
        for prefix, namespace in self.prefixes.items():
            if iri.value.startswith(namespace):
                local = iri.value[len(namespace) :]
                if local and not local.startswith("//"):
                    return f"{prefix}:{local}"
        return iri.value

    def class_name(self, iri: NamedNode) -> str:
        """The short name of a class, or its IRI."""
        return self._by_class.get(iri.value, iri.value)

    def holds(self, triple: Triple) -> bool:
        """Whether no IRI of a triple would be taken for a prefixed name, as `geo:55.6,12.5` would if `geo` were one."""
        return all(
            node.value.partition(":")[0] not in self.prefixes
            for node in (triple.subject, triple.predicate, triple.object)
            if isinstance(node, NamedNode)
        )


def write(triples: Iterable[Triple], context: Context, address: str) -> bytes | None:
    """
    A JSON-LD document.

    Args:
        triples: What to write; the same twice is written once.
        context: The short names.
        address: Of the published context, absolute or relative to the document.

    Returns:
        UTF-8 JSON: one object, or several under `@graph`; None if the context cannot hold the triples.

    Example:
        >>> context = Context({}, terms={"title": Term(NamedNode("urn:title"), LANGUAGE)})
        >>> said = Triple(NamedNode("urn:a"), NamedNode("urn:title"), Literal("Å", language="da"))
        >>> print(write([said], context, "/c").decode())
        {
          "@context": "/c",
          "id": "urn:a",
          "title": {
            "da": "Å"
          }
        }

    Source:
        JSON-LD 1.1, sections 3, 4.6; JSON-LD 1.1 API, section 6.
    """
    nodes: dict[str, dict[NamedNode, list[NamedNode | BlankNode | Literal]]] = {}
    for triple in dict.fromkeys(triples):
        if isinstance(triple.subject, Triple) or isinstance(triple.object, Triple) or not context.holds(triple):
            return None
        nodes.setdefault(_id(triple.subject), {}).setdefault(triple.predicate, []).append(triple.object)
    objects = [_node(name, said, context) for name, said in nodes.items()]
    body = objects[0] if len(objects) == 1 else {"@graph": objects}
    return json.dumps({"@context": address, **body}, ensure_ascii=False, indent=2).encode()


def _node(
    name: str, said: Mapping[NamedNode, Sequence[NamedNode | BlankNode | Literal]], context: Context
) -> dict[str, Any]:
    written: dict[str, Any] = {"id": name}
    for predicate, values in said.items():
        if predicate == RDF.type and not any(isinstance(value, Literal) for value in values):
            classes = [
                context.class_name(value) if isinstance(value, NamedNode) else _id(value)
                for value in values
                if not isinstance(value, Literal)
            ]
            written["type"] = _one_or_many(classes)
            continue
        known = context.term(predicate)
        held = [value for value in values if known and _fits(value, known[1])]
        if known and held:
            texts = known[1].kind == LANGUAGE
            written[known[0]] = _by_language(held) if texts else _one_or_many([_value(each, known[1]) for each in held])
        if rest := [_value(value, None) for value in values if not (known and _fits(value, known[1]))]:
            written[context.compact(predicate)] = _one_or_many(rest)
    return dict(sorted(written.items(), key=lambda item: (_FIRST.get(item[0], len(_FIRST)), item[0])))


def _fits(value: NamedNode | BlankNode | Literal, term: Term) -> bool:
    """Whether a value can stand under a term; only texts by language cannot be mixed with others."""
    return term.kind != LANGUAGE or (isinstance(value, Literal) and _is_text(value))


def _is_text(value: Literal) -> bool:
    return value.datatype in (RDF.langString, XSD.string)


def _by_language(values: Sequence[NamedNode | BlankNode | Literal]) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for value in values:
        assert isinstance(value, Literal)
        found.setdefault(value.language or _NO_LANGUAGE, []).append(value.value)
    return {lang: _one_or_many(texts) for lang, texts in sorted(found.items())}


def _value(value: NamedNode | BlankNode | Literal, term: Term | None) -> object:
    kind = term.kind if term else None
    if not isinstance(value, Literal):
        return _id(value) if kind == REFERENCE else {"@id": _id(value)}
    if value.language:
        return {"@value": value.value, "@language": value.language}
    datatype = value.datatype.value
    if kind is not None and datatype == kind:
        return _native(value)
    if datatype == XSD.string.value:
        return value.value if kind is None else {"@value": value.value}
    return {"@value": value.value, "@type": datatype}


def _native(value: Literal) -> object:
    """A number or truth as JSON has it, where reading it gives the same literal; else its text."""
    if value.datatype == XSD.integer:
        try:
            number = int(value.value)
        except ValueError:
            return value.value
        return number if str(number) == value.value and abs(number) < _EXACT else value.value
    if value.datatype == XSD.boolean and value.value in ("true", "false"):
        return value.value == "true"
    return value.value  # a decimal would come back as a double


def _id(node: NamedNode | BlankNode) -> str:
    return node.value if isinstance(node, NamedNode) else f"_:{node.value}"


def _one_or_many(values: Sequence[Any]) -> Any:
    return values[0] if len(values) == 1 else list(values)
