"""Workbooks saved where no file may be written."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from ecograph.contribute.saving import workbook_bytes


def workbook() -> Workbook:
    """A synthetic workbook with what our templates use."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["title_da", "Kældre", 1.5])
    sheet["A1"].comment = Comment("Mangler", "EcoGraph")
    sheet.add_data_validation(DataValidation("list", '"a,b"', sqref="A2:A9"))
    made.create_sheet("skjult").sheet_state = "hidden"
    return made


class TestSaving:
    def test_same_parts_as_openpyxl_saves(self) -> None:
        """
        A workbook has the same cells, comments, lists and hidden sheets as one that openpyxl saved.
        """
        theirs = io.BytesIO()
        workbook().save(theirs)
        parts = [zipfile.ZipFile(data) for data in (theirs, io.BytesIO(workbook_bytes(workbook())))]
        expected, found = ({name: part.read(name) for name in part.namelist()} for part in parts)
        dated = "docProps/core.xml"
        assert found.keys() == expected.keys()
        assert {name: data for name, data in found.items() if name != dated} == {
            name: data for name, data in expected.items() if name != dated
        }

    def test_no_file_is_written(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Saving needs no directory for temporary files.
        """
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
        assert workbook_bytes(workbook())
