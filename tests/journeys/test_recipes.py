"""What docs/client.md and docs/recipes.md tell people to do, done."""

from __future__ import annotations

import re
import shutil
import subprocess
import warnings
from pathlib import Path

import httpx
import pytest

from ecograph.bootstrap import EcoGraph
from lacking import lacking

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[2] / "docs"
HOST = "http://localhost:8000"
RECIPES = (DOCS / "recipes.md").read_text(encoding="utf-8")
COMMANDS = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
ADDRESSES = sorted(set(re.findall(rf"{HOST}[^\s\"'`>]*", COMMANDS.sub("", RECIPES))))
TYPES = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html",
    ".ttl": "text/turtle",
    ".graphml": "application/graphml+xml",
}
NEEDED = {"needs-in-topic": {"topic": "iot"}}
"""Values that a recipe gives beside the address."""


def programs(page: str) -> list[str]:
    """The examples of a page in Python."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


class TestRecipes:
    def test_page_has_its_addresses(self) -> None:
        """
        The recipes name addresses of the catalogue, the endpoint, the reconciliation and the dumps.
        """
        assert len(ADDRESSES) > 10
        assert all(
            any(part in each for each in ADDRESSES) for part in ("/queries/", "/sparql", "/reconcile", "/dumps/")
        )

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_address_answers(self, site: str, address: str) -> None:
        """
        Every address of the recipes answers, as what its ending says.
        """
        path = httpx.URL(address).path
        beside = next((values for slug, values in NEEDED.items() if slug in path and "?" not in address), None)
        answer = httpx.get(address.replace(HOST, site), params=beside, follow_redirects=True, timeout=60)
        assert answer.status_code == 200
        expected = next((media_type for ending, media_type in TYPES.items() if path.endswith(ending)), "")
        assert answer.headers["content-type"].startswith(expected)
        assert len(answer.content) > 40

    def test_commands_run(self, site: str, tmp_path: Path) -> None:
        """
        The commands of curl run as they stand.
        """
        if shutil.which("curl") is None:
            lacking("this machine has no curl")
        (script,) = COMMANDS.findall(RECIPES)
        done = subprocess.run(
            ["bash", "-e"],
            input=script.replace("curl ", "curl --silent --show-error --fail ").replace(HOST, site),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        assert (tmp_path / "ecograph.nq.gz").read_bytes()[:2] == b"\x1f\x8b"
        assert "need" in (tmp_path / "behov.csv").read_text(encoding="utf-8")

    @pytest.mark.parametrize("page", ["client.md", "recipes.md"])
    def test_python_runs(self, loaded: EcoGraph, site: str, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        The examples in Python run one after the other, without a warning.
        """
        monkeypatch.setenv("ECOGRAPH_DATA_DIR", str(loaded.settings.data_dir))
        program = "\n".join(programs(page)).replace(HOST, site)
        program = program.replace("eg = ecograph.connect(", "eg.close()\neg = ecograph.connect(")
        names: dict[str, object] = {}
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            exec(compile(program, page, "exec"), names)
        if close := getattr(names.get("eg"), "close", None):
            close()
