"""Files that this process has checked, and what REST would say of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ecograph.cli.showing import Json
from ecograph.contribute import marking
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.rules import Rules
from ecograph.contribute.staged import Staged
from ecograph.messages import Language
from ecograph.shacl.rdf_report import as_turtle
from ecograph.shacl.report import Finding
from ecograph.web.rest import contribution_models


class CheckedHere:
    """Files that this process has checked."""

    def __init__(
        self, staged: Staged, files: Sequence[SourceFile], rules: Rules, lang: Language, *, alone: bool = False
    ) -> None:
        self.said: Json = check_json(staged)
        self.alone = alone
        self._staged = staged
        self._files = files
        self._rules = rules
        self._lang = lang

    def marked(self) -> bytes:
        """The files as a workbook with marked cells."""
        return marking.marked(self._files, self._staged.report.findings, self._lang, self._rules)

    def errors(self) -> SourceFile | None:
        """Only the rows that must be corrected; None if there are none."""
        return marking.error_file(self._staged, self._lang)

    def turtle(self) -> bytes:
        """The report as RDF."""
        return as_turtle(self._staged.report)


def check_json(staged: Staged) -> Json:
    """What a check says, with every finding."""
    return {**contribution_models.check(staged), "findings": findings_json(staged.report.findings)}


def findings_json(found: Iterable[Finding]) -> list[Json]:
    """Findings as REST writes them."""
    return [finding.as_json() for finding in found]
