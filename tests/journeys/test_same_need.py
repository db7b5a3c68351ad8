"""Who else has a need, and what already runs elsewhere: on the shipped graph, from page and command."""

from __future__ import annotations

import json
from html import unescape

import httpx
import pytest
from typer.testing import CliRunner

from ecograph.bootstrap import EcoGraph
from ecograph.cli import app
from ecograph.messages import LANGUAGES

OTHER = {
    "da": "Smartere parkering",
    "sv": "Smartare parkering",
    "en": "Smarter parking",
}


def run(*arguments: str) -> str:
    """What a command prints."""
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


class TestSame:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_page_shows_the_need_across_the_border(self, site: str, lang: str) -> None:
        """
        Lund's need to measure traffic stands beside one of Copenhagen and Malmö, with a CPV code for what is shared.
        """
        shown = unescape(httpx.get(f"{site}/{lang}/same?need=n07", timeout=60).text)
        assert OTHER[lang] in shown
        assert "/id/municipality/dk-koebenhavn" in shown
        assert "63712700" in shown

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_page_shows_what_runs_elsewhere(self, site: str, lang: str) -> None:
        """
        Malmö sees that Aarhus has run OS2iot since 2021, and what nobody has said about it.
        """
        address = f"{site}/{lang}/replicate?need=n03&for=municipality/se-malmoe"
        shown = unescape(httpx.get(address, timeout=60).text)
        assert "OS2iot" in shown
        assert "2021" in shown
        assert 'value="municipality/se-malmoe" selected' in shown

    def test_every_group_is_listed(self, site: str) -> None:
        """
        Without a need the page lists all groups, and each leads to its needs side by side.
        """
        shown = unescape(httpx.get(f"{site}/sv/same", timeout=60).text)
        assert shown.count("/sv/same?need=") >= 2


class TestCommands:
    def test_service_and_directory_answer_alike(
        self, loaded: EcoGraph, site: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Both commands give the same answer on a directory and over a service, for a need in the graph and in words.
        """
        monkeypatch.setenv("ECOGRAPH_RESOURCES_DIR", str(loaded.settings.resources_dir))
        here, there = ("--data", str(loaded.settings.data_dir)), ("--endpoint", site)
        for command in (
            ("same-need", "n07"),
            ("same-need", "Sensorer i gatuträd"),
            ("replicate", "n03", "--for", "municipality/se-malmoe"),
        ):
            local, remote = (json.loads(run(*where, *command, "--json")) for where in (here, there))
            assert local == remote

    def test_words_for_a_person(self, loaded: EcoGraph, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Without `--json` the commands tell the needs, what a tender could be about, and what is missing, in words.
        """
        monkeypatch.setenv("ECOGRAPH_RESOURCES_DIR", str(loaded.settings.resources_dir))
        here = ("--data", str(loaded.settings.data_dir), "--lang", "da")
        same = run(*here, "same-need", "n07")
        assert "Smartere parkering" in same
        assert "CPV 63712700" in same
        replicate = run(*here, "replicate", "n03", "--for", "municipality/se-malmoe")
        assert "OS2iot" in replicate
        assert "siden 2021" in replicate
        assert "     ? " in replicate
