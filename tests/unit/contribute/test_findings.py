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
        docs/contributing-data.md, or docs/limits.md, says what each finding means.
        """
        pages = (REPOSITORY / "docs" / name for name in ("contributing-data.md", "limits.md"))
        written = {code for page in pages for code in re.findall(r"`([a-z-]+)`", page.read_text("utf-8"))}
        codes = {key.removeprefix(PREFIX) for key in catalogue() if key.startswith(PREFIX)}
        assert codes
        assert codes <= written

    def test_every_code_is_used(self) -> None:
        """
        No message is left over from a finding that is no longer made.
        """
        package = REPOSITORY / "src" / "ecograph"
        files = [*(package / "contribute").rglob("*.py"), package / "rdf" / "terms.py"]
        source = "".join(path.read_text("utf-8") for path in files)
        codes = {key.removeprefix(PREFIX) for key in catalogue() if key.startswith(PREFIX)}
        assert {code for code in codes if f'"{code}"' not in source} == set()
