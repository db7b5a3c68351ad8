"""Who else has a need, and what already runs elsewhere: on the shipped graph, from page and command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from html import unescape
from pathlib import Path

import httpx
import pytest

from ecograph.bootstrap import EcoGraph
from ecograph.messages import LANGUAGES

ROOT = Path(__file__).parents[2]

OTHER = {
    "da": "Smartere parkering",
    "sv": "Smartare parkering",
    "en": "Smarter parking",
}


def run(*arguments: str) -> str:
    """What a command prints, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", "from ecograph.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "ECOGRAPH_RESOURCES_DIR": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200"},
    )
    assert done.returncode == 0, done.stderr
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


@pytest.mark.slow
class TestCommands:
    def test_service_and_directory_answer_alike(self, loaded: EcoGraph, site: str) -> None:
        """
        Both commands give the same answer on a directory and over a service, for a need in the graph and in words.
        """
        here, there = ("--data", str(loaded.settings.data_dir)), ("--endpoint", site)
        for command in (
            ("same-need", "n07"),
            ("same-need", "Sensorer i gatuträd"),
            ("replicate", "n03", "--for", "municipality/se-malmoe"),
        ):
            local, remote = (json.loads(run(*where, *command, "--json")) for where in (here, there))
            assert local == remote

    def test_words_for_a_person(self, loaded: EcoGraph) -> None:
        """
        Without `--json` the commands tell the needs, what a tender could be about, and what is missing, in words.
        """
        here = ("--data", str(loaded.settings.data_dir), "--lang", "da")
        same = run(*here, "same-need", "n07")
        assert "Smartere parkering" in same
        assert "CPV 63712700" in same
        replicate = run(*here, "replicate", "n03", "--for", "municipality/se-malmoe")
        assert "OS2iot" in replicate
        assert "siden 2021" in replicate
        assert "     ? " in replicate
