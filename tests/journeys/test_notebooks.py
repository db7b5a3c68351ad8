"""The notebooks of docs/notebooks, executed as a reader executes them: against a loaded directory and a service."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from ecograph.bootstrap import EcoGraph

NOTEBOOKS = sorted((Path(__file__).parents[2] / "docs" / "notebooks").glob("*.ipynb"))
MACHINE = re.compile(r"(?<![\w.:/])/(?:home|root|tmp|work|Users|usr|var|mnt)/|[A-Z]:\\\\")
EXECUTE = """
import sys, nbclient, nbformat
book = nbformat.read(sys.argv[1], as_version=4)
nbclient.execute(book, cwd=".", timeout=90)
nbformat.write(book, sys.argv[2])
"""
"""A process of its own: a kernel leaves sockets behind."""

made = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


class TestAsWritten:
    def test_there_are_three(self) -> None:
        """
        A need, the region in numbers, the network.
        """
        assert [path.name[0] for path in NOTEBOOKS] == ["1", "2", "3"]

    @made
    def test_notebook_is_clean(self, path: Path) -> None:
        """
        A notebook is kept without outputs and without paths of a machine, and saved again it is the same.
        """
        text = path.read_text(encoding="utf-8")
        book = nbformat.reads(text, as_version=4)
        nbformat.validate(book)
        code = [cell for cell in book.cells if cell.cell_type == "code"]
        assert code
        assert all(not cell.outputs and cell.execution_count is None for cell in code)
        assert not MACHINE.search(text)
        assert json.loads(text)["metadata"]["kernelspec"]["name"] == "python3"
        assert nbformat.writes(book, indent=1, ensure_ascii=False) + "\n" == text


@pytest.mark.slow
class TestExecuted:
    @made
    def test_notebook_runs(self, path: Path, loaded: EcoGraph, site: str, tmp_path: Path) -> None:
        """
        Every cell runs, from the first to the last, without a complaint, and shows what it draws.
        """
        inherited = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
        done = subprocess.run(
            [sys.executable, "-c", EXECUTE, str(path), "executed.ipynb"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=240,
            env={**inherited, "ECOGRAPH_DATA_DIR": str(loaded.settings.data_dir), "ECOGRAPH_ENDPOINT": site},
        )
        assert done.returncode == 0, done.stderr[-3000:]
        book = nbformat.read(tmp_path / "executed.ipynb", as_version=4)
        shown = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
        assert any("image/png" in output.get("data", {}) for output in shown)
        assert [output.text for output in shown if output.get("name") == "stderr"] == []
