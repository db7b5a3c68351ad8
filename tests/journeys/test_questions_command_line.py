"""Questions of the catalogue from the command line: on a data directory, and asked of a service elsewhere."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from ecograph.cli import app
from ecograph.cli.state import state
from ecograph.errors import EcoGraphError
from ecograph.query.catalogue import Catalogue
from service import small_service

ROOT = Path(__file__).parents[2]
AT_A_GLANCE = ("query", "counts-by-class-and-country")

pytestmark = pytest.mark.slow


def run(*arguments: str) -> Result:
    """The command in this process; a foreseen error is the result's exception."""
    return CliRunner().invoke(app, [*arguments], standalone_mode=True)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[str, str]]]:
    """The options that name a data directory, and those that name a service on the same."""
    with small_service(tmp_path_factory.mktemp("questions")) as found:
        yield {
            "here": ("--data", str(found.ecograph.settings.data_dir)),
            "there": ("--endpoint", found.url),
        }
    state.endpoint, state.lang = None, "en"


@pytest.mark.parametrize("place", ["here", "there"])
class TestQuery:
    def test_questions_are_listed(self, places: dict[str, tuple[str, str]], place: str) -> None:
        """
        Without a name the command lists every question with its values, in the language asked for.
        """
        found = run(*places[place], "--lang", "sv", "query")
        assert found.exit_code == 0, found.output
        lines = found.stdout.splitlines()
        assert len(lines) == 1 + len(Catalogue.load(ROOT / "queries"))
        assert "needs-by-year\t[until] [country]\tBehov efter det år de uttalades" in lines

    def test_rows_are_csv_json_or_a_workbook(
        self, places: dict[str, tuple[str, str]], place: str, tmp_path: Path
    ) -> None:
        """
        Rows go to standard output as CSV or JSON, or into a file that is named for what it is.
        """
        printed = run(*places[place], *AT_A_GLANCE)
        rows = list(csv.DictReader(io.StringIO(printed.stdout)))
        municipalities = [row for row in rows if row["class"].endswith("#Municipality")]
        assert {row["country"]: row["things"] for row in municipalities} == {"DK": "1", "SE": "1"}
        said = json.loads(run(*places[place], *AT_A_GLANCE, "--json").stdout)
        assert len(said["results"]["bindings"]) == len(rows)
        target = tmp_path / "rows.xlsx"
        assert run(*places[place], "--lang", "da", *AT_A_GLANCE, "-o", str(target)).exit_code == 0
        sheet = openpyxl.load_workbook(target).active
        assert sheet is not None
        assert [cell.value for cell in sheet[1]] == ["Hvad", "Land", "Antal"]

    @pytest.mark.parametrize(
        "wrong",
        [
            ("query", "nothing"),
            ("query", "needs-in-topic"),
            ("query", "needs-in-topic", "-p", "topic=not a slug"),
            ("query", "needs-in-topic", "-p", "topic"),
            ("query", "needs-per-topic", "-o", "rows.pdf"),
        ],
    )
    def test_mistake_is_told(self, places: dict[str, tuple[str, str]], place: str, wrong: tuple[str, ...]) -> None:
        """
        An unknown question, a missing or wrong value and an unknown file type end with a sentence and code 2.
        """
        found = run(*places[place], *wrong)
        assert isinstance(found.exception, EcoGraphError)
        assert found.exception.exit_code == 2
        assert not found.stdout
