"""Files that mean harm: each costs its own worker at most, and others are still answered."""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from ecograph.contribute.packing import SourceFile
from ecograph.contribute.workers import ContributionWorkers
from ecograph.errors import EcoGraphError

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 4.0
MEMORY_BYTES = 512 << 20
PARENT_BYTES = 200 << 20  # a file of 10 MB there and its findings back, a few times over
MEGABYTE = 1_000_000
BALLAST = random.Random(7).randbytes(MEGABYTE)  # cannot be compressed, and so hides what can
LIGHT = SourceFile("need.csv", b"id,title_da,country,topic\nn1,Skybrud,dk,cloudburst\n")

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
BOOK = (
    f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}">'
    '<sheets><sheet name="need" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
HEADINGS = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("id", "title_da", "country"))
HEADER = f"<row>{HEADINGS}</row>"
PREFIXES = "@prefix dcterms: <http://purl.org/dc/terms/> . @prefix p: <http://example.org/> .\n"


def relations(*targets: tuple[str, str]) -> str:
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>'
    )


def archive(parts: dict[str, str | bytes | Iterator[bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            if isinstance(part, str | bytes):
                packed.writestr(name, part)
            else:
                with packed.open(name, "w", force_zip64=True) as member:
                    for chunk in part:
                        member.write(chunk)
    return out.getvalue()


def workbook(
    rows: str = "", strings: str | Iterator[bytes] = "", dimension: str = "", *, ballast: bool = False
) -> bytes:
    return archive(
        {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": BOOK,
            "xl/_rels/workbook.xml.rels": relations(
                ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
            ),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEET}">{dimension}<sheetData>{HEADER}{rows}'
            "</sheetData></worksheet>",
            "xl/sharedStrings.xml": strings or f'<sst xmlns="{SHEET}"/>',
            "docProps/ballast.bin": BALLAST if ballast else b"",
        }
    )


def many_strings(size_bytes: int) -> Iterator[bytes]:
    yield f'<sst xmlns="{SHEET}">'.encode()
    chunk = b"<si><t>" + b"x" * 1000 + b"</t></si>"
    for _ in range(size_bytes // (len(chunk) * 1000)):
        yield chunk * 1000
    yield b"</sst>"


def laughs() -> str:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE sst [<!ENTITY e0 "lol">{entities}]>'
    return f'<?xml version="1.0"?>{doctype}<sst xmlns="{SHEET}"><si><t>&e9;</t></si></sst>'


def outside() -> str:
    return (
        '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        f'<sst xmlns="{SHEET}"><si><t>&e;</t></si></sst>'
    )


def zip_in_zip() -> bytes:
    data = b"0" * MEGABYTE
    for level in range(50):
        data = archive({f"{level}.xlsx": data, f"copy-{level}.xlsx": data})
        if len(data) > 8 * MEGABYTE:
            break
    return data


def nested(opening: str, closing: str, times: int, inside: str = "p:x") -> bytes:
    return f"{PREFIXES}<need/n1> p:p {opening * times}{inside}{closing * times} .".encode()


def chain(length: int) -> bytes:
    """Blank nodes that say the same of each other, which only a walk along the whole chain can tell apart."""
    return (PREFIXES + "".join(f"_:b{n} p:next _:b{n + 1} .\n" for n in range(length))).encode()


CELL = '<row><c t="inlineStr"><is><t>{}</t></is></c></row>'
HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "zip bomb": ("need.xlsx", lambda: workbook(strings=many_strings(400 * MEGABYTE))),
    "zip bomb with ballast": ("need.xlsx", lambda: workbook(strings=many_strings(90 * MEGABYTE), ballast=True)),
    "billion laughs": ("need.xlsx", lambda: workbook(strings=laughs())),
    "entity from a file": ("need.xlsx", lambda: workbook(strings=outside())),
    "sheet of every cell there is": (
        "need.xlsx",
        lambda: workbook(
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', dimension='<dimension ref="A1:XFD1048576"/>'
        ),
    ),
    "cell beyond every sheet": (
        "need.xlsx",
        lambda: workbook('<row r="4294967295"><c r="ZZZZZZ4294967295"><v>1</v></c></row>'),
    ),
    "one cell of 10 MB": ("need.xlsx", lambda: workbook(CELL.format("x" * 10 * MEGABYTE), ballast=True)),
    "elements in elements": ("need.xlsx", lambda: workbook("<c>" * 500_000 + "</c>" * 500_000, ballast=True)),
    "elements left open": ("need.xlsx", lambda: workbook("<row>" * 500_000, ballast=True)),
    "number of a million digits": (
        "need.xlsx",
        lambda: workbook(f"<row><c><v>{'9' * MEGABYTE}</v></c></row>", ballast=True),
    ),
    "archives in archives": ("need.xlsx", zip_in_zip),
    "archive cut off": ("need.xlsx", lambda: workbook(CELL.format("x") * 5000)[:-300]),
    "archive of a thousand nothings": ("need.xlsx", lambda: archive({f"{n}.xml": "" for n in range(5000)})),
    "one line of 9 MB": ("need.csv", lambda: b"id,title_da\n" + b"x" * 9 * MEGABYTE),
    "nine million columns": ("need.csv", lambda: b"id,title_da" + b"," * 9 * MEGABYTE),
    "nine million headings and rows": ("need.csv", lambda: b";" * 1000 + b"\n" + (b";" * 1000 + b"x\n") * 8000),
    "nine million lines": ("need.csv", lambda: b"id\n" + b"\n" * 9 * MEGABYTE),
    "quotes": ("need.csv", lambda: b'id,title_da\n"' + b'""' * 4 * MEGABYTE),
    "quote never closed": ("need.csv", lambda: b'id,title_da\n"' + b"x\n" * 4 * MEGABYTE),
    "nothing but zeros": ("need.csv", lambda: bytes(9 * MEGABYTE)),
    "lone surrogates": ("need.csv", lambda: b"\xff\xfe" + b"\x00\xd8" * 4 * MEGABYTE),
    "values in one cell": ("need.csv", lambda: b"id,title_da,topic\nn1,x," + b"a;" * 4 * MEGABYTE),
    "the same name in every row": (
        "need.csv",
        lambda: b"id,title_da,raised_by\n" + b"n1,x,K\xc3\xb8benhavn\n" * 400_000,
    ),
    "names that look alike": (
        "need.csv",
        lambda: b"id,title_da,topic\n" + b"".join(b"n%d,x,cloudbursd %d\n" % (n, n) for n in range(19_000)),
    ),
    "date of a million digits": (
        "need.csv",
        lambda: b"id,title_da,budget,deadline\nn1,x," + b"9" * MEGABYTE + b"," + b"1" * MEGABYTE,
    ),
    "every list as long as allowed": (
        "need.csv",
        lambda: b"id,title_da,topic\n" + (b"n,x," + b";".join(b"%d" % n for n in range(990)) + b"\n") * 2_500,
    ),
    "quoted field of 9 MB": ("need.csv", lambda: b'id,title_da,topic\nn1,"' + b"x" * 9 * MEGABYTE + b'",iot\n'),
    "names of things that look alike": (
        "need.csv",
        lambda: (
            b"id,title_da,raised_by\n" + b"".join(b"n%d,x,Alberslund Kommmune %d\n" % (n, n) for n in range(19_000))
        ),
    ),
    "nothing required in any row": (
        "need.csv",
        lambda: b"id,source\n" + b"".join(b"n%d,https://example.org/%d\n" % (n, n) for n in range(20_000)),
    ),
    "lists in lists": ("need.ttl", lambda: nested("(", ")", 50_000)),
    "nodes in nodes": ("need.ttl", lambda: nested("[ p:p ", " ]", 50_000)),
    "nodes in nodes, left open": ("need.ttl", lambda: nested("[ p:p ", "", 50_000)),
    "chain of blank nodes": ("need.ttl", lambda: chain(40_000)),
    "ring of blank nodes": ("need.ttl", lambda: chain(20_000) + b"_:b20000 p:next _:b0 ."),
    "text of 9 MB": ("need.ttl", lambda: f'{PREFIXES}<urn:a> p:p """{"x" * 9 * MEGABYTE}""" .'.encode()),
    "name of 9 MB": ("need.ttl", lambda: f"{PREFIXES}<urn:{'x' * 9 * MEGABYTE}> p:p 1 .".encode()),
    "prefixes": ("need.ttl", lambda: "".join(f"@prefix a{n}: <urn:{n}> .\n" for n in range(300_000)).encode()),
    "number of 9 MB": ("need.ttl", lambda: f"{PREFIXES}<urn:a> p:p {'9' * 9 * MEGABYTE} .".encode()),
    "comments": ("need.ttl", lambda: b"#" * 9 * MEGABYTE),
    "many statements": ("need.nt", lambda: b"".join(b"<urn:%d> <urn:p> <urn:%d> .\n" % (n, n) for n in range(300_000))),
}


@pytest.fixture(scope="module")
def workers() -> Iterator[ContributionWorkers]:
    """Two workers with little time and memory."""
    with ContributionWorkers(ROOT, size=2, queue=8, timeout_s=TIMEOUT_S, memory_bytes=MEMORY_BYTES) as pool:
        yield pool


def check(workers: ContributionWorkers, file: SourceFile) -> str:
    """What becomes of a file: the code of the error, or how it was judged, with every message read."""
    try:
        staged = workers.run("stage", None, files=[file], publisher="synthetic", rows_only=True)
    except EcoGraphError as error:
        return error.code
    assert all(found.message("da") for found in staged.report.findings)
    return "fine" if staged.report.conforms else "rejected"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_ends_in_bounded_time(workers: ContributionWorkers, name: str) -> None:
    """
    A file that would take for ever, all memory or the whole stack is rejected with a reason, or stopped at the deadline
    at the latest; the memory of the service stays flat, and the next file is checked.
    """
    file_name, make = HOSTILE[name]
    file = SourceFile(file_name, make())
    check(workers, LIGHT)
    me = psutil.Process()
    before = me.memory_info().rss
    started = time.monotonic()
    outcome = check(workers, file)
    assert time.monotonic() - started < TIMEOUT_S + 3, outcome
    assert outcome in {"rejected", "contribution-timeout", "contribution-too-big"}
    assert me.memory_info().rss - before < PARENT_BYTES
    assert check(workers, LIGHT) in ("fine", "rejected")
