"""
What a validation result means for a person, in Danish, Swedish and English.

The texts come from the shapes graph by `sh:sourceShape`, because engines lose language tags. A shape's own message says
what its values must be; where it has none, the catalogue in `locales/shacl.toml` speaks by the kind of constraint, with
the value that was found and what was expected, in the words of the ontology and never in IRIs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Final

from babel import Locale
from pyoxigraph import BlankNode, Literal, NamedNode

from ecograph.messages import LANGUAGES, Language, catalogue, text
from ecograph.namespaces import CONCEPT, ID, RDFS, SH, XSD
from ecograph.shacl.report import Term
from ecograph.shacl.shapes import Node, Shapes

_SUFFIX: Final = "ConstraintComponent"
_WORD: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MOST_LISTED: Final = 8
"""Values that a sentence lists; a longer list is cut, because the column's own list shows them all."""


@cache
def code_of(component: NamedNode) -> str:
    """
    The code of a constraint component.

    Example:
        >>> code_of(NamedNode("http://www.w3.org/ns/shacl#MinCountConstraintComponent"))
        'min-count'
    """
    name = component.value.rpartition("#")[2].removesuffix(_SUFFIX)
    return _WORD.sub("-", name).lower()


def component_of(code: str) -> NamedNode | None:
    """
    The constraint component with a code, or None if the code is not of a constraint in the catalogue.

    Example:
        >>> component_of("min-count"), component_of("unknown-column")
        (<NamedNode value=http://www.w3.org/ns/shacl#MinCountConstraintComponent>, None)
    """
    if f"shacl.constraint.{code}" not in catalogue():
        return None
    name = "SPARQL" if code == "sparql" else "".join(word.capitalize() for word in code.split("-"))
    return SH[name + _SUFFIX]


def has_value(shapes: Shapes, shape: Node | None) -> bool:
    """Whether the sentence about a shape names the value that failed: not where the shape has a message of its own."""
    return shape is None or not shapes.values(shape, SH.message)


def messages_of(
    shapes: Shapes, shape: Node | None, code: str, path: NamedNode | None, value: Term | None
) -> dict[Language, str]:
    """
    The sentence of one validation result in each language.

    Args:
        shapes: The shapes graph.
        shape: The shape that was not met (`sh:sourceShape`).
        code: The constraint's code, such as `pattern`.
        path: The property, for shapes without a name.
        value: The value that failed.
    """
    own = shapes.texts(shape, SH.message) if shape is not None else {}
    if own and code != "max-count":  # A shape's own message says what belongs there, not that there is too much.
        return {lang: own.get(lang) or own.get("en") or next(iter(own.values())) for lang in LANGUAGES}
    return {lang: _Sentence(shapes, shape, path, value, lang).of(code) for lang in LANGUAGES}


def shown(value: Term | None) -> str:
    """
    A value as a person would write it: our own things as `kind/name`, concepts by their name in the list.

    Example:
        >>> shown(ID["need/skybrud"]), shown(CONCEPT["topic/water"]), shown(Literal("12"))
        ('need/skybrud', 'water', '12')
    """
    if value is None or isinstance(value, BlankNode):
        return ""
    if isinstance(value, Literal):
        return value.value
    if value in ID:
        return ID.local(value)
    return CONCEPT.local(value).rpartition("/")[2] if value in CONCEPT else value.value


