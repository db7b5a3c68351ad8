"""Facts about the files that come back: marked cells, summary, error file. All rows are synthetic."""

from __future__ import annotations

import csv
import io

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from ecograph.contribute.marking import error_file, marked
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.rules import Rules
from ecograph.contribute.staged import Staged
from ecograph.contribute.staging import stage
from ecograph.messages import LANGUAGES, Language, text
from ecograph.shacl.report import MOST_FINDINGS

ROWS = [
    ["id", "Titel (da)", "Land", "Frist"],
    ["n1", "Varsling ved skybrud", "Danmark", "2026-12-31"],
    ["n2", "Grøn mobilitet på øen", "Danmrk", "31.31.2026"],
    ["n3", "=HYPERLINK(1)", "Danmark", "snart"],
]


def as_csv(encoding: str = "cp1252") -> SourceFile:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(ROWS)
    return SourceFile("need.csv", out.getvalue().encode(encoding))


def as_xlsx() -> SourceFile:
    book = Workbook()
    page = book.worksheets[0]
    page.title = "Vores behov"
    for row in ROWS:
        page.append(["'" + cell if cell.startswith("=") else cell for cell in row])
    page["B2"].font = Font(bold=True)
    page.column_dimensions["B"].width = 50
    book.create_sheet("Noter")["A1"] = "til os selv"
    out = io.BytesIO()
    book.save(out)
    return SourceFile("need.xlsx", out.getvalue())


def checked(file: SourceFile, rules: Rules) -> Staged:
    return stage([file], "synthetic", rules, None, rows_only=True)


class TestMarked:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_cells_carry_their_messages(self, rules: Rules, lang: Language) -> None:
        """
        A CSV comes back as a workbook with the same rows, its faulty cells filled and the messages as comments.
        """
        file = as_csv()
        staged = checked(file, rules)
        book = load_workbook(io.BytesIO(marked([file], staged.report.findings, lang, rules)))
        page = book["need"]
        assert [[cell.value for cell in row] for row in page.iter_rows(max_row=3)] == ROWS[:3]
        commented = {cell.coordinate: cell.comment.text for row in page for cell in row if cell.comment}
        assert {"C3", "D3", "D4"} <= set(commented)
        assert commented["C3"].startswith(text("contribution.severity.violation", lang))
        assert page["C3"].fill.fgColor.rgb == "FFF8C9C4"
        assert page["B4"].data_type == "s"

    def test_the_summary_is_in_front(self, rules: Rules) -> None:
        """
        The first sheet has the verdict and every finding, with a link to its cell.
        """
        file = as_csv()
        staged = checked(file, rules)
        book = load_workbook(io.BytesIO(marked([file], staged.report.findings, "da", rules)))
        page = book.worksheets[0]
        assert page.title == text("template.sheet.findings", "da")
        assert page["A2"].value == staged.report.verdict("da")
        listed = [row for row in page.iter_rows(min_row=5, values_only=True) if row[0]]
        assert len(listed) == len(staged.report.findings)
        links = {cell.value: cell.hyperlink.location for row in page for cell in row if cell.hyperlink}
        assert links["need!C3"] == "'need'!C3"

    def test_a_workbook_stays_the_persons_own(self, rules: Rules) -> None:
        """
        A workbook comes back as it was, with its other sheets, widths and fonts, and the marks.
        """
        file = as_xlsx()
        staged = checked(file, rules)
        book = load_workbook(io.BytesIO(marked([file], staged.report.findings, "sv", rules)))
        assert book.sheetnames == [text("template.sheet.findings", "sv"), "Vores behov", "Noter"]
        page = book["Vores behov"]
        assert page["B2"].font.bold
        assert page.column_dimensions["B"].width == 50
        assert page["C3"].comment
        assert not page["C2"].comment

    def test_a_file_that_cannot_be_read_stands_in_the_summary(self, rules: Rules) -> None:
        """
        Findings about a file as a whole are in the summary, whatever the file is.
        """
        file = SourceFile("need.xlsx", b"PK\x03\x04 not a workbook")
        staged = checked(file, rules)
        book = load_workbook(io.BytesIO(marked([file], staged.report.findings, "en", rules)))
        assert "need.xlsx" in {cell.value for row in book.worksheets[0] for cell in row}


class TestErrorFile:
    def test_only_bad_rows_come_back_in_the_same_form(self, rules: Rules) -> None:
        """
        The rows to correct come back with separator, encoding and headings as they were sent, and what is wrong.
        """
        found = error_file(checked(as_csv(), rules), "da")
        assert found is not None
        assert found.name == "need.errors.csv"
        rows = list(csv.reader(io.StringIO(found.data.decode("cp1252")), delimiter=";"))
        assert rows[0] == [*ROWS[0], text("template.errors.heading", "da")]
        assert [row[0] for row in rows[1:]] == ["n2", "n3"]
        assert rows[1][1] == "Grøn mobilitet på øen"
        assert rows[2][1] == "'=HYPERLINK(1)"
        assert all(row[-1] for row in rows[1:])

    def test_a_corrected_error_file_is_accepted(self, rules: Rules) -> None:
        """
        The column of messages is passed over when the corrected rows are sent again.
        """
        found = error_file(checked(as_csv(), rules), "da")
        assert found is not None
        content = found.data.decode("cp1252").replace("Danmrk", "Danmark").replace("31.31.2026", "31.12.2026")
        staged = checked(SourceFile(found.name, content.replace(";snart;", ";;").encode("cp1252")), rules)
        assert [item.code for item in staged.report.violations] == []
        assert len(staged.tables[0].rows) == 2

    def test_a_workbook_comes_back_as_a_workbook(self, rules: Rules) -> None:
        """
        Bad rows of a sheet come back on a sheet of that name.
        """
        found = error_file(checked(as_xlsx(), rules), "en")
        assert found is not None
        page = load_workbook(io.BytesIO(found.data))["Vores behov"]
        assert [row[0] for row in page.iter_rows(values_only=True)] == ["id", "n2", "n3"]

    def test_rows_whose_findings_are_not_listed_come_back_too(self, rules: Rules) -> None:
        """
        Where a report lists only the first of very many findings, the error file has every row with a violation.
        """
        rows = "".join(f"n{at},x,Danmrk,\n" for at in range(MOST_FINDINGS + 3))
        staged = checked(SourceFile("need.csv", f"id,title_da,country,deadline\n{rows}".encode()), rules)
        returned = error_file(staged, "en")
        assert returned is not None
        lines = list(csv.reader(io.StringIO(returned.data.decode("utf-8-sig"))))
        assert len(lines) == MOST_FINDINGS + 4
        assert lines[-1][-1] == text("template.errors.unlisted", "en")

    def test_good_rows_leave_no_error_file(self, rules: Rules) -> None:
        """
        Where every row is good there is nothing to send back.
        """
        assert (
            error_file(checked(SourceFile("need.csv", b"id,title_da,country\nn1,Synthetic,dk\n"), rules), "da") is None
        )
