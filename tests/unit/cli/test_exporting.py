"""Facts about `ecograph export --format`: the same file from a directory and from a service."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from typer.testing import CliRunner

from ecograph.bootstrap import EcoGraph
from ecograph.cli.entry import app, hoisted
from ecograph.config import Settings
from ecograph.errors import BadParameter, RemoteProblem, Unreachable
from ecograph.identifiers import graph_iri
from ecograph.rdf.patch import Patch
from ecograph.store.oxigraph import EmbeddedStore
from service import serving

ONE = graph_iri("one")
SAID = Quad(NamedNode("urn:a"), NamedNode("urn:p"), Literal("Ærø", language="da"), ONE)


def run(*arguments: str) -> Result:
    """The command, as if it had been started."""
    return CliRunner(env={"ECOGRAPH_ENDPOINT": "", "NO_COLOR": "1"}).invoke(app, hoisted(arguments))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that holds one synthetic statement."""
    directory = tmp_path_factory.mktemp("exporting")
    store = EmbeddedStore.open(directory / "store")
    store.apply(1, Patch((SAID,)))
    store.switch()
    store.close()
    return directory


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    """A service on the directory, for reading."""
    with EcoGraph.read(Settings(data_dir=data)) as ecograph, serving(ecograph) as url:
        yield url


class TestExport:
    @pytest.mark.parametrize("there", [False, True])
    def test_same_graph_from_here_and_there(self, data: Path, address: str, tmp_path: Path, there: bool) -> None:
        """
        N-Quads to standard output are plain, and packed where the name of the file says so.
        """
        where = ("--endpoint", address) if there else ("--data", str(data))
        plain = run(*where, "export", "--format", "nq")
        assert SAID in {*parse(plain.stdout_bytes, RdfFormat.N_QUADS)}
        target = tmp_path / "graph.nq.gz"
        done = run(*where, "export", "--format", "nq", "-o", str(target), "--lang", "da")
        assert (done.exit_code, done.stdout) == (0, "")
        assert sorted(gzip.decompress(target.read_bytes()).splitlines()) == sorted(plain.stdout_bytes.splitlines())
        assert [path.name for path in tmp_path.iterdir()] == ["graph.nq.gz"]

    def test_what_is_missing_is_said(self, data: Path, address: str, tmp_path: Path) -> None:
        """
        A graph that is not there is named with those that are, and nothing is left behind.
        """
        target = str(tmp_path / "x.ttl")
        here, there = ("--data", str(data)), ("--endpoint", address)
        for arguments in (("--graph", "none"), ()):
            found = run(*here, "export", "-F", "ttl", *arguments, "-o", target).exception
            assert isinstance(found, BadParameter)
            assert "one" in str(found)
        assert isinstance(run(*here, "export").exception, BadParameter)
        assert isinstance(run(*here, "export", "-F", "ttl", "-o", f"{target}.gz").exception, BadParameter)
        assert isinstance(run(*there, "export", "-F", "ttl", "--graph", "none", "-o", target).exception, RemoteProblem)
        nobody = ("--endpoint", "http://127.0.0.1:9")
        assert isinstance(run(*nobody, "export", "-F", "nq", "-o", target).exception, Unreachable)
        assert list(tmp_path.iterdir()) == []
