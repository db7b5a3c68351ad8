"""The README says what the shipped graph holds."""

from __future__ import annotations

from pathlib import Path

from ecograph.bootstrap import EcoGraph
from ecograph.web.reading.counting import counts

ROOT = Path(__file__).parents[2]


class TestReadme:
    def test_counts_are_those_of_the_shipped_graph(self, loaded: EcoGraph) -> None:
        """
        The table of counts in the README is what `ecograph stats` says of the shipped graph; `make figures` writes it.
        """
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        table = readme.split("<!-- stats", 1)[1].split("<!-- /stats -->", 1)[0]
        totals = counts(loaded.view()).totals
        names = loaded.view().contract.templates
        for kind, total in totals.items():
            row = next((line for line in table.splitlines() if line.startswith(f"| {names[kind].names['en']} |")), None)
            assert row, f"no row for {kind}: run `make figures`"
            assert row.split("|")[-2].strip().replace("\u202f", "") == str(total), row
