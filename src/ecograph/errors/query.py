"""For the analyst: what is wrong with their SPARQL, or too much of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ecograph.errors.base import EcoGraphError
from ecograph.messages import Language, text


class QueryError(EcoGraphError):
    """A SPARQL query that the analyst can put right."""

    exit_code = 2


class QuerySyntax(QueryError):
    """
    A query that does not parse. Values: `line`, `column`, `reason`, the key of a sentence, and `what` that speaks of.
    """

    code = "query-syntax"
    in_words: ClassVar[Mapping[str, str]] = {"detail": "query.fault.{reason}"}


class QueryRefused(QueryError):
    """A query that asks for what is never allowed, such as an update or `SERVICE`. Values: `feature`."""

    code = "query-refused"


class QueryTimeout(QueryError):
    """A query stopped at its deadline. Values: `seconds`; see `_with_cost` for more."""

    code = "query-timeout"

    def message(self, lang: Language) -> str:
        """At which deadline, and which pattern is likely to cost most."""
        return _with_cost(self, super().message(lang), lang)


class QueryTooBig(QueryError):
    """A query stopped at its memory or size limit. Values: `limit`; see `_with_cost` for more."""

    code = "query-too-big"

    def message(self, lang: Language) -> str:
        """At which limit, and which pattern is likely to cost most."""
        return _with_cost(self, super().message(lang), lang)


def _with_cost(error: QueryError, said: str, lang: Language) -> str:
    """What is said of a stopped query, with its costly pattern: `cost` (a key of `sparql.cost`), `line`, `pattern`."""
    if "cost" not in error.values:
        return said
    key = f"sparql.cost.{error.values['cost']}"
    values = {name: error.values[name] for name in ("line", "pattern")}
    return f"{said} {text(key, lang, **values)}"


class QueryTooComplex(QueryError):
    """A query nested too deeply or too long for the engine. Values: `levels`, `size`: what it may have."""

    code = "query-too-complex"


class QueryBusy(QueryError):
    """Every worker is taken. Values: `seconds` until another try is worth it."""

    code = "query-busy"
    exit_code = 3
