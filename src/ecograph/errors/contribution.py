"""For the partner: what is wrong with their file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ecograph.errors.base import EcoGraphError
from ecograph.messages import Language, text


class ContributionError(EcoGraphError):
    """Something in a partner's file that the partner can put right."""

    exit_code = 1


class SyntaxFault(ContributionError):
    """
    Turtle or N-Triples that does not parse.

    Values: `file`, `line`, `column`, `detail` (the parser's words), `reason` (a key of `rdf.fault`), `value`.
    """

    code = "syntax"
    in_words: ClassVar[Mapping[str, str]] = {"said": "rdf.fault.{reason}"}


class UnreadableTable(ContributionError):
    """A table that cannot be read. Values: `file`, `reason` (a key of `contribution.unreadable`) and its values."""

    code = "unreadable-table"
    in_words: ClassVar[Mapping[str, str]] = {"detail": "contribution.unreadable.{reason}"}


class UnknownTemplate(ContributionError):
    """No class has that template. Values: `name`, `known`; `file` where neither its name nor its headings tell."""

    code = "unknown-template"
    exit_code = 2

    def message(self, lang: Language) -> str:
        """Which there are; of a file, how it can be made plain."""
        if "file" in self.values:
            return text("contribution.unclear-template", lang, file=self.values["file"])
        return super().message(lang)


class TooLarge(ContributionError):
    """A contribution over a limit. Values: `file`, `what` (a key of `limit`), `limit`, `found`."""

    code = "too-large"

    def message(self, lang: Language) -> str:
        """Which limit it is over, and what to do."""
        shown = {
            name: f"{value:_}".replace("_", "\u00a0") if isinstance(value, int) else value
            for name, value in self.values.items()
        }
        return text(f"error.{self.code}", lang, said=text(f"limit.{self.values['what']}", lang, **shown), **shown)


class RefusedFormat(ContributionError):
    """A format that is for output only. Values: `file`, `format`."""

    code = "refused-format"


class MissingRequirement(ContributionError):
    """A contribution builds on others that are nowhere. Values: `title`, `missing`."""

    code = "missing-requirement"


class Rejected(ContributionError):
    """Findings stop publication. Values: `title`, `count`; `findings`: the whole report, the stopping ones first."""

    code = "rejected"
    findings: Sequence[Any] = ()


class ContributionTimeout(ContributionError):
    """A file whose check was stopped at the deadline. Values: `seconds`."""

    code = "contribution-timeout"


class ContributionTooBig(ContributionError):
    """A file that needs more than a check may take, or is nested too deeply. Values: `limit`."""

    code = "contribution-too-big"


class ContributionBusy(ContributionError):
    """Every worker is taken. Values: `seconds` until another try is worth it."""

    code = "contribution-busy"
    exit_code = 3
