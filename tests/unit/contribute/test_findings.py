"""Facts about the findings as a whole."""

from __future__ import annotations

import re
from pathlib import Path

from ecograph.messages import catalogue

REPOSITORY = Path(__file__).parents[3]
PREFIX = "contribution.finding."


class TestFindingCodes:
    def test_every_code_is_described(self) -> None:
        """
        docs/contributing-data.md says what each finding means.
        """
        written = set(re.findall(r"`([a-z-]+)`", (REPOSITORY / "docs" / "contributing-data.md").read_text("utf-8")))
        codes = {key.removeprefix(PREFIX) for key in catalogue() if key.startswith(PREFIX)}
        assert codes
        assert codes <= written

    def test_every_code_is_used(self) -> None:
        """
        No message is left over from a finding that is no longer made.
        """
        folder = REPOSITORY / "src" / "ecograph" / "contribute"
        source = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
        codes = {key.removeprefix(PREFIX) for key in catalogue() if key.startswith(PREFIX)}
        assert {code for code in codes if f'"{code}"' not in source} == set()
