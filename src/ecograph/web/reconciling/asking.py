"""
What a reconciliation client asks: its JSON, read strictly and held to limits.

Source:
    Reconciliation Service API v0.2, "Reconciliation Queries" and "Data Extension Query Requests".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NoReturn

from ecograph.errors import BadParameter
from ecograph.web.problems import Refused

Strictness = Literal["any", "all", "should"]

BATCH_SIZE: Final = 50
"""Queries in one batch; OpenRefine reads it from the manifest."""

DEFAULT_LIMIT: Final = 10
MAX_LIMIT: Final = 50
MAX_LETTERS: Final = 500  # longer than any name; the longest in the graph has some 300
MAX_VALUES: Final = 20  # types, properties, or values of one property
MAX_IDS: Final = 500  # rows of one extension; OpenRefine sends ten at a time
MAX_CELLS: Final = 10_000  # rows times properties
_MAX_KEY: Final = 200
_STRICT: Final[tuple[Strictness, ...]] = ("any", "all", "should")
CALLBACK: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,60}(?:\.[A-Za-z_$][A-Za-z0-9_$]{0,60}){0,4}")


@dataclass(frozen=True, slots=True)
class Condition:
    """A property that a candidate should have with one of these values, as identifiers or as people write them."""

    property: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """
    One reconciliation query.

    Args:
        text: A name or identifier; empty if only conditions are given.
        types: As the client calls them; any of them fits.
        conditions: What else is known.
        limit: Candidates at most.
        strictness: What the types mean: `any` or `all` of them must fit, or one `should`.
    """

    text: str
    types: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    limit: int = DEFAULT_LIMIT
    strictness: Strictness = "any"


@dataclass(frozen=True, slots=True)
class Extension:
    """Which properties of which things are wanted."""

    ids: tuple[str, ...]
    properties: tuple[str, ...]


def read_batch(body: str | Mapping[str, Any]) -> Mapping[str, Asked]:
    """
    A batch of queries by the client's own keys.

    Args:
        body: JSON, or what was read from it.

    Raises:
        BadParameter: It is not a batch; the name says where.
        Refused: It holds more than `BATCH_SIZE` queries (413).

    Example:
        >>> read_batch('{"q0": {"query": "Lunds kommun", "limit": 3}}')
        {'q0': Asked(text='Lunds kommun', types=(), conditions=(), limit=3, strictness='any')}
    """
    given = _object("queries", parsed("queries", body) if isinstance(body, str) else body)
    if len(given) > BATCH_SIZE:
        raise Refused(413, "too-many-queries", limit=BATCH_SIZE, given=len(given))
    return {_text("queries", key, _MAX_KEY): _query(f"queries.{key[:_MAX_KEY]}", each) for key, each in given.items()}


def read_extension(body: str | Mapping[str, Any]) -> Extension:
    """
    A data extension query.

    Raises:
        BadParameter: It is none; the name says where.
        Refused: It asks for too much at once (413).
    """
    given = _object("extend", parsed("extend", body) if isinstance(body, str) else body)
    ids, properties = given.get("ids"), given.get("properties")
    if not isinstance(ids, list):
        _refuse("extend.ids", ids, '["…"]')
    if not isinstance(properties, list):
        _refuse("extend.properties", properties, '[{"id": "…"}]')
    if len(ids) > MAX_IDS or len(ids) * len(properties) > MAX_CELLS:
        raise Refused(413, "too-many-cells", limit=MAX_IDS, cells=MAX_CELLS)
    return Extension(
        tuple(dict.fromkeys(_text("extend.ids", each) for each in ids)),
        tuple(
            dict.fromkeys(
                _text("extend.properties", _object("extend.properties", each).get("id")) for each in properties
            )
        ),
    )


def read_callback(given: str) -> str:
    """
    The function that an old client wants its answer wrapped in.

    Raises:
        BadParameter: It is not the name of a function.

    Example:
        >>> read_callback("jQuery.cb_1")
        'jQuery.cb_1'
    """
    if not CALLBACK.fullmatch(given):
        _refuse("callback", given, "[A-Za-z_$.]")
    return given


def parsed(name: str, body: str) -> Any:
    """
    JSON as it is written in a field.

    Raises:
        BadParameter: It is none, or holds what JSON does not have.
    """
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        _refuse(name, body, "JSON")


def _query(place: str, given: object) -> Asked:
    fields = _object(place, given)
    text = fields.get("query", "")
    conditions = tuple(_condition(f"{place}.properties", each) for each in _list(place, fields, "properties"))
    given_strictness = fields.get("type_strict") or "any"
    strictness = next((each for each in _STRICT if each == given_strictness), None)
    if strictness is None:
        _refuse(f"{place}.type_strict", given_strictness, ", ".join(_STRICT))
    asked = Asked(
        text=_text(f"{place}.query", text if text is not None else "", empty=True).strip(),
        types=tuple(_type(f"{place}.type", each) for each in _list(place, fields, "type")),
        conditions=conditions,
        limit=_limit(f"{place}.limit", fields.get("limit")),
        strictness=strictness,
    )
    if not asked.text and not conditions:
        _refuse(f"{place}.query", "", f"1–{MAX_LETTERS}")
    return asked


def _list(place: str, fields: Mapping[str, Any], name: str) -> Sequence[Any]:
    given = fields.get(name)
    found = given if isinstance(given, list) else [] if given is None or given == "" else [given]
    if len(found) > MAX_VALUES:
        _refuse(f"{place}.{name}", len(found), f"0–{MAX_VALUES}")
    return found


def _type(place: str, given: object) -> str:
    return _text(place, given.get("id") if isinstance(given, Mapping) else given)


def _condition(place: str, given: object) -> Condition:
    fields = _object(place, given)
    name = _text(f"{place}.pid", fields.get("pid"))
    return Condition(name, tuple(_value(f"{place}.v", each) for each in _list(place, fields, "v")))


def _value(place: str, given: object) -> str:
    if isinstance(given, Mapping):  # an entity that the client has reconciled already
        return _text(place, given.get("id") or given.get("name"))
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, int | float):
        return f"{given:.15g}"[:MAX_LETTERS] if isinstance(given, float) else _text(place, _digits(given))
    return _text(place, given, empty=True).strip()


def _digits(given: int) -> str:
    return str(given) if abs(given) < 10**30 else ""  # longer than any number of a register


def _limit(place: str, given: object) -> int:
    if given is None:
        return DEFAULT_LIMIT
    if isinstance(given, bool) or not isinstance(given, int | float) or given != given or not 1 <= given < 10**9:
        _refuse(place, given, f"1–{MAX_LIMIT}")
    return min(int(given), MAX_LIMIT)


def _object(place: str, given: object) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        _refuse(place, given, "{…}")
    return given


def _text(place: str, given: object, longest: int = MAX_LETTERS, *, empty: bool = False) -> str:
    if not isinstance(given, str) or len(given) > longest or not (given or empty):
        _refuse(place, given, f"{0 if empty else 1}–{longest}")
    try:
        given.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates
        _refuse(place, "", "Unicode")
    return given


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse(name: str, value: object, expected: str) -> NoReturn:
    shown = str(value)[:60].encode("ascii", "backslashreplace").decode() if not isinstance(value, str) else value[:60]
    safe = shown.encode("utf-8", "replace").decode()
    raise BadParameter(name=name[:120].encode("utf-8", "replace").decode(), value=safe, expected=expected)
