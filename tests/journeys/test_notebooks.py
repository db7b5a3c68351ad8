"""The notebooks of docs/notebooks, executed as a reader executes them: against a loaded directory and a service."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from ecograph.bootstrap import EcoGraph

NOTEBOOKS = sorted((Path(__file__).parents[2] / "docs" / "notebooks").glob("*.ipynb"))
MACHINE = re.compile(r"(?<![\w.:/])/(?:home|root|tmp|work|Users|usr|var|mnt)/|[A-Z]:\\\\")
CELL_S = 90

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
    def test_notebook_runs(
        self, path: Path, loaded: EcoGraph, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Every cell runs, from the first to the last, and shows what it draws.
        """
        monkeypatch.setenv("ECOGRAPH_DATA_DIR", str(loaded.settings.data_dir))
        monkeypatch.setenv("ECOGRAPH_ENDPOINT", site)
        monkeypatch.delenv("MPLBACKEND", raising=False)
        book = nbformat.read(path, as_version=4)
        kernel = AsyncKernelManager(kernel_name="python3", transport="ipc")
        resources = {"metadata": {"path": str(tmp_path)}}
        NotebookClient(book, km=kernel, timeout=CELL_S, resources=resources).execute()
        shown = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
        assert any("image/png" in output.get("data", {}) for output in shown)
        assert [output.text for output in shown if output.get("name") == "stderr"] == []
