"""Facts about how tables are read."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest

from ecograph.contribute.table import MAX_FILE_BYTES, read
from ecograph.errors import TooLarge, UnreadableTable

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
