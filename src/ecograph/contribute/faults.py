"""Why a cell has no value, or what had to be done to read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ecograph.messages import Language
from ecograph.shacl.report import Severity


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
