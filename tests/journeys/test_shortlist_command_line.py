"""Shortlists from the command line: for a partner on a data directory, and over a service with a token."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ecograph.contribute.desk import OPERATOR
from service import HILL, SHORE
from shortlisting import NEED_ID, PUMP, WATER, Office, office

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The command in a process, as a person starts it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ECOGRAPH_")}
    return subprocess.run(
        [sys.executable, "-c", "from ecograph.cli import main; main()", *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=180,
        env={**inherited, "ECOGRAPH_RESOURCES_DIR": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200", **more},
    )


class Commands:
    """`ecograph shortlist ...` where `where` says."""

    def __init__(self, *where: str, **environment: str) -> None:
        self._where = where
        self._environment = environment

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command, whatever becomes of it."""
        return run("shortlist", name, *arguments, *self._where, **self._environment)

    def done(self, name: str, *arguments: str) -> Any:
        """The JSON of a command that must succeed."""
        found = self.run(name, *arguments, "--json")
        assert found.returncode == 0, found.stderr
        return json.loads(found.stdout)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("served")) as found:
        yield found


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that no service has open."""
    base = tmp_path_factory.mktemp("local")
    with office(base):
        pass
    return base / "var"


@pytest.fixture
def commands(place: Office) -> Iterator[Commands]:
    """The commands over a service."""
    yield Commands("--endpoint", place.service.url, ECOGRAPH_TOKEN=place.service.secrets["contributor"])
    place.service.ecograph.ledger.shortlists.delete(SHORE)


class TestShortlist:
    def test_whole_way(self, commands: Commands) -> None:
        """
        A candidate is put on the list, found there, changed, removed, restored, taken along and deleted.
        """
        entry = commands.done("add", NEED_ID, "Syntetisk Øresund Vand", "--note", "Ring i uge 12")
        assert (entry["candidate_id"], entry["status"], entry["note"]) == (WATER, "considering", "Ring i uge 12")
        commands.done("add", "Varsling ved skybrud", PUMP, "--status", "agreed")
        assert [each["candidate_id"] for each in commands.done("list", NEED_ID)] == [WATER]
        assert {each["candidate_id"] for each in commands.done("list")} == {WATER, PUMP}
        assert [each["candidate_id"] for each in commands.done("list", "--status", "agreed")] == [PUMP]
        assert commands.done("set", NEED_ID, WATER, "--status", "contacted")["status"] == "contacted"
        refused = commands.run("set", NEED_ID, WATER, "--status", "not-relevant")
        assert refused.returncode == 2
        changed = commands.done("set", NEED_ID, WATER, "--status", "not-relevant", "--why", "For lille")
        assert [each["status"] for each in changed["history"]] == ["considering", "contacted", "not-relevant"]
        commands.done("remove", NEED_ID, WATER)
        assert commands.done("list", NEED_ID) == []
        assert len(commands.done("list", "--removed")) == 1
        assert commands.done("restore", NEED_ID, WATER)["note"] == "Ring i uge 12"
        exported = commands.run("export")
        assert len(json.loads(exported.stdout)) == 2
        assert commands.run("delete").returncode == 2
        assert commands.run("delete", "--all").returncode == 0
        assert commands.done("list") == []

    def test_sharing_is_shown_first(self, commands: Commands) -> None:
        """
        `share` shows what would be sent and sends it only with `--yes`; `unshare` takes it back.
        """
        commands.done("add", NEED_ID, PUMP, "--note", "Hemmelig")
        said = ("share", NEED_ID, PUMP, "--verdict", "suits", "--text", "God pumpe", "--lang", "da")
        shown = commands.run(*said)
        assert shown.returncode == 1
        assert "God pumpe" in shown.stdout
        assert "Hemmelig" not in shown.stdout
        assert commands.done("show", NEED_ID, PUMP)["shared"] is None
        assert commands.done(*said, "--yes")["shared"]["state"] == "submitted"
        taken = commands.done("unshare", NEED_ID, PUMP, "--why", "Alligevel ikke")
        assert taken["shared"]["state"] == "returned"

    def test_what_there_is_not(self, commands: Commands) -> None:
        """
        A candidate that is not on the list, or not in the graph, is a question to be put right.
        """
        assert commands.run("set", NEED_ID, WATER, "--note", "x").returncode == 2
        assert commands.run("add", NEED_ID, "organisation/nobody").returncode == 2
        assert commands.run("add", "no-such-need", WATER).returncode == 2


class TestOnADirectory:
    def test_operator_keeps_it_for_a_partner(self, directory: Path) -> None:
        """
        The operator of a directory does the same for a partner, as it would be done over a service.
        """
        commands = Commands("--data", str(directory), "--partner", SHORE)
        entry = commands.done("add", NEED_ID, WATER, "--note", "Ring")
        assert (entry["who"], entry["note"]) == ("operator", "Ring")
        assert commands.done("set", NEED_ID, WATER, "--status", "contacted")["version"] == 2
        commands.done("remove", NEED_ID, WATER)
        assert commands.done("restore", NEED_ID, WATER)["status"] == "contacted"
        said = ("share", NEED_ID, WATER, "--verdict", "suits", "--yes")
        assert commands.done(*said)["shared"]["state"] == "submitted"
        assert [each["candidate_id"] for each in commands.done("list", NEED_ID)] == [WATER]


class TestWhose:
    def test_operator_says_whose(self, directory: Path) -> None:
        """
        On a directory nobody's list is touched without saying whose it is.
        """
        found = run("shortlist", "list", "--data", str(directory), "--lang", "en")
        assert found.returncode == 2
        assert SHORE in found.stderr
        assert run("shortlist", "list", "--data", str(directory), "--partner", "nobody").returncode == 2

    def test_token_is_its_own_partner(self, place: Office) -> None:
        """
        Over a service the token says whose list it is; another cannot be asked for.
        """
        here = ("--endpoint", place.service.url)
        token = place.service.secrets["contributor"]
        assert run("shortlist", "list", *here, "--partner", SHORE, ECOGRAPH_TOKEN=token).returncode == 0
        assert run("shortlist", "list", *here, "--partner", HILL, ECOGRAPH_TOKEN=token).returncode == 2
        assert run("shortlist", "list", *here).returncode == 2


class TestWithdrawnGrounds:
    def test_struck_reason_is_told(self, tmp_path: Path) -> None:
        """
        `show` strikes a reason whose evidence was withdrawn, with the sentence and the day.
        """
        with office(tmp_path) as place:
            commands = Commands("--endpoint", place.service.url, ECOGRAPH_TOKEN=place.service.secrets["contributor"])
            commands.done("add", NEED_ID, WATER)
            place.service.ecograph.desk.withdraw(place.evidence, OPERATOR, "Fejl")
            found = commands.run("show", NEED_ID, WATER, "--lang", "en")
        assert "× " in found.stdout
        assert "This ground has been withdrawn since, on 20" in found.stdout
