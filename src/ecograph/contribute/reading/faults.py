"""Why a cell has no value, or what had to be done to read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ecograph.messages import Language
from ecograph.shacl.report import Severity

_SUGGESTED: Final = 500
"""Different values of a contribution that suggestions are sought for, at two or three milliseconds each: a column that
is wrong throughout shows it by its first, and nobody reads five hundred."""


@dataclass(frozen=True)
class Fault:
    """
    Why a cell has no value, or what is to be said about the value it has.

    Args:
        code: The message `contribution.finding.{code}`.
        suggestions: What could be written instead.
        values: Placeholders of the message; a mapping has one text per language.
        severity: A violation where the cell has no value.
        suggestions_by_language: The suggestions where they differ between readers.
    """

    code: str
    suggestions: tuple[str, ...] = ()
    values: Mapping[str, str | Mapping[Language, str]] = field(default_factory=dict)
    severity: Severity = Severity.VIOLATION
    suggestions_by_language: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)


@dataclass
class Allowance:
    """How many more values suggestions are sought for."""

    left: int = _SUGGESTED

    def take(self) -> bool:
        """Whether there is one more."""
        self.left -= 1
        return self.left >= 0
