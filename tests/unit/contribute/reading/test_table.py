"""Facts about how tables are read."""

from __future__ import annotations

import contextlib
import datetime
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecograph.contribute.reading.table import MAX_FILE_BYTES, read
from ecograph.contribute.rules import Rules
from ecograph.errors import TooLarge, UnreadableTable
from ecograph.messages import Language, catalogue

KNOWN = {"id", "titel", "land", "name"}.__contains__
TEXT = "id;titel;land\r\nn1;Vænge; dk \r\n\r\nn2;Ærø;se\r\n"


class TestCsv:
    @pytest.mark.parametrize(
        ("encoding", "said"),
        [
            ("utf-8", "UTF-8"),
            ("utf-8-sig", "UTF-8"),
            ("utf-16", "UTF-16"),
            ("cp1252", "Windows-1252"),
        ],
    )
    def test_encodings_of_excel(self, encoding: str, said: str) -> None:
        """
        A table is read the same in every encoding that Excel saves, and which one it was is said.
        """
        table = read(TEXT.encode(encoding), "need.csv", KNOWN)
        assert table.rows[0].cells == ("n1", "Vænge", "dk")
        assert table.reading.encoding == said
        assert said in table.how_read("da")

    def test_rows_keep_their_number(self) -> None:
        """
        A row has the number it has in the person's sheet, empty rows and rows of several lines counted.
        """
        table = read(b'id;titel\nn1;"two\nlines"\n\nn2;x\n', "need.csv", KNOWN)
        assert [row.number for row in table.rows] == [2, 4]

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_delimiter_is_the_one_with_known_headings(self, delimiter: str) -> None:
        """
        The delimiter is the one under which headings are known, whatever else the cells contain.
        """
        content = f"id{delimiter}titel\nn1{delimiter}a-b:c\n"
        assert read(content.encode(), "need.csv", KNOWN).reading.delimiter == delimiter

    def test_other_delimiters_in_headings_do_not_mislead(self) -> None:
        """
        A heading full of commas does not make the comma the delimiter.
        """
        content = "id;titel;a, b, c, d, e\nn1;x;y\n"
        assert read(content.encode(), "need.csv", KNOWN).columns == ("id", "titel", "a, b, c, d, e")

    def test_sep_line_is_obeyed_and_not_counted(self) -> None:
        """
        Excel's `sep=` line names the delimiter and is no row.
        """
        table = read(b"sep=|\r\nid|titel\r\nn1|x\r\n", "need.csv")
        assert (table.columns, table.rows[0].number) == (("id", "titel"), 2)

    @pytest.mark.parametrize("data", [b"", b"\n\n", b"\xff\xfe\x00", b"PK\x03\x04 no workbook", b"a\x00b"])
    def test_what_is_no_table_is_said_so(self, data: bytes) -> None:
        """
        Bytes that are no table are refused with a sentence, not a crash.
        """
        with pytest.raises(UnreadableTable):
            read(data, "need.csv")

    def test_too_large(self) -> None:
        """
        A file over the limit is refused before it is read.
        """
        with pytest.raises(TooLarge):
            read(b"x" * (MAX_FILE_BYTES + 1), "need.csv")

    @pytest.mark.parametrize(
        ("content", "comma"),
        [
            ("id;budget\n1;1,5\n", True),
            ("id;budget\n1;12.5681\n", None),
            ("id,budget\n1,1.5\n", False),
            ('id,budget\n1,"1,5"\n', None),
            ("id\tbudget\n1\t1.5\n", False),
            ("id\tbudget\n1\t1,5\n", True),
            ("id\tbudget\n1\t1.500\n", None),
            ("id\tbudget\n1\t1,5\n2\t1.5\n", None),
            ('id,title_da,budget\n1,"1,5",1\n', False),
        ],
    )
    def test_columns_of_numbers_tell_the_decimal_mark(self, rules: Rules, content: str, comma: bool | None) -> None:
        """
        Semicolons mean decimal commas and commas points, unless a number speaks against it: then nobody knows.
        """
        assert read(content.encode(), "need.csv", rules.headings.known).reading.decimal_comma is comma

    @pytest.mark.parametrize(
        ("lang", "said"),
        [
            ("da", "behov.csv: semikolon, Windows-1252, decimalkomma, danske overskrifter, 1.400 rækker."),
            ("sv", "behov.csv: semikolon, Windows-1252, decimalkomma, danska rubriker, 1\u00a0400 rader."),
            ("en", "behov.csv: semicolon, Windows-1252, decimal comma, Danish headings, 1,400 rows."),
        ],
    )
    def test_how_a_file_was_read_is_said(self, rules: Rules, lang: Language, said: str) -> None:
        """
        One sentence says delimiter, encoding, decimal mark, language of the headings and number of rows.
        """
        data = ("Titel (da);Frist\n" + "Støj;\n" * 1400).encode("cp1252")
        assert read(data, "behov.csv", rules.headings.known).how_read(lang) == said

    def test_every_remark_has_its_words(self) -> None:
        """
        What can be remarked on can be said in three languages, and no words are left over.
        """
        folder = Path(__file__).parents[4] / "src" / "ecograph" / "contribute"
        source = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
        for kind, call in (("remark", "Remark"), ("unreadable", "Undecodable")):
            made = set(re.findall(rf'{call}\("([a-z-]+)"', source))
            prefix = f"contribution.{kind}."
            assert made == {key.removeprefix(prefix) for key in catalogue() if key.startswith(prefix)}

    def test_twenty_thousand_rows_are_read(self) -> None:
        """
        The largest CSV that is taken is read whole.
        """
        row = ";".join(f"værdi {n}" for n in range(15))
        data = ("id;titel;land\n" + f"{row}\n" * 20_000).encode("cp1252")
        assert len(read(data, "need.csv", KNOWN).rows) == 20_000

    @given(st.binary(max_size=300))
    def test_any_bytes_are_a_table_or_refused(self, data: bytes) -> None:
        """
        No bytes make reading fail in a way that has no sentence.
        """
        for content in (data, b"PK\x03\x04" + data, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + data):
            with contextlib.suppress(UnreadableTable):
                read(content, "need.csv", KNOWN)


