"""Documentation that must not drift from the code."""

from __future__ import annotations

import re
from pathlib import Path

import typer.main

from ecograph.cli import app
from ecograph.config import Settings

ROOT = Path(__file__).parents[2]


class TestDocs:
    def test_every_setting_is_described(self) -> None:
        """
        docs/settings.md lists every setting, and no other.
        """
        written = set(re.findall(r"`ECOGRAPH_([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")))
        assert written == {name.upper() for name in Settings.model_fields}

    def test_every_command_is_described(self) -> None:
        """
        docs/cli.md has a section for each command, and for no other.
        """
        group = typer.main.get_command(app)
        commands = set(getattr(group, "commands", {}))
        written = set(
            re.findall(r"^## `ecograph ([a-z-]+)", (ROOT / "docs" / "cli.md").read_text(encoding="utf-8"), re.M)
        )
        assert commands
        assert written == commands

    def test_readme_says_the_two_commands_first(self) -> None:
        """
        A newcomer finds `make run` and `make test` at the top of the README.
        """
        head = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:12]
        assert any(line.startswith("make run") for line in head)
        assert any(line.startswith("make test") for line in head)
