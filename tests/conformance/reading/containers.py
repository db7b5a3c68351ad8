"""
Workbooks written by hand, stored uncompressed and with one date, so that their bytes are the same everywhere.

Only what a sample needs is written; a spreadsheet program opens them all the same.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

EPOCH = (1980, 1, 1, 0, 0, 0)
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
SCHEMAS = "http://schemas.openxmlformats.org"
OFFICE = f"{SCHEMAS}/officeDocument/2006/relationships"
PACKAGE = f"{SCHEMAS}/package/2006/relationships"
MAIN = f"{SCHEMAS}/spreadsheetml/2006/main"
TYPE = "application/vnd.openxmlformats"
SHEET_TYPE = f"{TYPE}-officedocument.spreadsheetml.worksheet+xml"
BOOK_TYPE = f"{TYPE}-officedocument.spreadsheetml.sheet.main+xml"
OPEN = "urn:oasis:names:tc:opendocument:xmlns:"


class Raw(str):
    """XML of a cell, written as it stands but for its place."""


def day(serial: float) -> Raw:
    """A cell with a date: a number in the format of a day."""
    return Raw(f'<c s="1"><v>{serial!r}</v></c>')


def sheet_xml(
    rows: Iterable[Iterable[object]],
    hidden: Iterable[int] = (),
    merged: Iterable[str] = (),
    columns: str = "",
    head: str = "",
) -> str:
    """A sheet: its rows, which of them are hidden, and which cells are merged."""
    unseen = set(hidden)
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(_cell(f"{_letters(at)}{number}", value) for at, value in enumerate(row) if value is not None)
        mark = ' hidden="1"' if number in unseen else ""
        lines.append(f'<row r="{number}"{mark}>{cells}</row>')
    areas = "".join(f'<mergeCell ref="{area}"/>' for area in merged)
    merges = f"<mergeCells>{areas}</mergeCells>" if areas else ""
    data = f"<sheetData>{''.join(lines)}</sheetData>"
    return f'{DECLARATION}{head}<worksheet xmlns="{MAIN}">{columns}{data}{merges}</worksheet>'


def xlsx(sheets: Mapping[str, str], hidden: Iterable[str] = (), date1904: bool = False) -> bytes:
    """A workbook of sheets by name."""
    unseen = set(hidden)
    listed = relations = overrides = ""
    for number, name in enumerate(sheets, start=1):
        state = ' state="hidden"' if name in unseen else ""
        target = f"worksheets/sheet{number}.xml"
        listed += f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"{state}/>'
        relations += f'<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="{target}"/>'
        overrides += f'<Override PartName="/xl/{target}" ContentType="{SHEET_TYPE}"/>'
    relations += f'<Relationship Id="rId99" Type="{OFFICE}/styles" Target="styles.xml"/>'
    properties = '<workbookPr date1904="1"/>' if date1904 else "<workbookPr/>"
    formats = '<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>'
    return archive(
        {
            "[Content_Types].xml": f'<Types xmlns="{SCHEMAS}/package/2006/content-types">'
            f'<Default Extension="rels" ContentType="{TYPE}-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{BOOK_TYPE}"/>{overrides}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">'
            f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}'
            f"<sheets>{listed}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>',
            "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="2">{formats}</cellXfs></styleSheet>',
            **{f"xl/worksheets/sheet{number}.xml": sheet for number, sheet in enumerate(sheets.values(), start=1)},
        }
    )


def ods(rows: Iterable[Iterable[str]], name: str, repeated: int = 1) -> bytes:
    """An OpenDocument workbook of one sheet; its last row may say that it is there many times."""
    lines = [
        "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in row
        )
        for row in rows
    ]
    table = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines[:-1])
    table += f'<table:table-row table:number-rows-repeated="{repeated}">{lines[-1]}</table:table-row>'
    spaces = "".join(f' xmlns:{prefix}="{OPEN}{prefix}:1.0"' for prefix in ("office", "table", "text"))
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f'{DECLARATION}<office:document-content{spaces} office:version="1.2">'
            f"<office:body><office:spreadsheet><table:table table:name={quoteattr(name)}>{table}</table:table>"
            "</office:spreadsheet></office:body></office:document-content>",
            "META-INF/manifest.xml": f'{DECLARATION}<manifest:manifest xmlns:manifest="{OPEN}manifest:1.0"/>',
        }
    )


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP that is the same for the same parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name, content in parts.items():
            packed.writestr(zipfile.ZipInfo(name, EPOCH), content)
    return out.getvalue()


def _cell(place: str, value: object) -> str:
    if isinstance(value, Raw):
        return value.replace("<c", f'<c r="{place}"', 1)
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def _letters(at: int) -> str:
    return chr(65 + at)
