"""Harvesting from the command line: what is asked and told, and that a killed run is taken up again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.federate.journal import FILE_NAME
from unit.federate.conftest import Answer, elsewhere, iri, results, words

ROOT = Path(__file__).parents[2]
VARIABLES = ("number", "item", "about", "value")

pytestmark = pytest.mark.slow


def command(*arguments: str) -> tuple[list[str], dict[str, str]]:
    """The command in a process, as a person starts it, and its environment."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ECOGRAPH_")}
    more = {"ECOGRAPH_RESOURCES_DIR": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200", "ECOGRAPH_HARVEST_DELAY_S": "0"}
    return [sys.executable, "-c", "from ecograph.cli import main; main()", *arguments], {**inherited, **more}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What the command says, and its exit code."""
    line, environment = command(*arguments)
    return subprocess.run(line, capture_output=True, encoding="utf-8", timeout=180, env=environment)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory with the municipalities."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("harvest") / "var", resources_dir=ROOT)
    with EcoGraph.open(settings) as ecograph:
        ecograph.load([ROOT / "data" / "administrative-divisions"])
    return settings.data_dir


def lund(place: int, query: str) -> Answer:
    """Synthetic: an item for the code of one municipality, nothing else."""
    rows = [{"number": words("1281"), "item": iri("http://www.wikidata.org/entity/Q900000001")}]
    return Answer(results(VARIABLES, *(rows if '"1281"' in query else [])))


class TestCommand:
    def test_sources_are_listed_with_their_addresses(self, data: Path) -> None:
        """
        Both sources, and that no address is set: nothing is asked unless the operator says where.
        """
        listed = json.loads(run("harvest", "list", "--json").stdout)
        assert [(each["name"], each["endpoint"]) for each in listed] == [("wikidata", None), ("cordis", None)]
        found = run("--data", str(data), "harvest", "run", "wikidata")
        assert found.returncode == 2
        assert "ECOGRAPH_HARVEST_WIKIDATA_URL" in found.stderr
        elsewhere_url = "https://example.org/sparql"
        nobody = run("--data", str(data), "harvest", "run", "wikidata", "--endpoint-url", elsewhere_url)
        assert nobody.returncode == 2
        assert "ECOGRAPH_HARVEST_CONTACT" in nobody.stderr

    def test_dry_run_asks_nobody(self, data: Path, tmp_path: Path) -> None:
        """
        A dry run says what would be asked, and sends and writes nothing.
        """
        with elsewhere([Answer(results(VARIABLES))]) as server:
            arguments = ("harvest", "run", "wikidata", "--dry-run", "-o", str(tmp_path), "--endpoint-url", server.url)
            found = run("--data", str(data), *arguments)
            assert server.queries == []
        assert found.returncode == 0, found.stderr
        assert "P525\t290" in found.stdout
        assert list(tmp_path.iterdir()) == []

    def test_killed_run_is_taken_up_again(self, data: Path, tmp_path: Path) -> None:
        """
        A run that is killed in the middle has published nothing; the next one asks the rest, and tells what was found.
        """
        journal = tmp_path / "wikidata" / FILE_NAME

        def slow(place: int, query: str) -> Answer:
            answer = lund(place, query)
            if place >= 2:
                answer.pause_s, answer.pieces = 3.0, 2
            return answer

        with elsewhere(slow) as server:
            line, environment = command(
                "--data", str(data), "harvest", "run", "wikidata", "-o", str(tmp_path), "--endpoint-url", server.url
            )
            process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
            while len(server.queries) < 3:
                assert process.poll() is None
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=30)
        assert not (tmp_path / "wikidata" / "dataset.ttl").exists()
        kept = len(journal.read_bytes().splitlines()) - 1
        assert kept == 2
        with elsewhere(lund) as server:  # on another port, so the endpoint is named as before
            text = journal.read_text(encoding="utf-8")
            head = json.loads(text.splitlines()[0])
            journal.write_text(text.replace(head["endpoint"], server.url, 1), encoding="utf-8")
            found = run(
                "--data", str(data), "harvest", "run", "wikidata", "-o", str(tmp_path), "--endpoint-url", server.url
            )
            asked = len(server.queries)
        assert found.returncode == 0, found.stderr
        assert asked == len(journal.read_bytes().splitlines()) - 1 - kept
        assert "Actors with a new link to Wikidata\t1" in found.stdout
        assert "ecograph contribute submit" in found.stderr
        table = (tmp_path / "wikidata" / "municipality.csv").read_text(encoding="utf-8")
        assert "municipality/se-lund,http://www.wikidata.org/entity/Q900000001" in table
        checked = run("--data", str(data), "contribute", "check", str(tmp_path / "wikidata"))
        assert checked.returncode == 0, checked.stdout
