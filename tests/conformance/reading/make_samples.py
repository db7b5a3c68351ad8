"""
Makes the sample files of this folder: what people really send, each in a folder with what must come out of it.

Every file is written byte by byte here, so that it says how it was made. What is in them is made up (synthetic).
Run as a script, it writes the files. What must come out is `expected.json` beside each: `test_reading.py`, run as a
script, writes it from what is read today, to be looked through before it is kept. The test holds all three together.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from containers import Raw, archive, day, ods, sheet_xml, xlsx

FOLDER = Path(__file__).parent

DANISH = "id;Titel (da);Beskrivelse (da);Land;Emne;Budget\n"
DANISH_ROWS = (
    "skybrud;Varsling ved skybrud på Ærø;Kældre bliver oversvømmet.;dk;skybrud;1.700.000,50\n"
    "stoej;Støj ved Ålborgvej;Målinger på Østerbro. Idéer søges.;dk;;250000\n"
)
SWEDISH = "id;Titel (sv);Beskrivning (sv);Land;Budget\n"
SWEDISH_ROWS = (
    "skyfall;Varning för skyfall i Malmö;Källare översvämmas på Östra Förstaden.;se;1 700 000,50\n"
    "buller;Buller vid Ängavägen;Mätningar på kafé Åhörnan.;se;250000\n"
)
MACHINE = "id,title_en,country,budget,deadline\n"
MACHINE_ROWS = 'rain,"Cloudburst, early warning",dk,1700000.50,2026-12-31\nnoise,Noise,se,250000,2027-01-15\n'


@dataclass(frozen=True)
class Sample:
    """A file, and how people come to send it."""

    file: str
    data: bytes
    why: str


SAMPLES: dict[str, Sample] = {}


def sample(name: str, file: str, data: bytes | str, why: str) -> None:
    """Note a sample; a text is UTF-8."""
    assert name not in SAMPLES
    SAMPLES[name] = Sample(file, data.encode() if isinstance(data, str) else data, why)


def crlf(content: str) -> str:
    return content.replace("\n", "\r\n")


def as_windows_reads(data: bytes) -> str:
    """Bytes read as Windows-1252, which keeps the five bytes that the code page leaves open."""
    left_open = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
    return "".join(chr(byte) if byte in left_open else bytes((byte,)).decode("cp1252") for byte in data)


# Encodings.
sample("utf8-semicolon", "need.csv", DANISH + DANISH_ROWS, "a text editor")
sample("utf8-mark", "need.csv", b"\xef\xbb\xbf" + crlf(DANISH + DANISH_ROWS).encode(), "Excel: CSV UTF-8")
sample(
    "utf16-tab",
    "behov.txt",
    b"\xff\xfe" + crlf(DANISH + DANISH_ROWS).replace(";", "\t").encode("utf-16-le"),
    "Excel: Unicode text",
)
sample("utf16-big-endian", "need.csv", b"\xfe\xff" + (SWEDISH + SWEDISH_ROWS).encode("utf-16-be"), "an old export")
sample("utf16-le-without-mark", "need.csv", (DANISH + DANISH_ROWS).encode("utf-16-le"), "a database tool")
sample("utf16-be-without-mark", "need.csv", (SWEDISH + SWEDISH_ROWS).encode("utf-16-be"), "a database tool")
sample("windows-danish", "need.csv", crlf(DANISH + DANISH_ROWS).encode("cp1252"), "Excel for Windows: CSV, in Denmark")
sample(
    "windows-swedish", "need.csv", crlf(SWEDISH + SWEDISH_ROWS).encode("cp1252"), "Excel for Windows: CSV, in Sweden"
)
sample(
    "windows-typographic",
    "need.csv",
    crlf(DANISH + "a;”Grøn” by – 5 €;It’s “fine” … ½ m²;dk;;\n").encode("cp1252"),
    "Word's quotation marks",
)
sample(
    "windows-one-letter", "need.csv", crlf("id;Titel (da)\na;Køge\n").encode("cp1252"), "a single Nordic letter decides"
)
sample(
    "mac-danish",
    "need.csv",
    (DANISH + DANISH_ROWS).replace("\n", "\r").encode("mac_roman"),
    "Excel for Mac: CSV (Macintosh)",
)
sample("mac-swedish", "need.csv", (SWEDISH + SWEDISH_ROWS).encode("mac_roman"), "Excel for Mac")
sample(
    "mac-accent-only",
    "need.csv",
    "id;Titel (da)\na;En god idé\n".encode("mac_roman"),
    "one accent, which would be Ä in cp850",
)
sample(
    "dos-danish",
    "need.csv",
    crlf(DANISH + DANISH_ROWS).encode("cp850") + b"\x1a",
    "Excel: CSV (MS-DOS), with its end mark",
)
sample("dos-swedish", "need.csv", crlf(SWEDISH + SWEDISH_ROWS).encode("cp850"), "a case system of the nineties")
sample("iso-8859-1", "need.csv", (SWEDISH + SWEDISH_ROWS).encode("iso-8859-1"), "a Unix system")
sample("ascii", "need.csv", MACHINE + MACHINE_ROWS, "a script")
sample("decomposed", "need.csv", "id;Titel (da)\na;A\u030angstro\u0308m\n", "a Mac that writes å as a and a ring")
sample(
    "twice-encoded",
    "need.csv",
    as_windows_reads((DANISH + DANISH_ROWS).encode()),
    "UTF-8 opened as Windows-1252 and saved as UTF-8",
)
sample(
    "twice-encoded-in-part",
    "need.csv",
    "id;Titel (da)\na;SmÃ¸rrebrÃ¸d på torvet\nb;Øl\n",
    "garbled text pasted beside sound text",
)
sample(
    "two-encodings",
    "need.csv",
    "id;Titel (da)\na;Søen\n".encode() + "b;Åen\nc;Øen\n".encode("cp1252"),
    "two exports put together",
)
sample(
    "lost-letters",
    "need.csv",
    "id;Titel (da);Land\na;Sm\ufffdrrebr\ufffdd;dk\n",
    "letters replaced by a program that did not know them",
)

# Delimiters, lines and headers.
sample("comma", "need.csv", crlf(MACHINE + MACHINE_ROWS), "RFC 4180")
sample(
    "tab",
    "need.tsv",
    (MACHINE + MACHINE_ROWS).replace(",", "\t").replace('"Cloudburst\t', '"Cloudburst,'),
    "copied from a sheet",
)
sample("bar", "need.csv", "id|title_da|topic\na|Støj; larm, uro|skybrud\n", "a database tool")
sample(
    "sep-line", "need.csv", crlf("sep=;\n" + DANISH + DANISH_ROWS).encode("cp1252"), "Excel's own line, which is no row"
)
sample(
    "sep-line-quoted-with-mark",
    "need.csv",
    '\ufeff"sep=|"\nid|Titel (da)\na|Å\n',
    "the same, saved by a program that quotes everything",
)
sample(
    "sep-line-tab-mac-lines",
    "need.csv",
    "sep=\t\rid\ttitle_da\ra\tStøj\r",
    "the same with a tab and lines that end in CR",
)
sample(
    "commas-in-a-heading",
    "need.csv",
    "id;Titel (da);Noter, fx a, b, c, d, e, f\na;Støj;1,2,3\n",
    "a count of commas would mislead",
)
sample(
    "semicolons-in-cells",
    "need.csv",
    'id,title_da,topic\na,"a; b; c; d; e","skybrud; vand"\n',
    "a count of semicolons would mislead",
)
sample(
    "lines-and-quotes-in-cells",
    "need.csv",
    'id;Titel (da);Beskrivelse (da)\r\na;"Den ""grønne"" by";"Første linje\nanden; linje"\r\nb;X;Y\r\n',
    "Alt+Enter in a cell",
)
sample(
    "trailing-delimiters",
    "need.csv",
    "id;Titel (da);Land;;;\na;Støj;dk;;;\nb;Larm;se;;;\n;;;;;\n;;;;;\n",
    "formatted but empty columns and rows",
)
sample("quoted-headings", "need.csv", '"id";"Titel (da)";"Land"\n"a";"Støj";"dk"\n', "a program that quotes everything")
sample(
    "title-above",
    "need.csv",
    "Behov i Ålborg 2026;;\nUdtræk fra ESDH;;\n;;\nid;Titel (da);Land\na;Støj;dk\n",
    "a report with a title",
)
sample("header-again", "need.csv", "id;Titel (da)\na;Støj\n\nID;Titel (da)\nb;Larm\n", "two exports below each other")
sample("repeated-heading", "need.csv", "id;Titel (da);Titel (da)\na;Støj;Larm\n", "a column copied")
sample("unnamed-column", "need.csv", "id;Titel (da);;Land\na;Støj;husk;dk\n", "a note in the margin")
sample(
    "whole-lines-quoted",
    "need.csv",
    '"id,title_da,country"\n"a,Støj,dk"\n"b,""Larm, uro"",se"\n',
    "saved by Excel that saw one column",
)
sample(
    "headings-with-marks",
    "behov.csv",
    "ID *;TITEL (DANSK)*;  titel på svensk ;Title in English;beskrivelse [da] (skal udfyldes)\n"
    "a;Støj;Buller;Noise;Larm\n",
    "our template, retyped",
)
sample(
    "headings-swedish",
    "behov.csv",
    "id;Titel (sv);Ämne;Tidsfrist\na;Buller;skyfall;2026-05-01\n",
    "our Swedish template",
)
sample(
    "headings-english",
    "unknown name.csv",
    "id,Title (en),Description (en),Budget,Topic,Urgency\na,Noise,Loud,5,cloudburst,\n",
    "a name that tells nothing",
)
sample(
    "unclosed-quotation-mark",
    "need.csv",
    'id;Titel (da)\na;Støj\nb;"Larm\nc;Uro\n',
    "a quotation mark typed at the start of a cell",
)
sample(
    "text-called-xls", "need.xls", crlf("id\ttitle_da\na\tStøj\n").encode("cp1252"), "a system that calls its text .xls"
)
sample(
    "page-called-xls",
    "need.xls",
    "<html><table><tr><td>id</td></tr></table></html>",
    "a system that calls its web page .xls",
)
sample("empty", "need.csv", b"", "nothing")
sample("binary", "need.csv", bytes(range(256)) * 8, "a picture called .csv")

# Cells.
sample(
    "numbers",
    "need.csv",
    "id;title_da;budget\na;1;1 700 000,50\nb;2;1\u00a0700\u00a0000\n"
    "c;3;1\u202f700,5\nd;4;1'700'000\ne;5;1.700\nf;6;0,125\ng;7;−5\nh;8;12 34\ni;9;kr. 5\n",
    "as people write numbers",
)
sample(
    "numbers-between-tabs",
    "need.tsv",
    "id\ttitle_da\tbudget\na\t1\t1.700\nb\t2\t2500\n",
    "nothing tells what the point means",
)
sample(
    "points-between-semicolons",
    "need.csv",
    "id;title_da;budget\na;1;1700.55\nb;2;1.700\n",
    "a script that writes semicolons and points",
)
sample(
    "dates",
    "need.csv",
    "id;title_da;deadline\n"
    + "".join(
        f"n{n};x;{day}\n"
        for n, day in enumerate(
            (
                "2026-02-01",
                "1-2-2026",
                "01.02.2026",
                "1/2/2026",
                "1. feb. 2026",
                "1 februari 2026",
                "den 1. februar 2026",
                "February 1, 2026",
                "20260201",
                "2026-02-01 00:00:00",
                "2026-02-30",
                "12/31/2026",
            )
        )
    ),
    "as people write days",
)
sample(
    "dates-in-part",
    "need.csv",
    "id;title_da;stated_in\na;x;2026\nb;x;2026-3\nc;x;marts 2026\nd;x;1.3.2026\ne;x;feb-26\n",
    "days, months and years",
)
sample("two-digit-years", "need.csv", "id;title_da;deadline\na;x;31-12-26\nb;x;1. feb. 26\n", "who knows which century")
sample(
    "excel-dates",
    "company.csv",
    "id;name;cvr;country\na;Bæk;01-feb;dk\nb;03-maj;;dk\n",
    "codes that Excel took for days",
)
sample(
    "excel-days",
    "need.csv",
    "id;title_da;deadline\na;x;46022\nb;x;01-feb\n",
    "a day formatted as a number, and one without its year",
)
sample(
    "excel-numbers",
    "company.csv",
    "id;name;cvr;organisation_number\na;Bæk;5,79E+12;\nb;Å;;5.56E+09\n",
    "long numbers that Excel shortened",
)
sample(
    "excel-errors",
    "need.csv",
    "id;title_da;budget;country\na;#REFERENCE!;1;dk\nb;x;#DIVISION/0!;dk\nc;x;#N/A;#SAKNAS!\nd;x;########;dk\n",
    "formulas that failed, in three languages",
)
sample(
    "padded-codes",
    "municipality.csv",
    "id;name;code;country\na;Høje-Taastrup;169;dk\nb;Upplands Väsby;114;se\nc;X;9;dk\n",
    "codes whose leading zero Excel took",
)
sample(
    "written-codes",
    "company.csv",
    "id;name;cvr;organisation_number;ror\na;Bæk;DK 66 13 71 12;;04qtj9h94\n"
    "b;Å;;5560125790;\nc;Ö;;SE556012579001;\nd;Ø;CVR-nr. 66137112;;\n",
    "codes as they stand on letters",
)
sample(
    "guarded-formulas",
    "need.csv",
    "id;title_da\na;'=1+1\nb;'-5 grader\nc;'tis\nd;''=x\n",
    "our own export, guarded against formulas",
)
sample(
    "lists",
    "need.csv",
    'id;title_da;topic\na;x;"skybrud | klimatilpasning"\nb;x;"skybrud; klimatilpasning"\nc;x;"skybrud;; |"\n',
    "several values in a cell",
)
sample(
    "escaped-lists",
    "company.csv",
    'id,name,alternative_name\na,Bæk,"R&D\\; tests | C\\|D | E\\\\F"\n',
    "values that hold a separator",
)
sample(
    "smart-quotes",
    "need.csv",
    "id;title_da;country;deadline\na;”Støj”;“dk”;»2026-05-01«\n",
    "Word's quotation marks around values",
)


# Workbooks.
HEAD = ["id", "Titel (da)", "Land", "Budget", "Frist"]
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
MARKER = [
    ["ecograph-template", "project"],
    ["version", "0123456789ab"],
    ["language", "da"],
    ["revision", ""],
    ["sheet", "Projekt", "project"],
    ["sheet", "Deltagelse", "participation"],
]

sample(
    "xlsx",
    "need.xlsx",
    xlsx({"Ark1": sheet_xml([HEAD, ["a", "Støj på Ærø", "dk", 1700000.5, day(46022)], ["b", "Larm", "se", 5, None]])}),
    "Excel",
)
sample(
    "xlsx-numbers",
    "need.xlsx",
    xlsx(
        {
            "Ark1": sheet_xml(
                [
                    ["id", "title_da", "budget"],
                    ["a", 7.0, 1.125],
                    ["b", 0.1 + 0.2, 1e15],
                    ["c", True, 0.1 + 0.2],
                    ["d", "x", "1.700"],
                    ["e", 5790001234567, "2,5"],
                ]
            )
        }
    ),
    "numbers that are numbers, and numbers that are texts",
)
sample(
    "xlsx-1904",
    "need.xlsx",
    xlsx({"Ark1": sheet_xml([["id", "title_da", "deadline"], ["a", "x", day(44560)]])}, date1904=True),
    "Excel for Mac counted days from 1904",
)
sample(
    "xlsx-several-sheets",
    "indberetning.xlsx",
    xlsx(
        {
            "Behov": sheet_xml([["id", "Titel (da)", "Land"], ["a", "Støj", "dk"]]),
            "Noter": sheet_xml([["Husk at ringe"], ["Navn på den ansvarlige"]]),
            "Virksomhed": sheet_xml([["Navn", "CVR-nummer"], ["Bæk A/S", "66137112"]]),
        }
    ),
    "one workbook for all",
)
sample(
    "xlsx-hidden",
    "need.xlsx",
    xlsx(
        {
            "Behov": sheet_xml(
                [HEAD, ["a", "Støj", "dk"], ["b", "Larm", "dk"], ["c", "Uro", "se"]],
                hidden=[3],
                columns='<cols><col min="4" max="5" hidden="1"/></cols>',
            ),
            "Gamle": sheet_xml([HEAD, ["z", "Væk", "dk"]]),
        },
        hidden=["Gamle"],
    ),
    "a filter was on",
)
sample(
    "xlsx-merged",
    "need.xlsx",
    xlsx(
        {
            "Behov": sheet_xml(
                [["id", "Titel (da)", None, "Land"], ["a", "Støj", "Buller", "dk"], ["b", "Larm", None, None]],
                merged=["B1:C1", "D2:D3"],
            )
        }
    ),
    "cells merged for looks",
)
sample(
    "xlsx-merged-over-two-rows",
    "need.xlsx",
    xlsx(
        {
            "Behov": sheet_xml(
                [
                    ["id", "Tekst", None, "Land"],
                    [None, "Titel (da)", "Beskrivelse (da)", None],
                    ["a", "Støj", "Larm", "dk"],
                ],
                merged=["A1:A2", "B1:C1", "D1:D2"],
            )
        }
    ),
    "a header of two rows",
)
sample(
    "xlsx-formulas",
    "need.xlsx",
    xlsx(
        {
            "Behov": sheet_xml(
                [
                    ["id", "title_da", "budget", "country"],
                    ["a", "x", Raw("<c><f>1+1</f><v>2</v></c>"), "dk"],
                    ["b", "x", Raw("<c><f>1+1</f></c>"), "dk"],
                    ["c", "x", Raw("<c><f>1+1</f><v></v></c>"), "dk"],
                    ["d", "x", Raw('<c t="str"><f>IF(1,"","")</f><v></v></c>'), "dk"],
                ]
            )
        }
    ),
    "made by a program that does not calculate",
)
sample(
    "xlsx-errors",
    "need.xlsx",
    xlsx(
        {
            "Behov": sheet_xml(
                [
                    ["id", "title_da", "budget"],
                    ["a", "x", Raw('<c t="e"><f>1/0</f><v>#DIV/0!</v></c>')],
                    ["b", Raw('<c t="e"><v>#REF!</v></c>'), 3],
                ]
            )
        }
    ),
    "formulas that failed",
)
sample(
    "xlsx-title-above",
    "need.xlsx",
    xlsx({"Ark1": sheet_xml([["Behov i Ålborg"], [], [None, *HEAD], [None, "a", "Støj", "dk", 3]])}),
    "a title, and the table moved to the right",
)
sample(
    "xlsx-lines-in-column-a",
    "need.xlsx",
    xlsx({"need": sheet_xml([["id,title_da,country"], ["a,Støj,dk"], ['b,"Larm, uro",se']])}),
    "a CSV opened by double-click",
)
sample(
    "xlsx-twice-encoded",
    "need.xlsx",
    xlsx({"need": sheet_xml([["id", "Titel (da)"], ["a", "SmÃ¸rrebrÃ¸d"]])}),
    "a CSV opened by double-click, saved as a workbook",
)
sample(
    "xlsx-template",
    "projekt.xlsx",
    xlsx(
        {
            "Projekt": sheet_xml([["id", "Titel (da) *", "Titel (sv)"], ["a", "=Støj", "Buller"]]),
            "Deltagelse": sheet_xml([["id", "Projekt", "Deltager"]]),
            "Vejledning": sheet_xml([["Navn", "Titel (da)"], ["x", "y"]]),
            "_ecograph": sheet_xml(MARKER),
            "_lists": sheet_xml([["topic"], ["Støj"]]),
        },
        hidden=["_ecograph", "_lists"],
    ),
    "our own template, filled in",
)
sample(
    "xlsx-no-known-headings",
    "need.xlsx",
    xlsx({"Ark1": sheet_xml([["foo", "bar"], ["a", "b"]]), "Ark2": sheet_xml([["baz"]])}),
    "somebody else's form",
)
sample("xlsx-document-type", "need.xlsx", xlsx({"Behov": sheet_xml([HEAD], head=BOMB)}), "an entity bomb")
sample(
    "xlsx-far-cell",
    "need.xlsx",
    xlsx(
        {
            "Behov": sheet_xml([HEAD]).replace(
                "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
            )
        }
    ),
    "a stray value in the last cell",
)
sample("xlsx-damaged", "need.xlsx", xlsx({"Behov": sheet_xml([HEAD, ["a"]])})[:-300], "a download that stopped")
sample(
    "xlsx-encrypted",
    "need.xlsx",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(480),
    "a workbook with a password is such a container",
)
sample(
    "document",
    "need.xlsx",
    archive({"word/document.xml": "<w/>", "[Content_Types].xml": "<Types/>"}),
    "a Word document with the wrong name",
)
sample(
    "ods-repeated",
    "need.ods",
    ods([["id", "Titel (da)"], ["a", "Støj"]], "Behov", repeated=100_000_000),
    "a row that says it is there a hundred million times",
)
sample("ods", "need.ods", ods([["id", "Titel (da)", "Land"], ["a", "Støj på Ærø", "dk"]], "Behov"), "LibreOffice")


def main() -> None:
    """Write every sample file."""
    for name, made in SAMPLES.items():
        (FOLDER / name).mkdir(exist_ok=True)
        (FOLDER / name / made.file).write_bytes(made.data)


if __name__ == "__main__":
    main()
