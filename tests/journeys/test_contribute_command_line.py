"""Contribution from the command line: an operator on a data directory, and partners who ask a service elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.ledger.partners import Role
from ecograph.web.app import create_app

ROOT = Path(__file__).parents[2]
LICENCE = "https://creativecommons.org/licenses/by/4.0/"

GOOD = "Titel (da);Land;Emne;Rejst af\nSyntetisk pumpe;DK;skybrud;municipality/dk-albertslund\n"
BAD = GOOD + "Syntetisk varsling;DK;skybrudd;municipality/dk-albertslund\n"

pytestmark = pytest.mark.slow


def run(*arguments: str, given: str | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """The command in a process, as a person starts it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ECOGRAPH_")}
    return subprocess.run(
        [sys.executable, "-c", "from ecograph.cli import main; main()", *arguments],
        capture_output=True,
        input=given,
        encoding="utf-8",
        timeout=180,
        env={**inherited, "ECOGRAPH_RESOURCES_DIR": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200", **more},
    )


def done(*arguments: str, **more: str) -> str:
    """What a command that must succeed writes to standard output."""
    found = run(*arguments, **more)
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the municipalities, which nobody has open."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("published") / "var", resources_dir=ROOT)
    with EcoGraph.open(settings) as ecograph:
        ecograph.load([ROOT / "data" / "administrative-divisions"])
    return settings.data_dir


@pytest.fixture(scope="module")
def data(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory for commands to write to, with a partner."""
    directory = tmp_path_factory.mktemp("local") / "var"
    shutil.copytree(published, directory)
    added = ("--name", "Albertslund Kommune", "--homepage", "https://albertslund.dk/", "--language", "da")
    done("--data", str(directory), "partner", "add", "albertslund", *added)
    return directory


@pytest.fixture(scope="module")
def served(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, EcoGraph]]:
    """The address of a service that partners contribute to, and what it serves."""
    directory = tmp_path_factory.mktemp("served") / "var"
    shutil.copytree(published, directory)
    settings = Settings(data_dir=directory, resources_dir=ROOT)
    with EcoGraph.open(settings) as ecograph, socket.socket() as listener:
        ecograph.add_partner("albertslund", "Albertslund Kommune", "https://albertslund.dk/", LICENCE, "da")
        ecograph.add_partner("gate21", "Gate 21", "https://gate21.dk/", LICENCE, "da")
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(ecograph, settings), log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 120
        while not server.started:
            assert time.monotonic() < deadline, "the service did not start"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", ecograph
        server.should_exit = True
        thread.join(timeout=30)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A table with a row that is right and one that is not."""
    path = tmp_path / "need.csv"
    path.write_text(BAD, encoding="utf-8")
    return path


class TestCheck:
    def test_verdict_then_reading_then_findings(self, data: Path, bad: Path, tmp_path: Path) -> None:
        """
        A check says the verdict first, then how the file was read, then each finding with row and proposal, in Danish.
        """
        marked, errors, report = (tmp_path / name for name in ("marked.xlsx", "errors.csv", "report.ttl"))
        written = ("--marked", str(marked), "--errors", str(errors), "--turtle", str(report))
        found = run("contribute", "check", str(bad), *written, "--data", str(data), "--lang", "da")
        assert found.returncode == 1, found.stderr
        verdict, reading, first, *_ = found.stdout.splitlines()
        assert "1" in verdict
        assert reading == "need.csv: semikolon, UTF-8, decimalkomma, danske overskrifter, 2 rækker."
        assert "need.csv 3 Emne" in first
        assert "Mente du: Skybrud?" in first
        assert marked.read_bytes()[:2] == b"PK"
        assert [line.split(";")[0] for line in errors.read_text("utf-8-sig").splitlines()[1:]] == ["Syntetisk varsling"]
        assert "ValidationReport" in report.read_text("utf-8")

    def test_standard_input_and_json(self, data: Path) -> None:
        """
        `-` reads standard input under the name that is given; `--json` is what REST answers.
        """
        found = run("contribute", "check", "-", "--name", "need.csv", "--json", "--data", str(data), given=GOOD)
        assert found.returncode == 0, found.stderr
        said = json.loads(found.stdout)
        assert said["conforms"]
        assert said["how_read"][0]["file"] == "need.csv"

    def test_without_a_graph(self, bad: Path, tmp_path: Path) -> None:
        """
        Where nothing is loaded, files are held against the templates alone; that is said, and references are no fault.
        """
        found = run("--lang", "sv", "contribute", "check", str(bad), "--data", str(tmp_path / "var"))
        assert found.returncode == 1
        assert "ingen graf" in found.stderr
        assert [
            line for line in found.stdout.splitlines() if line.startswith("Fel:") and "dk-albertslund" in line
        ] == []
        assert not (tmp_path / "var").exists()

    def test_file_that_is_not_there(self, data: Path, tmp_path: Path) -> None:
        """
        A file that cannot be read is named, exit code 2.
        """
        found = run("contribute", "check", str(tmp_path / "nothing.csv"), "--data", str(data))
        assert found.returncode == 2
        assert "nothing.csv" in found.stderr


class TestOnADataDirectory:
    def test_whole_way(self, data: Path, bad: Path, tmp_path: Path) -> None:
        """
        The good row is submitted, reviewed, published, asked about, exported, renewed and gone when its time ends.
        """
        local = ("--data", str(data), "--lang", "da")
        refused = run(*local, "contribute", "submit", str(bad), "--publisher", "albertslund")
        assert refused.returncode == 1
        assert json.loads(done(*local, "contribute", "status", "--publisher", "albertslund", "--json")) == []
        errors, until = tmp_path / "errors.csv", ("--expires", "2999-01-01")
        sent = ("contribute", "submit", str(bad), "--publisher", "albertslund", "--good-rows", "--errors", str(errors))
        number = done(*local, *sent, *until)
        assert "skybrudd" in errors.read_text("utf-8-sig")
        assert number in done(*local, "review", "list")
        shown = done(*local, "review", "show", number)
        assert "Ny: Syntetisk pumpe (Behov)" in shown
        assert "varsling" not in shown
        late = run(*local, "review", "approve", number, "--if-version", "1")
        assert late.returncode == 2
        assert done(*local, "review", "approve", number) == number
        said = done(*local, "who-said", "need/albertslund_syntetisk-pumpe", "dcterms:title")
        assert "Albertslund Kommune" in said
        assert number in said
        assert "Syntetisk pumpe" in done(*local, "export", "albertslund", "need", "--headings", "da")
        done(*local, "contribute", "renew", number, "--until", "2999-06-01")
        assert done(*local, "expire", "--on", "2999-02-01") == ""
        assert done(*local, "expire", "--on", "2999-06-01") == number
        assert "udløbet" in done(*local, "contribute", "status", number)

    def test_shipped_publisher_is_no_partner(self, data: Path) -> None:
        """
        The name of a register that is shipped, or of a graph that holds data, cannot become a partner's.
        """
        more = ("--name", "X", "--homepage", "https://example.org/")
        for slug in ("administrative-divisions", "ror"):
            found = run("--data", str(data), "partner", "add", slug, *more)
            assert found.returncode == 2
            assert slug in found.stderr

    def test_token_is_shown_once(self, data: Path) -> None:
        """
        A token is written when it is issued and never again; revoked, it stays in the list.
        """
        local = ("--data", str(data))
        secret = done(*local, "token", "issue", "albertslund", "--label", "synthetic", "--days", "2")
        assert secret.startswith("eg_")
        number = secret.split("_")[1]
        done(*local, "token", "revoke", number)
        listed = run(*local, "token", "list")
        assert number in listed.stdout
        assert secret not in listed.stdout + listed.stderr

    def test_table_to_turtle_and_back(self, bad: Path, tmp_path: Path) -> None:
        """
        `convert` writes Turtle from a table, says what it could not carry over, and makes a table from Turtle.
        """
        turtle = tmp_path / "need.ttl"
        there = run("convert", str(bad), "--to", "ttl", "-o", str(turtle), "--data", str(tmp_path / "var"))
        assert there.returncode == 1
        assert "skybrudd" in there.stderr
        back = done("convert", str(turtle), "--to", "csv", "--data", str(tmp_path / "var"))
        assert back.splitlines()[0].startswith("id,title_da")
        assert "Syntetisk pumpe" in back

    @pytest.mark.parametrize("ending", ["xlsx", "csv", "csv-metadata.json", "schema.json", "table-schema.json"])
    def test_template_as_file(self, tmp_path: Path, ending: str) -> None:
        """
        The ending of the name says what kind of template is written.
        """
        path = tmp_path / f"need.{ending}"
        done("template", "need", "-o", str(path), "--lang", "sv", "--data", str(tmp_path / "var"))
        data = path.read_bytes()
        assert data[:2] == b"PK" if ending == "xlsx" else b"title_da" in data


class TestPersons:
    def test_person_is_forgotten(self, tmp_path: Path) -> None:
        """
        The operator forgets a person by one command; nothing is said of them any more, and the ledger still verifies.
        """
        local = ("--data", str(tmp_path / "data"))
        done(*local, "load", str(ROOT / "examples" / "people"))
        query = "SELECT ?p WHERE { <https://w3id.org/ecograph/id/person/example-researcher-1> ?p ?o }"
        assert len(done(*local, "sparql", query).splitlines()) > 1
        done(*local, "erase", "example-researcher-1", "--why", "asked for it")
        assert len(done(*local, "sparql", query).splitlines()) == 1
        done(*local, "verify")
        again = run(*local, "erase", "example-researcher-1", "--why", "asked for it")
        assert again.returncode == 2


class TestElsewhere:
    def test_whole_way_over_a_service(self, served: tuple[str, EcoGraph], bad: Path, tmp_path: Path) -> None:
        """
        With `--endpoint` and a token: check, submit, review, return, correct, approve, read, withdraw.
        """
        address, ecograph = served
        partners = ecograph.ledger.partners
        _, secret = partners.issue("albertslund", Role.CONTRIBUTOR, "synthetic")
        _, reviewers = partners.issue("gate21", Role.REVIEWER, "synthetic")
        there, mine = ("--endpoint", address, "--lang", "da"), {"ECOGRAPH_TOKEN": secret}
        token_file = tmp_path / "token"
        token_file.write_text(reviewers + "\n", encoding="utf-8")
        reviewing = (*there, "--token-file", str(token_file))

        errors = tmp_path / "errors.csv"
        checked = run("contribute", "check", str(bad), "--errors", str(errors), *there)
        assert checked.returncode == 1, checked.stderr
        assert "danske overskrifter, 2 rækker." in checked.stdout
        assert "skybrudd" in errors.read_text("utf-8-sig")

        bad.write_text(GOOD, encoding="utf-8")
        assert run("contribute", "submit", str(bad), *there).returncode == 2
        first = done("contribute", "submit", str(bad), *there, **mine)
        assert run("review", "approve", first, *there, **mine).returncode == 2
        done("review", "return", first, "--why", "Skriv mere.", *reviewing)
        assert "Skriv mere." in done("contribute", "status", first, *there, **mine)
        second = done("contribute", "submit", str(bad), "--corrects", first, *there, **mine)
        assert "Ny: Syntetisk pumpe (Behov)" in done("review", "show", second, *reviewing)
        assert done("review", "approve", second, *reviewing) == second
        ask = "ASK { ?need ?said 'Syntetisk pumpe'@da }"
        accept = ("--accept", "application/sparql-results+json")
        assert "true" in done("sparql", ask, *accept, *there)
        assert second in done("who-said", "need/albertslund_syntetisk-pumpe", *there)
        assert "Syntetisk pumpe" in done("export", "albertslund", "need", *there)
        assert "Syntetisk pumpe" in done("search", "pumpe", *there)
        assert run("contribute", "withdraw", second, *there, **mine).returncode == 2
        done("contribute", "withdraw", second, "--dry-run", *there, **mine)
        done("contribute", "withdraw", second, "--why", "Syntetisk.", *there, **mine)
        assert "false" in done("sparql", ask, *accept, *there)

    def test_directory_that_a_service_holds(self, served: tuple[str, EcoGraph]) -> None:
        """
        Writing to the directory of a running service is refused with who holds it, and how to ask the service instead.
        """
        _, ecograph = served
        found = run("contribute", "status", "--data", str(ecograph.settings.data_dir))
        assert found.returncode == 3
        assert str(os.getpid()) in found.stderr
        assert "--endpoint" in found.stderr

    def test_token_that_opens_nothing(self, served: tuple[str, EcoGraph]) -> None:
        """
        A wrong token is answered in the reader's language with exit code 2, and is not repeated.
        """
        wrong = "eg_" + "0" * 16 + "_" + "1" * 64
        found = run("contribute", "status", "--endpoint", served[0], "--lang", "sv", ECOGRAPH_TOKEN=wrong)
        assert found.returncode == 2
        assert "Åtkomstnyckeln" in found.stderr
        assert wrong not in found.stdout + found.stderr

    def test_token_does_not_travel_in_the_open(self) -> None:
        """
        A token is not sent over plain HTTP to another machine.
        """
        found = run("contribute", "status", "--endpoint", "http://ecograph.example/", ECOGRAPH_TOKEN="eg_0_0")
        assert found.returncode == 2
        assert "https://" in found.stderr

    def test_nobody_answers(self) -> None:
        """
        An address where nothing answers is named, exit code 3.
        """
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{taken.getsockname()[1]}"
            found = run("contribute", "status", "--endpoint", address)
        assert found.returncode == 3
        assert address in found.stderr

    def test_only_on_a_data_directory(self) -> None:
        """
        What only works on a data directory says so when it is asked of a service.
        """
        found = run("rebuild", "--endpoint", "http://127.0.0.1:9/")
        assert found.returncode == 2
        assert "--data" in found.stderr
