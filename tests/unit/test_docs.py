"""Documentation that must not drift from the code."""

from __future__ import annotations

import re
from pathlib import Path

import typer.main

from ecograph import errors
from ecograph.cli import app
from ecograph.config import Settings
from ecograph.query.catalogue import Catalogue

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
        commands: set[str] = set()
        waiting = [("", typer.main.get_command(app))]
        while waiting:
            name, command = waiting.pop()
            below = getattr(command, "commands", {})
            commands |= {name} if not below else set()
            waiting += [(f"{name} {each}".strip(), under) for each, under in below.items()]
        page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
        written = set(re.findall(r"^## `ecograph ([a-z-]+(?: [a-z-]+)?)", page, re.MULTILINE))
        assert written == commands

    def test_readme_says_the_two_commands_first(self) -> None:
        """
        A newcomer finds `make run` and `make test` at the top of the README.
        """
        head = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:12]
        assert any(line.startswith("make run") for line in head)
        assert any(line.startswith("make test") for line in head)

    def test_every_error_code_is_described(self) -> None:
        """
        docs/errors.md lists every error code with its exit code, and no other.
        """
        page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
        written = {
            (code, int(exit_code)) for code, exit_code in re.findall(r"^\| `([a-z-]+)` \| (\d) ", page, re.MULTILINE)
        }
        assert written == {(error.code, error.exit_code) for error in errors.known()}

    def test_every_question_is_described(self) -> None:
        """
        docs/queries.md lists every question of `queries/` with what it asks and its values, and no other.
        """
        page = (ROOT / "docs" / "queries.md").read_text(encoding="utf-8").partition("\n## The questions\n")[2]
        listed = re.findall(r"^\| `([a-z-]+)` \| (.*) \| (.*) \|$", page, re.MULTILINE)
        assert sorted(listed) == [
            (
                question.slug,
                question.summaries["en"],
                ", ".join(each.name for each in question.parameters if each.kind != "language") or "–",
            )
            for question in Catalogue.load(ROOT / "queries").values()
        ]

    def test_documents_that_the_code_names_exist(self) -> None:
        """
        A docstring that gives a page of docs/ as its source gives one that is there.
        """
        named = {
            name
            for path in (ROOT / "src").rglob("*.py")
            for name in re.findall(r"docs/[a-z-]+\.md", path.read_text(encoding="utf-8"))
        }
        assert named
        assert [name for name in sorted(named) if not (ROOT / name).exists()] == []

    def test_sections_that_the_code_names_exist(self) -> None:
        """
        A docstring that gives a section of a page as its source gives one that is there.
        """
        named = {
            (page, section)
            for path in (ROOT / "src").rglob("*.py")
            for page, section in re.findall(r'(docs/[a-z-]+\.md), "([^"]+)"', path.read_text(encoding="utf-8"))
        }
        assert len(named) > 30
        assert [(page, section) for page, section in sorted(named) if section not in headings(ROOT / page)] == []

    def test_links_lead_somewhere(self) -> None:
        """
        A link from one page to another leads to a page, and to a section, that is there.
        """
        dead = [
            (page.name, target)
            for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").glob("*.md"))
            for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
            if "://" not in target and not leads(page, target)
        ]
        assert dead == []


def headings(page: Path) -> list[str]:
    """The headings of a page."""
    return re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)


def leads(page: Path, target: str) -> bool:
    """Whether a link on a page leads to what is there."""
    name, _, anchor = target.partition("#")
    there = page.parent / name if name else page
    if not anchor or not there.is_file():
        return there.exists()
    return anchor in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings(there)}
