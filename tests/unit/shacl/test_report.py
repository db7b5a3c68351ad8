"""Facts about reports of very many findings."""

from __future__ import annotations

from ecograph.messages import LANGUAGES
from ecograph.shacl.report import MANY, MOST_FINDINGS, Finding, Report, Severity


def finding(row: int, code: str = "min-count", severity: Severity = Severity.VIOLATION) -> Finding:
    return Finding(severity=severity, code=code, messages=dict.fromkeys(LANGUAGES, f"{code} {row}"), row=row)


class TestBounded:
    def test_the_first_are_listed_and_the_others_counted(self) -> None:
        """
        Of very many findings the first are listed in the order of the file; of each further kind one says how many
        more there are, and where they begin.
        """
        report = Report.of(finding(row) for row in range(10, 0, -1)).bounded(4)
        assert [item.row for item in report.findings] == [1, 2, 3, 4, 5]
        last = report.findings[-1]
        assert last.code == MANY
        assert {lang: "5" in last.messages[lang] and "min-count 5" in last.messages[lang] for lang in LANGUAGES} == (
            dict.fromkeys(LANGUAGES, True)
        )

    def test_every_kind_is_told(self) -> None:
        """
        What stops publication is listed first, and no kind of finding disappears without a word.
        """
        warnings = (finding(row, "or", Severity.WARNING) for row in range(1, 4))
        report = Report.of([*(finding(row) for row in range(1, 7)), *warnings]).bounded(4)
        assert [(item.severity, item.code) for item in report.findings[4:]] == [
            (Severity.VIOLATION, MANY),
            (Severity.WARNING, MANY),
        ]
        assert (report.count(Severity.VIOLATION), report.count(Severity.WARNING)) == (6, 3)
        assert "6" in report.verdict("en")
        assert not report.conforms

    def test_one_more_is_simply_listed(self) -> None:
        """
        A single finding over the bound is listed as it is.
        """
        report = Report.of([*(finding(row) for row in range(1, 5)), finding(5, "or")]).bounded(4)
        assert report.findings[-1].code == "or"

    def test_few_findings_stay_as_they_are(self) -> None:
        """
        A report that can be read whole is not touched.
        """
        report = Report.of(finding(row) for row in range(MOST_FINDINGS))
        assert report.bounded() is report

    def test_kinds_are_few(self) -> None:
        """
        Findings that no shape speaks of are one kind for each code, however many properties they are about.
        """
        report = Report.of(finding(row, "foreign-term") for row in range(100)).bounded(1)
        assert len(report.findings) == 2
