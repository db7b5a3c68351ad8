"""What people give to the client."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from ecograph import errors
from ecograph.client import Client
from ecograph.client.giving import countries, groups, sources
from ecograph.query.catalogue import Catalogue

ROOT = Path(__file__).parents[3]


class TestGiving:
    def test_one_or_several(self) -> None:
        """
        A country or group may be given alone, in a list, or not at all.
        """
        assert countries("dk") == ["dk"]
        assert countries(["dk", "se"]) == ["dk", "se"]
        assert groups(None) is None

    def test_what_is_not_told_apart_is_refused(self) -> None:
        """
        The refusal names what there is.
        """
        with pytest.raises(errors.BadParameter, match="dk, se, no"):
            countries(["dk", "de"])
        with pytest.raises(errors.BadParameter, match="research"):
            groups("friends")

    def test_folder_gives_its_data(self, tmp_path: Path) -> None:
        """
        Of a folder the tables and RDF are taken, of a file just the file.
        """
        for name in ("need.csv", "notes.txt"):
            (tmp_path / name).write_text("id\n", encoding="utf-8")
        assert [file.name for file in sources(tmp_path)] == ["need.csv"]
        assert [file.name for file in sources([tmp_path / "need.csv", tmp_path])] == ["need.csv", "need.csv"]

    def test_no_question_asks_for_what_the_method_takes_itself(self) -> None:
        """
        Every value of every question can be given by its name.
        """
        taken = set(inspect.signature(Client.query).parameters) - {"values", "lang"}
        asked = {one.name for each in Catalogue.load(ROOT / "queries").values() for one in each.parameters}
        assert not taken & asked
