"""Errors that a service at another address tells of, as the classes they have here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ecograph.errors.base import EcoGraphError, known
from ecograph.errors.contribution import Rejected
from ecograph.errors.service import RemoteProblem
from ecograph.messages import Language


def told(code: str, endpoint: str, detail: str, members: Mapping[str, Any]) -> EcoGraphError:
    """
    An error that a service at another address tells of: of the class that has its code here, in the service's words.

    Args:
        code: As the service names it.
        endpoint: Where the service is.
        detail: Its words.
        members: The problem as it came; they are the error's `values`.

    Example:
        >>> from ecograph.errors import QuerySyntax
        >>> error = told("query-syntax", "https://example.org/", "Line 1: expected }", {"line": 1, "column": 9})
        >>> isinstance(error, QuerySyntax), error.values["line"], str(error)
        (True, 1, 'Line 1: expected }')
    """
    error = _told_kind(code)(**{**members, "endpoint": endpoint, "detail": detail})
    findings = [each for each in members.get("errors", ()) if isinstance(each, dict) and "severity" in each]
    if isinstance(error, RemoteProblem | Rejected):
        error.findings = findings
    return error


class _Told(EcoGraphError):
    """Says what somebody else has said, in their words and language."""

    def __init__(self, **values: object) -> None:
        EcoGraphError.__init__(self, **values)

    def message(self, lang: Language) -> str:
        """Their words."""
        return str(self.values["detail"])


@cache
def _told_kind(code: str) -> type[EcoGraphError]:
    kind = next((each for each in known() if each.code == code), RemoteProblem)
    if kind is RemoteProblem:
        return kind
    return type(kind.__name__, (_Told, kind), {"__doc__": kind.__doc__, "__module__": kind.__module__})
