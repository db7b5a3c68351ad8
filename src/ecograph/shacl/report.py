"""What was found in a contribution: findings a person can act on, and the report that holds them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from babel.numbers import format_decimal
from pyoxigraph import BlankNode, Literal, NamedNode

from ecograph.messages import LANGUAGES, Language, text

Term = NamedNode | BlankNode | Literal

MOST_FINDINGS: Final = 5_000
"""Findings that a report lists: more than anybody corrects before checking again, and 20,000 rows can have 80,000."""

MANY: Final = "many-findings"
"""The code of the finding that stands for all further ones of its kind."""


class Severity(StrEnum):
    """How much a finding matters: a violation stops publication, a warning informs the reviewer, info is a hint."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


_RANK = {Severity.VIOLATION: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """
    One thing a person should look at.

    Args:
        severity: Whether it stops publication.
        code: What kind of fault it is, in kebab-case; stays when the wording changes.
        messages: What is wrong and what to do, in each language.
        shape: The shape that says so, if a shape does.
        focus: The thing it is about.
        path: The property it is about.
        term: The RDF value it is about.
        value: The same as the person wrote it.
        file: Name of the file.
        sheet: The sheet of a workbook.
        row: Row of their sheet, 1 is the first.
        column: Heading of the column as they wrote it.
        suggestions: What could be written instead, the likeliest first; as an English reader would write it.
        suggestions_by_language: The same as the readers of each language would write it, where that differs.
    """

    severity: Severity
    code: str
    messages: Mapping[Language, str]
    shape: NamedNode | BlankNode | None = None
    focus: NamedNode | BlankNode | Literal | None = None
    path: NamedNode | None = None
    term: Term | None = None
    value: str | None = None
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    suggestions: tuple[str, ...] = ()
    suggestions_by_language: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, str, int, str]:
        """Where it is, for sorting: file, sheet, row, column."""
        return (self.file or "", self.sheet or "", self.row or 0, self.column or "")

    def message(self, lang: Language) -> str:
        """The message in the reader's language, with the suggestions."""
        said, suggested = self.messages[lang], self.suggested(lang)
        if not suggested:
            return said
        return f"{said} {text('contribution.did-you-mean', lang, suggestions=', '.join(suggested))}"

    def suggested(self, lang: Language) -> tuple[str, ...]:
        """What a reader of that language could write instead, the likeliest first."""
        return self.suggestions_by_language.get(lang, self.suggestions)

    def as_json(self) -> dict[str, Any]:
        """The finding as REST shows it (RFC 9457 `errors` member)."""
        return {
            "severity": self.severity.value,
            "code": self.code,
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "message": dict(self.messages),
            "suggestion": {lang: list(self.suggested(lang)) for lang in LANGUAGES},
            "shape": self.shape.value if isinstance(self.shape, NamedNode) else None,
            "focus": self.focus.value if isinstance(self.focus, NamedNode) else None,
            "path": self.path.value if self.path else None,
        }


@dataclass(frozen=True)
class Report:
    """
    All findings of one check, the stopping ones first, then in the order of the file.

    Args:
        findings: The findings; of very many those that are listed.
        totals: How many there are of each severity and code; empty where all are listed.
    """

    findings: tuple[Finding, ...] = field(default=())
    totals: tuple[tuple[Severity, str, int], ...] = ()

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Report:
        """The report of these findings, each once."""
        unique: dict[tuple[Any, ...], Finding] = {}
        for finding in findings:
            key = (
                finding.severity,
                finding.code,
                finding.place,
                finding.shape,
                finding.focus,
                finding.path,
                finding.term,
                finding.value,
            )
            unique.setdefault(key, finding)
        ordered = sorted(unique, key=lambda key: (_RANK[key[0]], key[2], key[1]))
        return cls(tuple(unique[key] for key in ordered))

    def including(self, more: Iterable[Finding]) -> Report:
        """The same report with a few findings more."""
        more = tuple(more)
        counted = Counter((finding.severity, finding.code) for finding in more)
        totals = (*self.totals, *((*kind, count) for kind, count in counted.items())) if self.totals else ()
        return replace(Report.of((*self.findings, *more)), totals=totals)

    def bounded(self, most: int = MOST_FINDINGS) -> Report:
        """
        The same report with so many findings at most, and of each further kind one that says how many more there are.

        A kind is what one shape has to say, or one code where no shape speaks; there are a few hundred of them.

        Args:
            most: How many findings are listed.
        """
        if len(self.findings) <= most:
            return self
        first: dict[tuple[object, ...], Finding] = {}
        counted: Counter[tuple[object, ...]] = Counter()
        for finding in self.findings[most:]:
            kind = (finding.severity, finding.code, finding.shape)
            first.setdefault(kind, finding)
            counted[kind] += 1
        rest = (_and_more(finding, counted[kind] - 1) for kind, finding in first.items())
        totals = Counter((finding.severity, finding.code) for finding in self.findings)
        return Report((*self.findings[:most], *rest), tuple((*kind, count) for kind, count in totals.items()))

    def count(self, severity: Severity) -> int:
        """How many findings of a severity there are, listed or not."""
        if self.totals:
            return sum(count for each, _, count in self.totals if each is severity)
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def violations(self) -> tuple[Finding, ...]:
        """What stops publication, as far as it is listed."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.VIOLATION)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What the reviewer should see, as far as it is listed."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.WARNING)

    @property
    def conforms(self) -> bool:
        """Whether nothing stops publication."""
        return not self.violations

    def verdict(self, lang: Language) -> str:
        """The outcome in one sentence."""
        violations, warnings = self.count(Severity.VIOLATION), self.count(Severity.WARNING)
        if violations:
            return text("contribution.verdict.violations", lang, violations=violations, warnings=warnings)
        if warnings:
            return text("contribution.verdict.warnings", lang, warnings=warnings)
        return text("contribution.verdict.fine", lang)


def _and_more(finding: Finding, more: int) -> Finding:
    """A finding that also stands for others of its kind, if there are any."""
    if not more:
        return finding
    messages = {
        lang: text("shacl.many-findings", lang, said=finding.message(lang), count=format_decimal(more, locale=lang))
        for lang in LANGUAGES
    }
    return replace(finding, code=MANY, messages=messages, suggestions=(), suggestions_by_language={})