class _Sentence:
    """One result, told in one language."""

    def __init__(
        self, shapes: Shapes, shape: Node | None, path: NamedNode | None, value: Term | None, lang: Language
    ) -> None:
        self._shapes = shapes
        self._shape = shape
        self._path = path
        self._value = value
        self._lang = lang

    def of(self, code: str) -> str:
        expected = _EXPECTED[code](self) if code in _EXPECTED else ""
        key = f"{code}{_variant(code, expected)}"
        if f"shacl.constraint.{key}" not in catalogue() or (code in _EXPECTED and not expected):
            key = "other"
        return text(
            f"shacl.constraint.{key}",
            self._lang,
            name=self._name(key),
            value=self._found(),
            expected=expected,
            count=self._number(SH.qualifiedMinCount if code == "qualified-min-count" else SH.qualifiedMaxCount),
            hint=self._hint(),
        ).strip()

    def _said(self, key: str) -> str:
        return text(f"shacl.{key}", self._lang)

    def _name(self, code: str) -> str:
        """What the column, property or class is called."""
        named = self._own(SH.name) if code != "closed" else None
        if named is None and self._path is not None:
            named = self._called(self._path)
        if named is None and self._shape is not None:
            named = self._own(RDFS.label) or self._listed(SH.targetClass)
        return named or self._said("word.field")

    def _found(self) -> str:
        """What was found: a class or property by its label, everything else as people type it."""
        called = self._shapes.labels.get(self._value, {}) if isinstance(self._value, NamedNode) else {}
        return called.get(self._lang) or shown(self._value) or self._said("word.value")

    def _hint(self) -> str:
        return self._own(SH.description) or self._said("word.see-description")

    def _own(self, prop: NamedNode) -> str | None:
        texts = self._shapes.texts(self._shape, prop) if self._shape is not None else {}
        return texts.get(self._lang)

    def _called(self, term: NamedNode) -> str | None:
        """A class or property by its label in the ontology, or by the template or column that stands for it."""
        stated = self._shapes.labels.get(term, {}).get(self._lang)
        if stated:
            return stated
        pairs = ((SH.targetClass, RDFS.label), (SH.path, SH.name))
        found = (
            self._shapes.texts(shape, label).get(self._lang)
            for prop, label in pairs
            for shape in self._shapes.subjects(prop, term)
        )
        return next((name for name in found if name), None)

    def _word(self, term: Term) -> str:
        """A class, property, concept or value in a word."""
        if isinstance(term, Literal):
            if term.datatype == XSD.boolean:
                return self._said("word.yes" if term.value in ("true", "1") else "word.no")
            return term.value
        if isinstance(term, BlankNode):
            return self._said("word.value")
        return self._called(term) or re.split(r"[/#:]", term.value.rstrip("/#"))[-1].replace("-", " ")

    def _values(self, prop: NamedNode) -> tuple[Term, ...]:
        return self._shapes.values(self._shape, prop) if self._shape is not None else ()

    def _joined(self, words: Iterable[str]) -> str:
        unique = list(dict.fromkeys(word for word in words if word))
        # Words that hold commas themselves are told apart by semicolons.
        mark = "; " if any("," in word for word in unique) else ", "
        return mark.join([*unique[:_MOST_LISTED], *(["…"] if len(unique) > _MOST_LISTED else [])])

    def _listed(self, prop: NamedNode) -> str:
        return self._joined(self._word(value) for value in self._values(prop))

    def _items(self, prop: NamedNode) -> tuple[Term, ...]:
        heads = (head for head in self._values(prop) if not isinstance(head, Literal))
        return tuple(item for head in heads for item in self._shapes.items(head))

    def _number(self, prop: NamedNode) -> str:
        return next((value.value for value in self._values(prop) if isinstance(value, Literal)), "")

    def _datatypes(self) -> str:
        return self._joined(self._datatype(value) for value in self._values(SH.datatype))

    def _datatype(self, value: Term) -> str:
        name = value.value.rpartition("#")[2] if isinstance(value, NamedNode) else ""
        return self._said(f"datatype.{name if f'shacl.datatype.{name}' in catalogue() else 'other'}")

    def _node_kinds(self) -> str:
        names = (value.value.rpartition("#")[2] for value in self._values(SH.nodeKind))
        return self._joined(self._said(f"node-kind.{name}") for name in names)

    def _languages(self) -> str:
        known = Locale.parse(self._lang).languages
        tags = (item.value for item in self._items(SH.languageIn))
        return self._joined(f"{known.get(tag, tag)} ({tag})" for tag in tags)

    def _in(self) -> str:
        return self._joined(self._word(item) for item in self._items(SH["in"]))

    def _members(self, prop: NamedNode) -> str:
        return self._joined(self._described(item) for item in self._items(prop) if not isinstance(item, Literal))

    def _inner(self, prop: NamedNode) -> str:
        return self._joined(self._described(item) for item in self._values(prop) if not isinstance(item, Literal))

    def _described(self, shape: Node, depth: int = 0) -> str:
        """What a shape asks for, in a few words; empty if it takes more than that."""
        shapes, lang = self._shapes, self._lang
        for prop in (RDFS.label, SH.name):
            stated = shapes.texts(shape, prop).get(lang)
            if stated:
                return stated
        words = [self._word(value) for value in shapes.values(shape, SH["class"])]
        words += [self._datatype(value) for value in shapes.values(shape, SH.datatype)]
        if not words and depth == 0:
            # One level: a longer description is no help in a sentence.
            paths = [*shapes.values(shape, SH.path)]
            paths += [path for inner in shapes.inner(shape) for path in shapes.values(inner, SH.path)]
            words = [self._called(path) or "" for path in paths if isinstance(path, NamedNode)]
            words += [self._described(inner, depth + 1) for inner in shapes.nodes(shape, SH.node)]
        return self._joined(words)


def _variant(code: str, expected: str) -> str:
    """Counts are told in words of their own where they are none, one or several."""
    if code == "max-count" and expected == "0":
        return "-none"
    if code == "min-length" and expected == "1":
        return "-one"
    return "-many" if code in ("min-count", "max-count") and expected not in ("", "1") else ""


def _of(prop: NamedNode) -> Callable[[_Sentence], str]:
    return lambda sentence: sentence._listed(prop)


_EXPECTED: Final[Mapping[str, Callable[[_Sentence], str]]] = {
    "min-count": _of(SH.minCount),
    "max-count": _of(SH.maxCount),
    "class": _of(SH["class"]),
    "datatype": _Sentence._datatypes,
    "node-kind": _Sentence._node_kinds,
    "min-inclusive": _of(SH.minInclusive),
    "max-inclusive": _of(SH.maxInclusive),
    "min-exclusive": _of(SH.minExclusive),
    "max-exclusive": _of(SH.maxExclusive),
    "min-length": _of(SH.minLength),
    "max-length": _of(SH.maxLength),
    "language-in": _Sentence._languages,
    "equals": _of(SH.equals),
    "disjoint": _of(SH.disjoint),
    "less-than": _of(SH.lessThan),
    "less-than-or-equals": _of(SH.lessThanOrEquals),
    "has-value": _of(SH.hasValue),
    "in": _Sentence._in,
    "not": lambda sentence: sentence._inner(SH["not"]),
    "and": lambda sentence: sentence._members(SH["and"]),
    "or": lambda sentence: sentence._members(SH["or"]),
    "xone": lambda sentence: sentence._members(SH.xone),
    "node": lambda sentence: sentence._inner(SH.node),
    "property": lambda sentence: sentence._inner(SH.property),
    "qualified-min-count": lambda sentence: sentence._inner(SH.qualifiedValueShape),
    "qualified-max-count": lambda sentence: sentence._inner(SH.qualifiedValueShape),
}
"""By constraint, what it expects in words; a constraint that is not here expects nothing that a word could name."""
