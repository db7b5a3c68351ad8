"""Contributions that are too large, too deep, or grow when they are opened: refused before they cost anything."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import ClassVar

import pytest
from pyoxigraph import Literal, NamedNode

from ecograph.contribute.limits import LIMITS, Limits
from ecograph.contribute.staging import Rules, SourceFile, stage
from ecograph.errors import ContributionError, SyntaxFault, TooLarge
from ecograph.identifiers import Space
from ecograph.messages import LANGUAGES, catalogue
from ecograph.rdf.documents import read
from ecograph.rdf.parsing import MAX_NESTING, MAX_PREFIXES, TURTLE
from ecograph.rdf.positions import Structure

ROOT = Path(__file__).parents[2]
GRAPH = NamedNode("https://w3id.org/ecograph/graph/synthetic")
SUBJECT = "<https://w3id.org/ecograph/id/need/partner_n1> <urn:p> "


def _parse(text: str) -> None:
    read(text.encode(), TURTLE, GRAPH, file="synthetic.ttl", most=LIMITS.triples)


def _workbook(content: bytes, members: int = 1) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(members):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", content)
    return out.getvalue()


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules.load(ROOT)


class TestNesting:
    DEEP: ClassVar[dict[str, Callable[[int], str]]] = {
        "things in things": lambda n: SUBJECT + "[ <urn:q> " * n + "1" + " ]" * n + " .",
        "lists in lists": lambda n: SUBJECT + "( " * n + "1" + " )" * n + " .",
        "never closed": lambda n: SUBJECT + "[ <urn:q> " * n,
        "statements about statements": lambda n: SUBJECT + "<<( <urn:a> <urn:b> " * n + "1" + " )>>" * n + " .",
        "statements said of": lambda n: "<< <urn:a> <urn:b> " * n + "1" + " >>" * n + " <urn:q> 1 .",
        "annotations": lambda n: SUBJECT + "1 " + "{| <urn:q> 1 " * n + "|}" * n + " .",
    }

    @pytest.mark.parametrize("name", DEEP)
    @pytest.mark.parametrize("depth", [MAX_NESTING + 1, 20_000, 200_000])
    def test_deep_nesting_is_refused(self, name: str, depth: int) -> None:
        """
        What is nested deeper than people nest is refused in a second, whatever brackets it uses.
        """
        started = time.monotonic()
        with pytest.raises(TooLarge) as caught:
            _parse(self.DEEP[name](depth))
        assert caught.value.values["what"] == "nesting"
        assert time.monotonic() - started < 5

    def test_parser_alone_would_end_the_process(self) -> None:
        """
        The check is not for show: statements about statements overflow the stack of the parser that we use.
        """
        program = (
            "import pyoxigraph as o; t='<urn:a> <urn:b> '+'<<( <urn:a> <urn:b> '*20000+'1'+' )>>'*20000+' .';"
            "list(o.parse(t.encode(), format=o.RdfFormat.TURTLE))"
        )
        assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=False).returncode < 0

    def test_brackets_that_are_none_do_not_count(self) -> None:
        """
        Brackets within texts, addresses and remarks are no nesting.
        """
        many = "[" * 500
        _parse(f'{SUBJECT} "{many}" , """{many}\n""" , \'{many}\' . # {many}\n')

    @pytest.mark.parametrize(
        "text",
        [
            '"' * 400_000,
            "'" * 400_001,
            "<" * 200_000,
            "\\" * 400_000,
            '"a\n' * 200_000,
            " PREFIX " * 100_000,
            "<a" * 200_000,
        ],
    )
    def test_garbage_is_looked_at_once(self, text: str) -> None:
        """
        What is no Turtle at all costs time in proportion to its length.
        """
        started = time.monotonic()
        Structure.of(text.encode())
        assert time.monotonic() - started < 3

    def test_chain_of_nameless_things_is_read(self) -> None:
        """
        Thousands of things without a name that differ only far away from each other are told apart in time.
        """
        started = time.monotonic()
        _parse("".join(f"_:n{at} <urn:next> _:n{at + 1} .\n" for at in range(10_000)))
        assert time.monotonic() - started < 30


class TestRdf:
    def test_many_prefixes(self) -> None:
        """
        More prefixes than anybody uses are refused.
        """
        with pytest.raises(TooLarge) as caught:
            _parse("".join(f"@prefix p{at}: <urn:{at}:> .\n" for at in range(MAX_PREFIXES + 1)))
        assert caught.value.values["what"] == "prefixes"

    @pytest.mark.parametrize(
        "value", ['"%s"', '"""%s"""', "'%s'", "%s", "urn:x:%s", "_:b%s"], ids=["1", "3", "3s", "n", "p", "b"]
    )
    def test_endless_terms(self, value: str) -> None:
        """
        A text, number or name of megabytes is refused before a parser takes minutes over it.
        """
        started = time.monotonic()
        with pytest.raises(TooLarge) as caught:
            _parse(f"@prefix urn: <urn:> . {SUBJECT}{value % ('9' * 9_000_000)} .")
        assert caught.value.values["what"] == "text_characters"
        assert time.monotonic() - started < 15

    def test_long_text_that_may_be_escapes(self) -> None:
        """
        A text whose letters are written as escapes is not taken for ten times as long as it is.
        """
        _parse(SUBJECT + '"' + "\\u00e6" * LIMITS.text_characters + '" .')

    def test_many_nameless_things(self) -> None:
        """
        More things without an address than there may be rows are refused before each is given a name.
        """
        with pytest.raises(TooLarge) as caught:
            _parse("".join(f"_:n{at} <urn:next> _:n{at + 1} .\n" for at in range(LIMITS.nameless)))
        assert (caught.value.values["what"], caught.value.values["found"]) == ("nameless", LIMITS.nameless + 1)

    def test_prefix_that_blows_up(self) -> None:
        """
        A prefix that stands for a very long address is refused before it is written out a thousand times.
        """
        with pytest.raises(TooLarge) as caught:
            _parse(f"@prefix p: <urn:{'x' * 100_000}> .\n" + "p:a p:a p:a .\n" * 1_000)
        assert caught.value.values["what"] == "iri_characters"

    def test_many_statements(self) -> None:
        """
        Reading stops one statement beyond the limit.
        """
        with pytest.raises(TooLarge) as caught:
            _parse("".join(f"<urn:s> <urn:p> {at} .\n" for at in range(LIMITS.triples + 1)))
        assert (caught.value.values["what"], caught.value.values["found"]) == ("triples", LIMITS.triples + 1)

    def test_as_many_as_allowed(self) -> None:
        """
        Exactly the limit is read.
        """
        _parse("".join(f"<urn:s> <urn:p> {at} .\n" for at in range(LIMITS.triples)))

    def test_bytes_that_are_no_text(self) -> None:
        """
        Bytes that are no UTF-8 are a fault with its place.
        """
        with pytest.raises(SyntaxFault):
            read(b'<urn:a> <urn:b> "\xff\xfe" .', TURTLE, GRAPH)


class TestArchives:
    def test_bomb(self) -> None:
        """
        A small workbook that unpacks to more than the limit is refused without unpacking it whole.
        """
        data = _workbook(b"0" * 60_000_000, members=6)
        assert len(data) < 1_000_000
        started = time.monotonic()
        with pytest.raises(TooLarge) as caught:
            LIMITS.check_file(data, "need.xlsx")
        assert caught.value.values["what"] == "unpacked_bytes"
        assert time.monotonic() - started < 10

    def test_bomb_that_lies(self) -> None:
        """
        What an archive says about its size is not believed.
        """
        data = bytearray(_workbook(b"0" * 5_000_000))
        central = data.rindex(b"PK\x01\x02")
        struct.pack_into("<L", data, central + 24, 10)
        with pytest.raises(TooLarge):
            Limits(unpacked_bytes=1_000_000).check_archive(bytes(data), "need.xlsx")

    def test_ratio(self) -> None:
        """
        A workbook that is compressed as no sheet of a person's is refused, however small.
        """
        with pytest.raises(TooLarge) as caught:
            LIMITS.check_file(_workbook(b"0" * 5_000_000), "need.xlsx")
        assert caught.value.values["what"] == "zip_ratio"

    def test_parts(self) -> None:
        """
        A workbook of thousands of parts is refused.
        """
        with pytest.raises(TooLarge) as caught:
            LIMITS.check_file(_workbook(b"x", members=LIMITS.members + 1), "need.xlsx")
        assert caught.value.values["what"] == "members"

    @pytest.mark.parametrize("cut", [4, 30, 60, -10])
    def test_damaged(self, cut: int) -> None:
        """
        A damaged archive is its reader's to complain about, and does no harm before.
        """
        LIMITS.check_file(_workbook(b"x" * 100)[:cut], "need.xlsx")


class TestContribution:
    SPACE = Space("partner")

    def _codes(self, rules: Rules, *files: SourceFile) -> dict[str, str]:
        staged = stage(files, "partner", rules, None, rows_only=True, space=self.SPACE)
        assert not staged.conforms
        return {finding.code: finding.message("en") for finding in staged.report.violations}

    @pytest.mark.parametrize(
        ("name", "make", "said"),
        [
            ("need.csv", lambda: b"id,title_da\n" + b"x" * (LIMITS.file_bytes + 1), "10.1\u00a0MB"),
            ("need.csv", lambda: b"id,title_da\n" + b"".join(b"n%d,x\n" % at for at in range(LIMITS.rows + 1)), "rows"),
            (
                "need.csv",
                lambda: ",".join(["id", "title_da", *map(str, range(LIMITS.columns))]).encode() + b"\nn1,x\n",
                "columns",
            ),
            (
                "more.ttl",
                lambda: "".join(f"<urn:s> <urn:p> {at} .\n" for at in range(LIMITS.triples + 1)).encode(),
                "statements",
            ),
            ("more.ttl", lambda: ("<urn:s> <urn:p> " + "[ <urn:q> " * 100).encode(), "nested"),
            ("need.xlsx", lambda: _workbook(b"0" * 5_000_000), "times as large"),
        ],
    )
    def test_each_limit_says_which_it_is(self, rules: Rules, name: str, make: Callable[[], bytes], said: str) -> None:
        """
        A file over a limit is a finding that says which limit and what to do, and the check goes on.
        """
        codes = self._codes(rules, SourceFile(name, make()))
        assert said in codes["too-large"]

    def test_rows_of_all_tables_count(self, rules: Rules) -> None:
        """
        Splitting a table into files of one contribution does not get round the limit.
        """
        head = b"id,title_da,description_da,country,topic,raised_by_text\n"
        half = head + b"".join(b"n%d,x,y,dk,cloudburst,z\n" % at for at in range(LIMITS.rows // 2 + 1))
        codes = self._codes(
            rules, SourceFile("need.1.csv", half), SourceFile("need.2.csv", half.replace(b"\nn", b"\nm"))
        )
        assert "rows" in codes["too-large"]

    def test_many_files(self, rules: Rules) -> None:
        """
        More files than there are templates and parts of them are not even read.
        """
        codes = self._codes(rules, *(SourceFile(f"need.{at}.csv", b"id\n") for at in range(LIMITS.files + 1)))
        assert set(codes) >= {"too-large"}

    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("need.csv", f"id,title_da\nn1,{'x' * (LIMITS.text_characters + 1)}\n", "long-text"),
            (
                "project.csv",
                f"id,title_da,website\np1,x,https://example.org/{'x' * LIMITS.iri_characters}\n",
                "long-iri",
            ),
        ],
    )
    def test_long_cells(self, rules: Rules, name: str, content: str, code: str) -> None:
        """
        A cell that is too long is a finding at its row and column, and its message does not repeat all of it.
        """
        said = self._codes(rules, SourceFile(name, content.encode()))[code]
        assert len(said) < 600

    @pytest.mark.parametrize(
        ("cell", "code"),
        [
            ("x" * 9_000_000, "long-text"),
            (f'"{"x" * 200_000}"', "long-text"),
            ("a;" * 4_000_000, "long-text"),
            (";".join(f"t{at}" for at in range(LIMITS.cell_values + 1)), "many-values"),
        ],
        ids=["megabytes", "quoted", "values", "list"],
    )
    def test_cells_that_would_take_a_worker(self, rules: Rules, cell: str, code: str) -> None:
        """
        A cell over a limit is a finding of its own at its row and column, and nothing works on the rest of it.
        """
        started = time.monotonic()
        staged = stage(
            [SourceFile("need.csv", f"id,title_da,country,topic\nn1,x,dk,{cell}\n".encode())],
            "partner",
            rules,
            None,
            rows_only=True,
            space=self.SPACE,
        )
        (found,) = [item for item in staged.report.violations if item.column == "topic"]
        assert (found.code, found.row) == (code, 2)
        assert len(found.value or "") < 1_000
        assert time.monotonic() - started < 20

    def test_id_of_megabytes(self, rules: Rules) -> None:
        """
        An id is not made an address of any length.
        """
        assert "bad-id" in self._codes(rules, SourceFile("need.csv", b"id,title_da\n" + b"x" * 9_000_000))

    def test_lines_without_anything(self, rules: Rules) -> None:
        """
        Millions of empty lines are refused before they are read one by one.
        """
        codes = self._codes(rules, SourceFile("need.csv", b"id,title_da\n" + b"\n" * 9_000_000))
        assert "lines" in codes["too-large"]

    def test_values_of_all_cells_count(self, rules: Rules) -> None:
        """
        Thousands of lists are refused where each of them alone is allowed.
        """
        row = b"n,x," + b";".join(b"t%d" % at for at in range(LIMITS.cell_values)) + b"\n"
        rows = row * (LIMITS.values // LIMITS.cell_values + 1)
        assert "values" in self._codes(rules, SourceFile("need.csv", b"id,title_da,topic\n" + rows))["too-large"]

    def test_letters_are_composed(self, rules: Rules) -> None:
        """
        Letters put together of two characters are composed in cells as they are in Turtle.
        """
        data = "id,title_da,country,topic\nn1,Malmo\u0308,dk,cloudburst\n".encode()
        staged = stage([SourceFile("need.csv", data)], "partner", rules, None, rows_only=True, space=self.SPACE)
        assert "Malm\u00f6" in {quad.object.value for quad in staged.quads if isinstance(quad.object, Literal)}

    def test_zero_bytes(self, rules: Rules) -> None:
        """
        Empty files are findings as well.
        """
        assert self._codes(rules, SourceFile("need.csv", b""), SourceFile("more.ttl", b""))


class TestDocs:
    def test_every_limit_is_described(self) -> None:
        """
        docs/limits.md lists every limit with its figure, and no other.
        """
        page = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
        written = dict(re.findall(r"^\| `([a-z_]+)` \| ([\d ]+(?: MB)?) \|", page, re.MULTILINE))
        stated = {field.name: getattr(LIMITS, field.name) for field in fields(Limits)}
        shown = {
            name: f"{value // 1_000_000} MB" if name.endswith("bytes") else f"{value:_}".replace("_", " ")
            for name, value in stated.items()
        }
        assert {name: figure.strip() for name, figure in written.items()} == shown

    def test_every_limit_has_its_message(self) -> None:
        """
        Each limit has a sentence of its own in each language; those of one text or address are findings.
        """
        for field in fields(Limits):
            key = {"cell_values": "contribution.finding.many-values"}.get(field.name, f"limit.{field.name}")
            assert set(catalogue()[key]) == set(LANGUAGES)
        for name, code in (
            ("text_characters", "long-text"),
            ("iri_characters", "long-iri"),
            ("cell_values", "many-values"),
        ):
            figure = f"{getattr(LIMITS, name):_}".replace("_", " ")
            assert all(figure in message for message in catalogue()[f"contribution.finding.{code}"].values())

    def test_findings_come_from_errors(self) -> None:
        """
        A limit is an error with the words of its limit.
        """
        for what in (field.name for field in fields(Limits) if field.name != "cell_values"):
            error: ContributionError = TooLarge(file="need.csv", what=what, limit=20_000, found=30_000)
            assert all("need.csv" in error.message(lang) for lang in LANGUAGES)
