"""The way of a gold set on the command line: pooled, judged, measured."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ecograph.bootstrap import EcoGraph

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# One synthetic need of each split.
NEEDS = """
[[need]]
id = "rain"
split = "open"
theme = "water"
brief = "Synthetic. Warning of cloudbursts."
literal = { da = "Varsling ved skybrud", sv = "Varning vid skyfall", en = "Warning of cloudbursts" }
paraphrase = { da = "Besked før kældrene løber fulde", sv = "Besked innan källarna fylls", en = "Word in time" }

[[need]]
id = "bins"
split = "locked"
theme = "waste"
brief = "Synthetic. Sorting of waste."
literal = { da = "Bedre affaldssortering", sv = "Bättre avfallssortering", en = "Better waste sorting" }
paraphrase = { da = "Alt ender i den forkerte spand", sv = "Allt hamnar i fel tunna", en = "All in the wrong bin" }
"""


class TestEvaluating:
    def test_gold_set_is_pooled_judged_and_measured(self, loaded: EcoGraph, tmp_path: Path) -> None:
        """
        An analyst writes needs, gets documents to judge, fills in grades, and reads how good each system is; what has a
        grade is not asked for again, and a page gets the report between its marks.
        """
        (tmp_path / "needs.toml").write_text(NEEDS, encoding="utf-8")
        gold = ["evaluate", "--gold", str(tmp_path)]
        early = run(loaded, *gold)
        assert early.returncode == 2
        assert "judgements.csv" in early.stderr

        pool = tmp_path / "pool"
        assert run(loaded, *gold, "--pool", str(pool), "--depth", "3").returncode == 0
        assert "Varning vid skyfall" in (pool / "rain.txt").read_text(encoding="utf-8")
        grades = [
            [row["need"], row["document"], place % 4]
            for name in ("rain", "bins")
            for place, row in enumerate(csv.DictReader((pool / f"{name}.csv").read_text(encoding="utf-8").splitlines()))
        ]
        assert len(grades) > 10
        with (tmp_path / "judgements.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["need", "document", "grade"], *grades])
        run(loaded, *gold, "--pool", str(pool), "--depth", "3", "--only-unjudged")
        assert (pool / "rain.csv").read_text(encoding="utf-8") == "need,document,grade\n"

        page = tmp_path / "page.md"
        page.write_text("# Page\n<!-- evaluation: here -->\n<!-- /evaluation -->\n", encoding="utf-8")
        done = run(loaded, *gold, "--format", "json", "--proofs", "1", "--write", str(page))
        said = json.loads(done.stdout)
        assert done.returncode == (0 if said["holds"] else 1), done.stderr
        assert said["needs"] == 1
        assert {row["system"] for row in said["rows"]} >= {"ours", "random", "popular", "bm25", "walk"}
        assert {check["name"]: check["failed"] for check in said["checks"]}["cited"] == 0
        assert "| EcoGraph |" in page.read_text(encoding="utf-8")


def run(ecograph: EcoGraph, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process, as a person starts it."""
    return subprocess.run(
        [sys.executable, "-m", "ecograph", "--data", str(ecograph.settings.data_dir), *arguments],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "ECOGRAPH_RESOURCES_DIR": str(ROOT), "NO_COLOR": "1"},
    )
