"""
What a validation result means for a person, in Danish, Swedish and English.

The texts come from the shapes graph by `sh:sourceShape`, because engines lose language tags. A shape's own message says
what its values must be; where it has none, the catalogue in `locales/` speaks by the kind of constraint.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode

from ecograph.messages import LANGUAGES, Language, catalogue, text
from ecograph.namespaces import SH
from ecograph.shacl.report import Term
from ecograph.shacl.shapes import Node, Shapes

_SUFFIX: Final = "ConstraintComponent"
_WORD: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_EXPECTED: Final[Mapping[str, NamedNode]] = {
    "max-count": SH.maxCount,
    "pattern": SH.pattern,
    "min-inclusive": SH.minInclusive,
    "max-inclusive": SH.maxInclusive,
    "min-exclusive": SH.minExclusive,
    "max-exclusive": SH.maxExclusive,
    "min-length": SH.minLength,
    "max-length": SH.maxLength,
    "datatype": SH.datatype,
    "class": SH["class"],
    "has-value": SH.hasValue,
}


def code_of(component: NamedNode) -> str:
    """
    The code of a constraint component.

    Example:
        >>> code_of(NamedNode("http://www.w3.org/ns/shacl#MinCountConstraintComponent"))
        'min-count'
    """
    name = component.value.rpartition("#")[2].removesuffix(_SUFFIX)
    return _WORD.sub("-", name).lower()


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
    names = shapes.texts(shape, SH.name) if shape is not None else {}
    if own:
        return {lang: own.get(lang) or own.get("en") or next(iter(own.values())) for lang in LANGUAGES}
    key = f"contribution.shacl.{code}"
    if key not in catalogue():
        key = "contribution.shacl.other"
    expected = _expected(shapes, shape, code)
    fallback = path.value.rpartition("#")[2].rpartition("/")[2] if path else ""
    return {
        lang: text(key, lang, name=names.get(lang, fallback), value=shown(value), expected=expected)
        for lang in LANGUAGES
    }


def shown(value: Term | None) -> str:
    """A value as a person would write it."""
    if value is None:
        return ""
    if isinstance(value, Literal):
        return value.value
    return "" if isinstance(value, BlankNode) else value.value


def _expected(shapes: Shapes, shape: Node | None, code: str) -> str:
    prop = _EXPECTED.get(code)
    if shape is None or prop is None:
        return ""
    found = [shown(value) for value in shapes.values(shape, prop)]
    return ", ".join(value.rpartition("#")[2] if "#" in value and ":" in value else value for value in found)