class TestWorkbook:
    def _workbook(self, *rows: list[object], hidden: bool = False) -> bytes:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        if hidden:
            sheet.sheet_state = "hidden"
            sheet.append(["not", "this"])
            sheet = book.create_sheet("Behov")
        for row in rows:
            sheet.append(row)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def test_cells_are_read_as_typed(self) -> None:
        """
        Numbers, dates and truth values of a workbook come as a person would have typed them.
        """
        data = self._workbook(
            ["id", "titel"], ["n1", 7.0], ["n2", 0.25], ["n3", datetime.date(2026, 3, 1)], ["n4", True]
        )
        table = read(data, "need.xlsx")
        assert [row.cells[1] for row in table.rows] == ["7", "0.25", "2026-03-01", "true"]

    def test_rows_above_the_header_count(self) -> None:
        """
        A header further down keeps its row, and so do the rows below it.
        """
        table = read(self._workbook([None], ["id", "titel"], [None, None], ["n1", "x"]), "need.xlsx")
        assert (table.header_row, table.rows[0].number) == (2, 4)

    def test_hidden_sheets_are_passed_over(self) -> None:
        """
        The first visible sheet is read, and which one it was is said.
        """
        table = read(self._workbook(["id"], ["n1"], hidden=True), "need.xlsx")
        assert table.reading.sheet == "Behov"
        assert "Behov" in table.how_read("sv")

    def test_numbers_of_a_workbook_are_not_ambiguous(self) -> None:
        """
        A number in a workbook is that number; a text that looks like it may be another.
        """
        table = read(self._workbook(["id", "titel"], ["a", 1.125], ["b", "1.125"]), "need.xlsx")
        assert [table.decimal_comma(row.number, 1) for row in table.rows] == [False, None]

    def test_parts_that_differ_only_in_case_are_refused(self) -> None:
        """
        An archive in which two readers could take different parts for the same sheet is not read.
        """
        data = io.BytesIO(self._workbook(["id"], ["a"]))
        with zipfile.ZipFile(data, "a") as archive:
            archive.writestr("xl/worksheets/SHEET1.xml", "<worksheet/>")
        with pytest.raises(UnreadableTable):
            read(data.getvalue(), "need.xlsx")

    def test_a_part_that_is_larger_than_it_says_is_refused(self) -> None:
        """
        What an archive says about the size of its parts is not believed.
        """
        data = bytearray(self._workbook(["id"], *([f"row {n}"] for n in range(2000))))
        at = data.rfind(b"PK\x01\x02", 0, data.rfind(b"xl/worksheets/sheet1.xml"))
        data[at + 24 : at + 28] = (100).to_bytes(4, "little")
        with pytest.raises(UnreadableTable):
            read(bytes(data), "need.xlsx")
