"""Options of every command, and how findings are put together."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from ecograph.cli.asking import _short
from ecograph.cli.entry import hoisted
from ecograph.cli.remote import Remote
from ecograph.cli.showing import show_findings
from ecograph.errors import BadParameter
from ecograph.messages import catalogue, texts
from ecograph.shacl.report import Finding, Severity

SOURCES = Path(__file__).parents[3] / "src" / "ecograph" / "cli"


def found(row: int, column: str = "Emne") -> Finding:
    """A finding of a synthetic row."""
    return Finding(
        severity=Severity.VIOLATION,
        code="synthetic",
        messages=texts("cli.nothing-waits"),
        file="need.csv",
        row=row,
        column=column,
        suggestions=("Skybrud",),
    )


class TestHoisted:
    def test_options_of_every_command_may_stand_anywhere(self) -> None:
        """
        `--data`, `--endpoint`, `--lang` and `--quiet` mean the same before and behind a command, with and without `=`.
        """
        given = ["review", "list", "--endpoint=http://localhost:8000", "--json", "-q", "--lang", "sv"]
        assert hoisted(given) == ["--endpoint=http://localhost:8000", "-q", "--lang", "sv", "review", "list", "--json"]

    def test_what_stands_behind_two_hyphens_is_no_option(self) -> None:
        """
        Behind `--` everything is an argument.
        """
        assert hoisted(["search", "--", "--lang", "da"]) == ["search", "--", "--lang", "da"]


class TestFindings:
    def test_the_same_of_several_rows_stands_together(self) -> None:
        """
        Findings that say the same of several rows of a column are one line with the rows, and the proposal once.
        """
        console = Console(file=io.StringIO(), soft_wrap=True)
        show_findings([found(2), found(3), found(4), found(9), found(2, "Land")], console)
        lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
        assert len(lines) == 2
        assert "need.csv 2–4, 9 Emne" in lines[0]
        assert lines[0].count("Skybrud") == 1


class TestRemote:
    @pytest.mark.parametrize("endpoint", ["ftp://example.org/", "localhost:8000", "https://", "http://x:99999/", ""])
    def test_address_that_is_none(self, endpoint: str) -> None:
        """
        Only `http` and `https` addresses with a host are asked.
        """
        with pytest.raises(BadParameter):
            Remote(endpoint, None, "en")

    def test_token_goes_to_this_machine_or_over_https(self) -> None:
        """
        A token is not sent in the open to another machine; without a token anything may be asked.
        """
        with pytest.raises(BadParameter):
            Remote("http://ecograph.example/", "eg_0_0", "en")
        for endpoint, token in (
            ("http://ecograph.example/", None),
            ("https://ecograph.example/", "eg_0_0"),
            ("http://localhost:8000/", "eg_0_0"),
        ):
            with Remote(endpoint, token, "en"):
                pass


class TestWords:
    def test_every_message_of_the_command_line_is_used(self) -> None:
        """
        Each text in `locales/cli.toml` is asked for by some command.
        """
        source = "".join(path.read_text(encoding="utf-8") for path in SOURCES.glob("*.py"))
        columns = {name for call in re.findall(r"columns\(([^)]*)\)", source) for name in re.findall(r'"(\w+)"', call)}
        columns |= set(re.findall(r"names = \(([^)]*)\)", source)[0].replace('"', "").split(", "))
        used = set(re.findall(r'"(cli\.[a-z-]+)"', source)) | {f"cli.column.{name}" for name in columns}
        used |= {f"cli.change.{name}" for name in ("added", "changed", "removed")}
        assert {key for key in catalogue() if key.startswith("cli.")} == used

    def test_terms_are_shown_with_their_prefix(self) -> None:
        """
        An IRI of a known namespace is written with its prefix, any other value as it is.
        """
        assert _short("http://purl.org/dc/terms/title") == "dcterms:title"
        assert _short("Skybrud") == "Skybrud"
